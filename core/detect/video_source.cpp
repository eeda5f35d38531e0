// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/video_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/detect/video_library.h"

namespace boxwright {

namespace fs = std::filesystem;

struct VideoSource::State {
  cv::VideoCapture capture;
  cv::Mat frame;
  std::string file;
  std::uint64_t announced = 0;
  std::uint64_t read = 0;
  bool exact = false;  ///< the count stands in the file; else it is its length times its rate
  double rate = 0;
  bool ended = false;

  [[noreturn]] void failEarly() const {
    throw Error(fmt::format("the video ends early: {} of {} could be read", read,
                            counted(announced, "frame", "frames")),
                file, "the file is cut off or damaged; copy or record it again");
  }
};

VideoSource::VideoSource(const fs::path& file, const std::stop_token& stop)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.file = utf8(file);
  std::error_code ignored;
  // FFmpeg takes "name:rest" for a protocol unless the path is absolute.
  const fs::path absolute = fs::absolute(file, ignored);
  switch (openCapture(state.capture, utf8(absolute), {}, stop)) {
    case Opening::Open:
      break;
    case Opening::Stopped:
      state.ended = true;
      return;
    case Opening::Failed:
      throw Error(
          "the file cannot be decoded as a video", state.file,
          "it is no video, damaged, cut off, or in a format that FFmpeg does not read here");
  }
  const double count = state.capture.get(cv::CAP_PROP_FRAME_COUNT);
  const double rate = state.capture.get(cv::CAP_PROP_FPS);
  if (std::isfinite(count) && count >= 1 && count < 1e9) {
    state.announced = std::uint64_t(std::llround(count));
  }
  if (std::isfinite(rate) && rate > 0 && rate <= 1000) state.rate = rate;
  std::string ending = utf8(file.extension());
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  state.exact = ending == ".mp4" || ending == ".mov" || ending == ".m4v" || ending == ".avi";
}

VideoSource::~VideoSource() = default;

std::optional<Frame> VideoSource::next(std::stop_token stop) {
  State& state = *state_;
  if (state.ended || stop.stop_requested()) return std::nullopt;
  Image image;
  try {
    if (state.capture.read(state.frame)) image = imageFromFrame(state.frame);
  } catch (const cv::Exception&) {
    image = {};
  }
  if (image.empty()) {
    state.ended = true;
    if (state.read == 0) {
      throw Error("no frame of the video could be decoded", state.file,
                  "the file is damaged or its codec is not installed");
    }
    // Edit lists and rounding cost a frame or two of an exact count, more of an estimated one.
    const double slack =
        state.exact ? 2 + 0.005 * double(state.announced) : 3 + 0.05 * double(state.announced);
    if (double(state.read) + slack < double(state.announced)) state.failEarly();
    return std::nullopt;
  }
  Frame frame;
  frame.image = std::move(image);
  frame.source = state.file;
  frame.number = state.read++;
  frame.captured = std::chrono::steady_clock::now();
  return frame;
}

std::uint64_t VideoSource::length() const {
  return state_->announced;
}
double VideoSource::rate() const {
  return state_->rate;
}

}  // namespace boxwright
