// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/frame_import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/detect/video_library.h"
#include "core/image/codec.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// 60 frames, three scenes of twenty: a square in another corner each, drifting a little.
class FrameImportTest : public testing::Test {
 protected:
  void SetUp() override {
    prepareVideoLibrary();
    cv::VideoWriter writer;
    if (!writer.open(video_.string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'),
                     25, cv::Size(96, 64), true)) {
      GTEST_SKIP() << "no encoder MJPG";
    }
    for (int i = 0; i < 60; ++i) {
      cv::Mat frame(64, 96, CV_8UC3, cv::Scalar(60, 90, 40));
      const cv::Point corner = i < 20   ? cv::Point(4, 4)
                               : i < 40 ? cv::Point(60, 8)
                                        : cv::Point(30, 34);
      cv::rectangle(frame, cv::Rect(corner.x + i % 20 / 10, corner.y, 26, 22),
                    cv::Scalar(20, 230, 240), cv::FILLED);
      writer.write(frame);
    }
  }
  std::vector<std::string> written() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(out_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  bool nothingLeft() const {
    return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()) == 1;
  }

  TemporaryFolder folder_;
  fs::path video_ = folder_.path() / "the clip.avi", out_ = folder_.path() / "frames";
};

TEST_F(FrameImportTest, TakesEveryNthFrameByItsNumber) {
  double last = 0;
  const FrameImport import =
      importFrames(video_, out_, {.every = 25}, {}, [&](double share) { last = share; });
  EXPECT_EQ(import.written, 3u);
  EXPECT_EQ(import.read, 60u);
  EXPECT_EQ(import.warning, "");
  EXPECT_DOUBLE_EQ(last, 1);
  EXPECT_EQ(written(), (std::vector<std::string>{"the clip_000000.jpg", "the clip_000025.jpg",
                                                 "the clip_000050.jpg"}));
  const Image image = decodeImage(out_ / "the clip_000025.jpg").image;
  EXPECT_EQ(image.width, 96);
  EXPECT_EQ(image.height, 64);
}

TEST_F(FrameImportTest, TakesWhatHasChanged) {
  importFrames(video_, out_, {.every = 2, .changedOnly = true});
  EXPECT_EQ(written(), (std::vector<std::string>{"the clip_000000.jpg", "the clip_000020.jpg",
                                                 "the clip_000040.jpg"}));
}

TEST_F(FrameImportTest, StoppedItLeavesNothing) {
  std::stop_source stop;
  importFrames(video_, out_, {}, stop.get_token(), [&](double share) {
    if (share > 0.3) stop.request_stop();
  });
  EXPECT_TRUE(nothingLeft());
}

TEST_F(FrameImportTest, ABrokenVideoGivesWhatItHasAndSaysSo) {
  const std::string bytes = readFile(video_);
  writeFileAtomically(video_, bytes.substr(0, bytes.size() / 2));
  const FrameImport import = importFrames(video_, out_, {.every = 5});
  EXPECT_GT(import.written, 2u);
  EXPECT_LT(import.written, 12u);
  EXPECT_NE(import.warning, "");
  EXPECT_EQ(written().size(), import.written);
}

TEST_F(FrameImportTest, WhatIsNoVideoOrNoRoomIsAnErrorAndLeavesNothing) {
  EXPECT_NE(errorOf([&] { importFrames(folder_.path() / "none.mp4", out_, {}); }), "");
  EXPECT_TRUE(nothingLeft());
  writeFileAtomically(video_, "no video");
  EXPECT_NE(errorOf([&] { importFrames(video_, out_, {}); }).find("the clip.avi"),
            std::string::npos);
  EXPECT_TRUE(nothingLeft());
  fs::create_directory(out_);
  writeFileAtomically(out_ / "mine.txt", "mine");
  EXPECT_NE(errorOf([&] { importFrames(video_, out_, {}); }).find("not empty"), std::string::npos);
  EXPECT_EQ(readFile(out_ / "mine.txt"), "mine");
}

}  // namespace
}  // namespace boxwright
