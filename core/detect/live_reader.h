// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/image/image.h"

namespace boxwright {

/// A camera or stream as a library gives it: calls that may block for seconds, or for good. Made,
/// used and destroyed on the reading thread.
class LiveCapture {
 public:
  virtual ~LiveCapture() = default;
  /// False when it could not be opened.
  virtual bool open() = 0;
  /// The next frame; false when the source has ended or broken.
  virtual bool read(Image& image) = 0;
  /// After read() was false: the end was the proper one, there is nothing to reconnect to.
  virtual bool finished() const { return false; }
};

struct LiveReaderOptions {
  bool reconnect = true;  ///< open again after an end or a failure, for as long as it takes
  std::chrono::milliseconds stallAfter{1000};    ///< no frame for so long is called a stall
  std::chrono::milliseconds abandonAfter{8000};  ///< one call for so long: a new thread tries anew
  std::chrono::milliseconds firstPause{250}, longestPause{3000};  ///< between attempts, doubling
};

/// A frame as it came.
struct ArrivedFrame {
  Image image;
  std::chrono::steady_clock::time_point arrived;
  std::uint64_t number = 0;  ///< counts every frame that came
};

/// Reads a LiveCapture on a thread of its own and keeps the newest frame only, so that nothing old
/// is ever handed out. A thread that is stuck inside the library is left behind: it owns all it
/// touches and ends by itself when the call returns. next() belongs to one thread; condition() and
/// dropped() may be called from any.
class LiveReader {
 public:
  using Make = std::function<std::unique_ptr<LiveCapture>()>;

  LiveReader(Make make, const LiveReaderOptions& options);
  /// Returns within a fifth of a second.
  ~LiveReader();
  LiveReader(const LiveReader&) = delete;
  LiveReader& operator=(const LiveReader&) = delete;

  /// Waits until the first opening has succeeded or failed, for `limit` at most, or until `stop`.
  bool waitOpen(std::chrono::milliseconds limit, const std::stop_token& stop);
  /// The newest frame that was not handed out before; waits for one. Nothing when stopped, or when
  /// the source has ended and is not to be opened again; see failed().
  std::optional<ArrivedFrame> next(const std::stop_token& stop);
  /// next() ended because the source broke, not because it was done.
  bool failed() const;
  /// Empty when frames come; else what happened and what is being done: "stalled for 2 s", "the
  /// stream ended 1 s ago, connecting again (attempt 2)".
  std::string condition() const;
  std::uint64_t dropped() const;

 private:
  struct Feed;
  void startThread();
  void leaveThreadBehind();
  static void readOn(const std::shared_ptr<Feed>& feed, std::uint64_t generation);

  std::shared_ptr<Feed> feed_;
  std::thread thread_;
  std::shared_ptr<std::atomic<bool>> threadDone_;
};

}  // namespace boxwright
