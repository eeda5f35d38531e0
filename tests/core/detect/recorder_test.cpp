// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/recorder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>

#include "core/base/atomic_file.h"
#include "core/detect/frame_source.h"
#include "core/detect/test_pattern_source.h"
#include "tests/core/detect/quiet.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

int framesIn(const fs::path& file) {
  const auto source = openFrameSource(utf8(file));
  int count = 0;
  while (source->next({}))
    ++count;
  return count;
}

std::size_t filesIn(const fs::path& folder) {
  return std::size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Recorder, WritesEveryFrameOfEveryLayout) {
  const TemporaryFolder folder;
  for (const char* name : {"clip.mp4", "clip.avi", "clip.mkv", "clip.MOV"}) {
    Captured words(STDERR_FILENO);
    Recorder recorder(folder.path() / name, 20);
    for (std::uint64_t i = 0; i < 30; ++i)
      recorder.write(testPattern(i, 160, 121));
    recorder.close();
    EXPECT_EQ("", words.end()) << "a library wrote to the terminal";
    EXPECT_EQ(30U, recorder.frames());
    EXPECT_EQ(30, framesIn(folder.path() / name)) << name;
    const auto source = openFrameSource(utf8(folder.path() / name));
    EXPECT_NEAR(20, source->rate(), 0.1) << name;
    const std::optional<Frame> first = source->next({});
    ASSERT_TRUE(first);
    EXPECT_EQ(160, first->image.width);
    EXPECT_EQ(120, first->image.height);  // even, as encoders want it
    // The picture is the one that was written, but for the encoder's losses.
    const Image wanted = testPattern(0, 160, 121);
    double difference = 0;
    for (int y = 0; y < 120; ++y) {
      for (int x = 0; x < 480; ++x) {
        difference += std::abs(int(wanted.at(0, y)[x]) - int(first->image.at(0, y)[x]));
      }
    }
    EXPECT_LT(difference / (120 * 480), 8) << name;
  }
  EXPECT_EQ(4U, filesIn(folder.path())) << "a temporary was left";
}

TEST(Recorder, WritesOverNoFileButItsOwn) {
  const TemporaryFolder folder;
  const fs::path mine = folder.path() / "clip.recording.avi";
  writeFileAtomically(mine, "somebody's");
  Recorder one(folder.path() / "clip.avi", 20), two(folder.path() / "clip.avi", 20);
  for (std::uint64_t i = 0; i < 5; ++i) {
    one.write(testPattern(i, 64, 48));
    if (i < 3) two.write(testPattern(i, 64, 48));
  }
  // What is not whole yet is hidden.
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    EXPECT_TRUE(entry.path() == mine || utf8(entry.path().filename()).starts_with("."))
        << entry.path();
  }
  EXPECT_EQ(3U, filesIn(folder.path()));
  two.close();
  one.close();
  EXPECT_EQ(5, framesIn(folder.path() / "clip.avi"));
  EXPECT_EQ("somebody's", readFile(mine));
  EXPECT_EQ(2U, filesIn(folder.path()));
}

TEST(Recorder, KeepsTheTimeOfALiveSource) {
  const TemporaryFolder folder;
  Recorder recorder(folder.path() / "live.avi", 25);
  const auto start = std::chrono::steady_clock::now();
  const auto at = [&](int milliseconds) { return start + std::chrono::milliseconds(milliseconds); };
  const Image image = testPattern(0, 64, 48);
  recorder.write(image, at(0));
  recorder.write(image, at(10));  // too early for the next
  EXPECT_EQ(1U, recorder.frames());
  recorder.write(image, at(1000));
  EXPECT_EQ(26U, recorder.frames());
  recorder.write(image, at(600000));  // ten minutes of silence are not written out
  EXPECT_EQ(76U, recorder.frames());
  recorder.write(image, at(600040));
  EXPECT_EQ(77U, recorder.frames());
  recorder.close();
  EXPECT_EQ(77, framesIn(folder.path() / "live.avi"));
}

TEST(Recorder, SaysWhyItCannot) {
  const TemporaryFolder folder;
  EXPECT_NE(std::string::npos, errorOf([&] {
                                 Recorder recorder(folder.path() / "clip.gif", 25);
                               }).find("let the name end in"));
  EXPECT_NE(std::string::npos, errorOf([&] {
                                 Recorder recorder(folder.path() / "not there" / "clip.mp4", 25);
                                 recorder.write(testPattern(0, 64, 48));
                               }).find("not there"));
  EXPECT_NE(std::string::npos, errorOf([&] {
                                 Recorder recorder(folder.path() / "clip.mp4", 25);
                                 recorder.write(testPattern(0, 64, 48));
                                 recorder.write(testPattern(0, 96, 48));
                               }).find("from 64 x 48 to 96 x 48"));
  EXPECT_NE(std::string::npos, errorOf([&] {
                                 Recorder recorder(folder.path() / "clip.mp4", 25);
                                 recorder.write(Image(1, 1));
                               }).find("1 x 1"));
}

TEST(Recorder, NoticesAFileThatCouldNotBeWrittenToItsEnd) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "clip.avi";
  {
    Recorder before(file, 25);
    for (std::uint64_t i = 0; i < 5; ++i)
      before.write(testPattern(i, 64, 48));
    before.close();
  }
  // A limit on the size of files does what a full disk does: writing fails.
  rlimit old{};
  ASSERT_EQ(0, getrlimit(RLIMIT_FSIZE, &old));
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  std::string message;
  {
    Captured words(STDERR_FILENO);
    rlimit small = old;
    small.rlim_cur = 60000;
    ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &small));
    message = errorOf([&] {
      Recorder recorder(file, 25);
      for (std::uint64_t i = 0; i < 60; ++i)
        recorder.write(testPattern(i, 320, 240));
      recorder.close();
    });
    setrlimit(RLIMIT_FSIZE, &old);
    EXPECT_EQ("", words.end()) << "a library wrote to the terminal";
  }
  signal(SIGXFSZ, handler);
  EXPECT_NE(std::string::npos, message.find("could not be finished")) << message;
  EXPECT_EQ(5, framesIn(file)) << "the old recording is lost";
  EXPECT_EQ(1U, filesIn(folder.path())) << "a temporary was left";
}

}  // namespace
}  // namespace boxwright
