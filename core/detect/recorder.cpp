// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/recorder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/detect/video_library.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uintmax_t kLeastFreeBytes = 32u << 20;

std::string endingOf(const fs::path& file) {
  std::string ending = utf8(file.extension());
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return ending;
}

/// Encoders to try for a file of this ending, best first.
std::vector<int> codecsFor(const std::string& ending) {
  const int h264 = cv::VideoWriter::fourcc('a', 'v', 'c', '1');
  const int h264Plain = cv::VideoWriter::fourcc('H', '2', '6', '4');
  const int mpeg4 = cv::VideoWriter::fourcc('m', 'p', '4', 'v');
  const int xvid = cv::VideoWriter::fourcc('X', 'V', 'I', 'D');
  const int motionJpeg = cv::VideoWriter::fourcc('M', 'J', 'P', 'G');
  if (ending == ".mp4" || ending == ".mov" || ending == ".m4v") return {h264, mpeg4};
  if (ending == ".mkv") return {h264Plain, xvid, motionJpeg};
  if (ending == ".avi") return {motionJpeg, xvid};
  return {};
}

/// A hidden name beside `file` that nothing has yet; its ending stays, by which encoders choose
/// the container.
fs::path temporaryFor(const fs::path& file) {
  static std::atomic<unsigned> count{0};
  fs::path temporary = file;
  std::error_code ignored;
  do {
    temporary.replace_filename(pathFromUtf8(fmt::format(
        ".{}.recording-{}-{}{}", utf8(file.stem()), getpid(), count++, utf8(file.extension()))));
  } while (fs::exists(fs::symlink_status(temporary, ignored)));
  return temporary;
}

}  // namespace

struct Recorder::State {
  fs::path file;       ///< what it will be called
  fs::path temporary;  ///< what it is called until it is whole
  double rate = 25;
  cv::VideoWriter writer;
  int width = 0, height = 0;  ///< of the frames given
  std::uint64_t frames = 0;
  std::optional<Clock::time_point> start;  ///< of a live recording
  cv::Mat bgr;
  bool closed = false;

  void checkSpace() const {
    std::error_code error;
    const fs::space_info space = fs::space(temporary.parent_path(), error);
    if (!error && space.available < kLeastFreeBytes) {
      throw Error(
          "the disk is full: the recording ends after " + counted(frames, "frame", "frames"),
          utf8(file), "free some space, or record to another disk");
    }
  }

  void open(const Image& first) {
    const fs::path folder = temporary.parent_path();
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
      throw Error("the folder of the recording is not there", utf8(folder),
                  "make it, or choose another");
    }
    checkSpace();
    width = first.width;
    height = first.height;
    if (width < 2 || height < 2) {
      throw Error(fmt::format("a frame of {} x {} pixels cannot be recorded", width, height),
                  utf8(file), "choose another source");
    }
    const cv::Size size(width / 2 * 2, height / 2 * 2);
    for (const int codec : codecsFor(endingOf(file))) {
      try {
        if (writer.open(utf8(temporary), cv::CAP_FFMPEG, codec, rate, size, true)) return;
      } catch (const cv::Exception&) {
        // The next encoder may do.
      }
      writer.release();
    }
    fs::remove(temporary, error);
    throw Error("the recording cannot be written", utf8(file),
                "check that the folder may be written to, or try a name that ends in .avi");
  }

  void put(const Image& image, std::uint64_t times) {
    if (image.width != width || image.height != height) {
      throw Error(fmt::format("the frames change from {} x {} to {} x {} pixels", width, height,
                              image.width, image.height),
                  utf8(file), "begin a new recording");
    }
    const cv::Mat rgb(height, width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
    cv::cvtColor(rgb(cv::Rect(0, 0, width / 2 * 2, height / 2 * 2)), bgr, cv::COLOR_RGB2BGR);
    for (std::uint64_t i = 0; i < times; ++i) {
      try {
        writer.write(bgr);
      } catch (const cv::Exception&) {
        throw Error("a frame of the recording could not be encoded", utf8(file),
                    "try a name that ends in .avi");
      }
      if (++frames % 30 == 0) checkSpace();
    }
  }

  /// Whether what was written can be read back, by its header and first frame.
  bool isWhole() const {
    try {
      cv::VideoCapture capture;
      switch (openCapture(capture, utf8(temporary), {}, {}, std::chrono::milliseconds(500))) {
        case Opening::Open:
          break;
        case Opening::Failed:
          return false;
        case Opening::Stopped:
          // A stream that does not answer is in the way: believe the encoder, nobody likes to wait.
          return true;
      }
      const double count = capture.get(cv::CAP_PROP_FRAME_COUNT);
      cv::Mat first;
      return capture.read(first) && count > 0 && count + 2 + double(frames) / 20 >= double(frames);
    } catch (const cv::Exception&) {
      return false;
    }
  }

  void finish() {
    closed = true;
    if (frames == 0) return;
    try {
      writer.release();
    } catch (const cv::Exception&) {
      // Reading it back tells.
    }
    std::error_code error;
    if (!isWhole()) {
      fs::remove(temporary, error);
      throw Error(
          "the recording of " + counted(frames, "frame", "frames") + " could not be finished",
          utf8(file), "the disk may be full or the folder read-only; record elsewhere");
    }
    fs::rename(temporary, file, error);
    if (error) {
      throw Error("the recording cannot take its name", utf8(file),
                  error.message() + "; it lies in " + utf8(temporary));
    }
  }
};

Recorder::Recorder(fs::path file, double rate) : state_(std::make_unique<State>()) {
  prepareVideoLibrary();
  if (codecsFor(endingOf(file)).empty()) {
    throw Error("a recording of this type is not known", utf8(file),
                "let the name end in .mp4, .mkv, .mov or .avi");
  }
  std::error_code ignored;
  state_->file = fs::absolute(file, ignored);
  state_->temporary = temporaryFor(state_->file);
  if (std::isfinite(rate) && rate > 0) state_->rate = std::clamp(rate, 1.0, 240.0);
}

Recorder::~Recorder() {
  if (state_->closed) return;
  try {
    state_->finish();
  } catch (const Error&) {
    // Nobody is left to hear it; close() tells.
  }
}

void Recorder::write(const Image& image) {
  if (state_->closed) throw Error("the recording is closed already", utf8(state_->file));
  if (state_->frames == 0) state_->open(image);
  state_->put(image, 1);
}

void Recorder::write(const Image& image, Clock::time_point captured) {
  if (state_->closed) throw Error("the recording is closed already", utf8(state_->file));
  if (state_->frames == 0) state_->open(image);
  if (!state_->start) state_->start = captured;
  const double seconds = std::chrono::duration<double>(captured - *state_->start).count();
  const auto due = std::int64_t(std::llround(seconds * state_->rate)) + 1;
  std::int64_t missing = due - std::int64_t(state_->frames);
  if (missing <= 0) return;
  // A long silence is kept short: two seconds of standing picture.
  const auto most = std::max<std::int64_t>(1, std::int64_t(2 * state_->rate));
  if (missing > most) {
    *state_->start += std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(double(missing - most) / state_->rate));
    missing = most;
  }
  state_->put(image, std::uint64_t(missing));
}

void Recorder::close() {
  if (!state_->closed) state_->finish();
}

const fs::path& Recorder::file() const {
  return state_->file;
}
std::uint64_t Recorder::frames() const {
  return state_->frames;
}

}  // namespace boxwright
