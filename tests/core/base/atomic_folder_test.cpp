// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

#include "core/base/atomic_file.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

long entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST(AtomicFolder, TakesItsNameWhenItIsKept) {
  const TemporaryFolder place;
  const fs::path target = place.path() / "a" / "set";
  {
    AtomicFolder folder(target / "");
    folder.write("one/two/x.txt", "x");
    folder.write("y.txt", "y");
    EXPECT_FALSE(fs::exists(target));
    folder.keep();
  }
  EXPECT_EQ(readFile(target / "one/two/x.txt"), "x");
  EXPECT_EQ(readFile(target / "y.txt"), "y");
  EXPECT_EQ(entries(place.path() / "a"), 1);
}

TEST(AtomicFolder, LeavesNothingWhereItIsNotKept) {
  const TemporaryFolder place;
  {
    const AtomicFolder folder(place.path() / "set");
    folder.write("x", "x");
    EXPECT_EQ(entries(place.path()), 1);
  }
  EXPECT_EQ(entries(place.path()), 0);
}

TEST(AtomicFolder, TakesThePlaceOfAnEmptyFolderOnly) {
  const TemporaryFolder place;
  const fs::path target = place.path() / "set";
  fs::create_directory(target);
  {
    AtomicFolder folder(target);
    folder.write("x", "x");
    folder.keep();
  }
  EXPECT_EQ(readFile(target / "x"), "x");
  EXPECT_NE(errorOf([&] { AtomicFolder again(target); }).find("the folder is not empty"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { AtomicFolder file(target / "x"); }).find("a file stands where"),
            std::string::npos);
  EXPECT_EQ(readFile(target / "x"), "x");
}

TEST(AtomicFolder, NothingIsWrittenOutsideOfIt) {
  const TemporaryFolder place;
  const AtomicFolder folder(place.path() / "set");
  for (const char* name : {"../x", "a/../../x", "/tmp/boxwright-outside/x"})
    EXPECT_NE(errorOf([&] { folder.write(name, "x"); }).find("outside"), std::string::npos) << name;
  EXPECT_FALSE(fs::exists(place.path() / "x"));
}

TEST(AtomicFolder, SaysWhereItCannotBeMade) {
  const std::string message = errorOf([] {
    AtomicFolder folder("/proc/boxwright/set");
    folder.write("x", "x");
  });
  EXPECT_NE(message.find("/proc/boxwright/set"), std::string::npos);
}

}  // namespace
}  // namespace boxwright
