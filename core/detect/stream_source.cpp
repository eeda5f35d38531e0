// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/stream_source.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/detect/stream_url.h"
#include "core/detect/video_library.h"

namespace boxwright {
namespace {

using Clock = std::chrono::steady_clock;

// FFmpeg gives up an opening or a read after so long (OpenCV's interrupt); a read must be shorter
// than the three seconds in which a person is told.
constexpr int kOpenMilliseconds = 5000;
constexpr int kReadMilliseconds = 2500;

constexpr std::array<std::string_view, 11> kSchemes = {
    "rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "udp", "tcp", "srt", "rtp", "unix"};

std::string schemeOf(const std::string& url) {
  std::string scheme = url.substr(0, url.find("://"));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return scheme;
}

class StreamCapture : public LiveCapture {
 public:
  explicit StreamCapture(std::string url) : url_(std::move(url)) {}

  bool open() override {
    try {
      const std::vector<int> limits = {cv::CAP_PROP_OPEN_TIMEOUT_MSEC, kOpenMilliseconds,
                                       cv::CAP_PROP_READ_TIMEOUT_MSEC, kReadMilliseconds};
      if (openCapture(capture_, url_, limits, {}) != Opening::Open) return false;
      const double count = capture_.get(cv::CAP_PROP_FRAME_COUNT);
      const double rate = capture_.get(cv::CAP_PROP_FPS);
      const std::string scheme = schemeOf(url_);
      if ((scheme == "http" || scheme == "https") && std::isfinite(count) && count >= 1 &&
          count < 1e9 && std::isfinite(rate) && rate > 0 && rate <= 1000) {
        frames_ = std::uint64_t(count);
        interval_ =
            std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate));
      }
      return true;
    } catch (const cv::Exception&) {
      return false;
    }
  }

  bool read(Image& image) override {
    if (frames_ > 0) {
      if (read_ == 0) start_ = Clock::now();
      std::this_thread::sleep_until(start_ + interval_ * std::int64_t(read_));
    }
    try {
      if (!capture_.read(frame_)) return false;
      image = imageFromFrame(frame_);
    } catch (const cv::Exception&) {
      return false;
    }
    ++read_;
    return !image.empty();
  }

  bool finished() const override { return frames_ > 0 && read_ + 3 + frames_ / 20 >= frames_; }

 private:
  std::string url_;
  cv::VideoCapture capture_;
  cv::Mat frame_;
  std::uint64_t frames_ = 0;  ///< of a finite file; 0 for a live stream
  std::uint64_t read_ = 0;
  Clock::duration interval_{};
  Clock::time_point start_;
};

LiveReader::Make captureOf(const std::string& url) {
  const std::string scheme = schemeOf(url);
  if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end()) {
    throw Error("streams of the kind \"" + scheme + "\" are not known", withoutPassword(url),
                "use rtsp, rtmp, http, https, udp, tcp, srt or rtp");
  }
  prepareVideoLibrary();
  return [url] { return std::make_unique<StreamCapture>(url); };
}

}  // namespace

StreamSource::StreamSource(const std::string& url, const std::stop_token& stop)
    : name_(withoutPassword(url)), reader_(captureOf(url), LiveReaderOptions{}) {
  if (!reader_.waitOpen(std::chrono::milliseconds(kOpenMilliseconds + 2500), stop) &&
      !stop.stop_requested()) {
    throw Error("the stream cannot be opened", name_,
                "check the address, that the sender runs, and that no firewall is between");
  }
}

std::optional<Frame> StreamSource::next(std::stop_token stop) {
  std::optional<ArrivedFrame> arrived = reader_.next(stop);
  if (!arrived) return std::nullopt;
  Frame frame;
  frame.image = std::move(arrived->image);
  frame.source = name_;
  frame.number = arrived->number;
  frame.captured = arrived->arrived;
  return frame;
}

}  // namespace boxwright
