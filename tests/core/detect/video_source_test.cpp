// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/video_source.h"

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <string>

#include "core/base/atomic_file.h"
#include "core/detect/video_library.h"
#include "tests/core/detect/quiet.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr int kFrames = 75;

/// A video whose frame n is of the grey 3 n: order and count can be read off.
bool writeVideo(const fs::path& file, const char* codec) {
  prepareVideoLibrary();
  cv::VideoWriter writer;
  if (!writer.open(file.string(), cv::CAP_FFMPEG,
                   cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]), 25,
                   cv::Size(64, 48), true)) {
    return false;
  }
  for (int i = 0; i < kFrames; ++i) {
    cv::Mat frame(48, 64, CV_8UC3, cv::Scalar::all(3 * i));
    cv::rectangle(frame, {4, 4}, {20, 20}, cv::Scalar(255 - 3 * i, 40, 200), cv::FILLED);
    writer.write(frame);
  }
  return true;
}

struct Layout {
  const char* name;
  const char* codec;
};

class VideoFile : public testing::TestWithParam<Layout> {};

TEST_P(VideoFile, GivesEveryFrameOnceInOrder) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / GetParam().name;
  if (!writeVideo(file, GetParam().codec)) GTEST_SKIP() << "no encoder " << GetParam().codec;
  const auto source = openFrameSource(utf8(file));
  EXPECT_FALSE(source->live());
  EXPECT_NEAR(kFrames, double(source->length()), 1);
  EXPECT_NEAR(25, source->rate(), 0.01);
  int count = 0;
  while (const std::optional<Frame> frame = source->next({})) {
    ASSERT_EQ(64, frame->image.width);
    ASSERT_EQ(48, frame->image.height);
    EXPECT_EQ(std::uint64_t(count), frame->number);
    EXPECT_NEAR(3 * count, frame->image.at(50, 40)[1], 6) << "frame " << count;
    ++count;
  }
  EXPECT_EQ(kFrames, count);
  EXPECT_FALSE(source->next({}));
}

INSTANTIATE_TEST_SUITE_P(Layouts, VideoFile,
                         testing::Values(Layout{"a clip.avi", "MJPG"}, Layout{"clip.mp4", "mp4v"},
                                         Layout{"h264.mp4", "avc1"}, Layout{"clip:1.mkv", "XVID"}),
                         [](const testing::TestParamInfo<Layout>& tested) {
                           std::string name;
                           for (const char c : std::string(tested.param.name)) {
                             if (std::isalnum(static_cast<unsigned char>(c))) name += c;
                           }
                           return name;
                         });

TEST(VideoSource, GivesWhatIsThereOfACutFileThenSaysSo) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "cut.avi";
  ASSERT_TRUE(writeVideo(file, "MJPG"));
  fs::resize_file(file, fs::file_size(file) * 6 / 10);
  Captured words(STDERR_FILENO);
  std::string message;
  int count = 0;
  {
    VideoSource source(file);
    message = errorOf([&] {
      while (source.next({}))
        ++count;
    });
    // Having said so it stays ended.
    EXPECT_FALSE(source.next({}));
  }
  EXPECT_EQ("", words.end()) << "a library wrote to the terminal";
  EXPECT_GT(count, 20);
  EXPECT_LT(count, 60);
  EXPECT_NE(std::string::npos,
            message.find("the video ends early: " + std::to_string(count) + " of 75 frames"))
      << message;
}

TEST(VideoSource, SaysThatAFileCutBeforeItsIndexCannotBeRead) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "cut.mp4";
  ASSERT_TRUE(writeVideo(file, "mp4v"));
  fs::resize_file(file, fs::file_size(file) / 2);  // an mp4 has its index at the end
  Captured words(STDERR_FILENO);
  const std::string message = errorOf([&] { VideoSource source(file); });
  EXPECT_EQ("", words.end()) << "a library wrote to the terminal";
  EXPECT_NE(std::string::npos, message.find("cannot be decoded as a video")) << message;
  EXPECT_NE(std::string::npos, message.find("cut.mp4")) << message;
}

TEST(VideoSource, SurvivesBytesThatAreNoVideoInTheMiddle) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "damaged.avi";
  ASSERT_TRUE(writeVideo(file, "MJPG"));
  std::string bytes = readFile(file);
  for (std::size_t i = bytes.size() / 3; i < bytes.size() / 2; ++i)
    bytes[i] = char(i * 37);
  writeFileAtomically(file, bytes);
  Captured words(STDERR_FILENO);
  int count = 0;
  const std::string message = errorOf([&] {
    VideoSource source(file);
    while (source.next({}))
      ++count;
  });
  EXPECT_EQ("", words.end()) << "a library wrote to the terminal";
  EXPECT_GT(count, 10);
  // Either the missing frames are named, or so few are missing that nothing is said.
  EXPECT_TRUE(count > kFrames - 4 || message.find("ends early") != std::string::npos) << message;
}

}  // namespace
}  // namespace boxwright
