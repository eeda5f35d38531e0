// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/class_names.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

fs::path namesFile() {
  return fs::temp_directory_path() / ("boxwright_names_" + std::to_string(::getpid()));
}

TEST(ClassNames, AreReadInTheirOrder) {
  writeFileAtomically(namesFile(),
                      "\xEF\xBB\xBF"
                      "cat\r\nbig dog \r\nühu\n\n\n");
  const ClassNames names = readClassNames(namesFile());
  EXPECT_EQ(names, (ClassNames{"cat", "big dog", "ühu"}));
  EXPECT_EQ(classIdOf(names, "big dog"), 1);
  EXPECT_FALSE(classIdOf(names, "dog").has_value());
  fs::remove(namesFile());
}

TEST(ClassNames, GoThereAndBack) {
  const ClassNames names = {"a", "b c", "d"};
  writeClassNames(namesFile(), names);
  EXPECT_EQ(readFile(namesFile()), "a\nb c\nd\n");
  EXPECT_EQ(readClassNames(namesFile()), names);
  writeClassNames(namesFile(), {});
  EXPECT_TRUE(readClassNames(namesFile()).empty());
  fs::remove(namesFile());
}

TEST(ClassNames, EmptyInnerLineIsAnErrorWithItsLine) {
  writeFileAtomically(namesFile(), "a\n\nb\n");
  try {
    readClassNames(namesFile());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(":2"), std::string::npos) << error.what();
  }
  fs::remove(namesFile());
  EXPECT_THROW(readClassNames(namesFile()), Error);
}

}  // namespace
}  // namespace boxwright
