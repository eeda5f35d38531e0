// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/video_library.h"

#include <cstdlib>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

namespace boxwright {
namespace {

std::timed_mutex openingDoor;

}  // namespace

void prepareVideoLibrary() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    // -8 is AV_LOG_QUIET; OpenCV reads it when FFmpeg is first used.
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
    // Microseconds without a byte after which FFmpeg gives up, also while it opens. (The first
    // option is OpenCV's own default.)
    setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp|timeout;2000000|rw_timeout;2000000",
           0);
    // Seconds that a read from a camera may wait for a frame (10 by default).
    setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3", 0);
  });
}

Opening openCapture(cv::VideoCapture& capture, const std::string& name,
                    const std::vector<int>& parameters, const std::stop_token& stop,
                    std::chrono::milliseconds limit) {
  prepareVideoLibrary();
  const auto end = std::chrono::steady_clock::now() + limit;
  std::unique_lock door(openingDoor, std::defer_lock);
  while (!door.try_lock_for(std::chrono::milliseconds(50))) {
    if (stop.stop_requested() || std::chrono::steady_clock::now() > end) return Opening::Stopped;
  }
  if (stop.stop_requested()) return Opening::Stopped;
  try {
    return capture.open(name, cv::CAP_FFMPEG, parameters) ? Opening::Open : Opening::Failed;
  } catch (const cv::Exception&) {
    return Opening::Failed;
  }
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
