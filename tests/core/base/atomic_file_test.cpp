// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "core/base/error.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public ::testing::Test {
 protected:
  std::size_t filesIn(const fs::path& folder) const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  static std::string errorWriting(const fs::path& path, const std::string& bytes) {
    return errorOf([&] { writeFileAtomically(path, bytes); });
  }

  const TemporaryFolder folder_;
};

TEST_F(AtomicFile, WritesAndReplacesAndLeavesNothingElse) {
  const fs::path file = folder_ / "a b ü.txt";
  writeFileAtomically(file, "one");
  EXPECT_EQ(readFile(file), "one");
  const std::string zeros("\0\r\n\xff", 4);
  writeFileAtomically(file, zeros);
  EXPECT_EQ(readFile(file), zeros);
  writeFileAtomically(file, "");
  EXPECT_EQ(readFile(file), "");
  const std::string big(3 << 20, 'x');
  writeFileAtomically(file, big);
  EXPECT_EQ(readFile(file), big);
  EXPECT_EQ(filesIn(folder_.path()), 1U);
}

TEST_F(AtomicFile, WhatAKilledWriteLeftIsRemovedAndNothingElse) {
  const fs::path file = folder_ / "last.ckpt";
  writeFileAtomically(file, "whole");
  for (const char* const left : {".last.ckpt.bw-aB3xYz", ".last.ckpt.bw-000000"})
    std::ofstream(folder_ / left) << "half";
  for (const char* const other : {".last.ckpt.bw-", ".last.ckpt.bw-toolong", "last.ckpt.bw-aB3xYz",
                                  ".best.ckpt.bw-aB3xYz", ".last.ckpt.backup"})
    std::ofstream(folder_ / other) << "somebody's";
  removeTemporaries(file);
  EXPECT_EQ(filesIn(folder_.path()), 6U);
  EXPECT_FALSE(fs::exists(folder_ / ".last.ckpt.bw-aB3xYz"));
  EXPECT_EQ(readFile(file), "whole");
  removeTemporaries(folder_ / "absent" / "file");
}

TEST_F(AtomicFile, WritesNamesAsLongAsTheFileSystemTakes) {
  const fs::path file = folder_ / std::string(255, 'n');
  writeFileAtomically(file, "one");
  EXPECT_EQ(readFile(file), "one");
  EXPECT_EQ(filesIn(folder_.path()), 1U);
}

TEST_F(AtomicFile, KeepsPermissionsAndLinks) {
  const fs::path file = folder_ / "real.txt";
  writeFileAtomically(file, "one");
  const auto mask = ::umask(0);
  ::umask(mask);
  EXPECT_EQ(fs::status(file).permissions(), static_cast<fs::perms>(0666 & ~mask));
  fs::permissions(file, static_cast<fs::perms>(0640));
  fs::create_symlink(file, folder_ / "link.txt");
  writeFileAtomically(folder_ / "link.txt", "two");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.txt"));
  // One that points nowhere yet, by a relative path.
  fs::create_symlink("new.txt", folder_ / "dangling.txt");
  writeFileAtomically(folder_ / "dangling.txt", "three");
  EXPECT_TRUE(fs::is_symlink(folder_ / "dangling.txt"));
  EXPECT_EQ(readFile(folder_ / "new.txt"), "three");
  EXPECT_EQ(readFile(file), "two");
  EXPECT_EQ(fs::status(file).permissions(), static_cast<fs::perms>(0640));
}

TEST_F(AtomicFile, SaysWhyItCannotWrite) {
  EXPECT_NE(errorWriting(folder_ / "absent" / "a.txt", "x").find("No such file"),
            std::string::npos);
  fs::create_directories(folder_ / "folder.txt" / "inner");
  EXPECT_NE(errorWriting(folder_ / "folder.txt", "x").find("a folder stands"), std::string::npos);
  // Nobody's to replace: it would no longer be a pipe, as /dev/null no device.
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_NE(errorWriting(folder_ / "pipe", "x").find("device or pipe"), std::string::npos);
  EXPECT_TRUE(fs::is_fifo(folder_ / "pipe"));
  EXPECT_TRUE(fs::is_directory(folder_ / "folder.txt" / "inner"));
  EXPECT_EQ(filesIn(folder_.path()), 2U);  // folder and pipe: no temporary is left
}

TEST_F(AtomicFile, LeavesTheOldFileWhereTheFolderIsReadOnly) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write into every folder";
  const fs::path file = folder_ / "a.txt";
  writeFileAtomically(file, "old");
  fs::permissions(folder_.path(), fs::perms::owner_read | fs::perms::owner_exec);
  const std::string message = errorWriting(file, "new");
  fs::permissions(folder_.path(), fs::perms::owner_all);
  EXPECT_NE(message.find("permission"), std::string::npos) << message;
  EXPECT_EQ(readFile(file), "old");
}

TEST_F(AtomicFile, LeavesTheOldFileWhereTheFileMayNotGrow) {
  // Writes beyond the limit fail with EFBIG half way, as a full disk does with ENOSPC.
  const fs::path file = folder_ / "a.txt";
  writeFileAtomically(file, "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1 << 16;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = errorWriting(file, std::string(1 << 20, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(message.find("a.txt"), std::string::npos) << message;
  EXPECT_EQ(readFile(file), "old");
  EXPECT_EQ(filesIn(folder_.path()), 1U);
}

TEST_F(AtomicFile, LeavesTheOldFileWhereTheDiskIsFull) {
  const fs::path disk = folder_ / "disk";
  fs::create_directories(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "no small disk can be mounted here";
  }
  writeFileAtomically(disk / "a.txt", "old");
  const std::string message = errorWriting(disk / "a.txt", std::string(1 << 20, 'x'));
  const std::string left = readFile(disk / "a.txt");
  const std::size_t files = filesIn(disk);
  ::umount2(disk.c_str(), MNT_DETACH);
  EXPECT_NE(message.find("free some space"), std::string::npos) << message;
  EXPECT_EQ(left, "old");
  EXPECT_EQ(files, 1U);
}

TEST_F(AtomicFile, TakesLargeFilesInPieces) {
  const fs::path file = folder_ / "pieces";
  writeFileAtomically(file, [](const ByteSink& sink) {
    for (int i = 0; i < 1000; ++i)
      sink(std::to_string(i) + "\n");
  });
  const std::string bytes = readFile(file);
  EXPECT_TRUE(bytes.starts_with("0\n1\n2\n"));
  EXPECT_TRUE(bytes.ends_with("998\n999\n"));
  EXPECT_THROW(writeFileAtomically(file,
                                   [](const ByteSink& sink) {
                                     sink("half");
                                     throw Error("the producer gave up");
                                   }),
               Error);
  EXPECT_EQ(readFile(file), bytes);
  EXPECT_EQ(filesIn(folder_.path()), 1U);
}

TEST_F(AtomicFile, ReadingSaysWhyItCannot) {
  EXPECT_THROW(readFile(folder_ / "absent"), Error);
  EXPECT_THROW(readFile(folder_.path()), Error);
  // Nobody ever writes it: to open it would be to wait for good.
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_NE(errorOf([&] { readFile(folder_ / "pipe"); }).find("not a file"), std::string::npos);
  EXPECT_NE(errorOf([&] { readFile("/dev/zero"); }).find("not a file"), std::string::npos);
}

TEST_F(AtomicFile, PathsGoThroughUtf8Unchanged) {
  const std::string text = "d/ä ö – 图/ü.jpg";
  EXPECT_EQ(utf8(pathFromUtf8(text)), text);
}

}  // namespace
}  // namespace boxwright
