// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/video_library.h"

#include <cstdlib>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>

namespace boxwright {

void prepareVideoLibrary() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    // -8 is AV_LOG_QUIET; OpenCV reads it when FFmpeg is first used.
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
    // Seconds that a read from a camera may wait for a frame (10 by default).
    setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3", 0);
  });
}

Image imageFromFrame(const cv::Mat& frame) {
  if (frame.empty() || frame.depth() != CV_8U) return {};
  Image image(frame.cols, frame.rows);
  cv::Mat rgb(frame.rows, frame.cols, CV_8UC3, image.pixels.data());
  switch (frame.channels()) {
    case 1:
      cv::cvtColor(frame, rgb, cv::COLOR_GRAY2RGB);
      break;
    case 3:
      cv::cvtColor(frame, rgb, cv::COLOR_BGR2RGB);
      break;
    case 4:
      cv::cvtColor(frame, rgb, cv::COLOR_BGRA2RGB);
      break;
    default:
      return {};
  }
  return image;
}

}  // namespace boxwright
