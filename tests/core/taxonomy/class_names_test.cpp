// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/class_names.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/base/atomic_file.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

class ClassNamesFile : public testing::Test {
 protected:
  const TemporaryFolder folder_;
  const fs::path file_ = folder_ / "names.txt";
};

TEST_F(ClassNamesFile, AreReadInTheirOrder) {
  writeFileAtomically(file_,
                      "\xEF\xBB\xBF"
                      "cat\r\nbig dog \r\nühu\n\n\n");
  const ClassNames names = readClassNames(file_);
  EXPECT_EQ(names, (ClassNames{"cat", "big dog", "ühu"}));
  EXPECT_EQ(classIdOf(names, "big dog"), 1);
  EXPECT_FALSE(classIdOf(names, "dog").has_value());
}

TEST_F(ClassNamesFile, GoThereAndBack) {
  const ClassNames names = {"a", "b c", "d"};
  writeClassNames(file_, names);
  EXPECT_EQ(readFile(file_), "a\nb c\nd\n");
  EXPECT_EQ(readClassNames(file_), names);
  EXPECT_NE(errorOf([&] { writeClassNames(file_, {"a\nb"}); }).find("line break"),
            std::string::npos);
  EXPECT_EQ(readClassNames(file_), names);
  writeClassNames(file_, {});
  EXPECT_TRUE(readClassNames(file_).empty());
}

TEST_F(ClassNamesFile, EmptyInnerLineIsAnErrorWithItsLine) {
  writeFileAtomically(file_, "a\n\nb\n");
  const std::string message = errorOf([&] { readClassNames(file_); });
  EXPECT_NE(message.find(":2"), std::string::npos) << message;
  fs::remove(file_);
  EXPECT_THROW(readClassNames(file_), Error);
}

}  // namespace
}  // namespace boxwright
