// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/image/image.h"

namespace boxwright {

struct Frame {
  Image image;
  std::string source;        ///< file, camera or URL as the user named it
  std::uint64_t number = 0;  ///< from 0; gaps where a live source dropped frames
  std::chrono::steady_clock::time_point captured;  ///< when it came into being (live) or was read
};

/// The next frame from a picture, folder, video file, camera, stream URL or the test pattern. One
/// reading thread. Opening may block up to a few seconds; `next` of a live source returns within
/// 500 ms of a stop request whatever the source does (libraries that block are left behind on a
/// thread of their own).
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  /// The next frame; nothing at the end of a finite source or when stopped. Throws Error when the
  /// source fails for good (a video that ends early or does not decode, a camera that is not
  /// there).
  virtual std::optional<Frame> next(std::stop_token stop) = 0;
  /// Live sources are read with newest-wins dropping; files are not dropped.
  virtual bool live() const = 0;
  /// Frames in all where known (folder, most videos), else 0.
  virtual std::uint64_t length() const { return 0; }
  /// Frames a second the source says of itself, 0 where unknown.
  virtual double rate() const { return 0; }
  /// From now on it reads what comes next on so many threads of its own; only pictures can. Not
  /// while next() runs.
  virtual void readAhead(int threads) { (void)threads; }
  /// What is happening, for people, empty when all is well: "stalled for 2 s, reconnecting". May be
  /// asked from any thread.
  virtual std::string condition() const { return {}; }
  /// Frames of a live source that came and were replaced by newer ones before `next` took them. May
  /// be asked from any thread.
  virtual std::uint64_t dropped() const { return 0; }
  /// Pictures that could not be read so far. May be asked from any thread.
  virtual std::uint64_t passedOver() const { return 0; }
  /// Makes frame `number` the next one. False where the source cannot (anything but pictures).
  virtual bool seek(std::uint64_t number) {
    (void)number;
    return false;
  }
};

/// Opens SOURCE of the command line: an image, folder, video file, "camera:N" or "/dev/videoN",
/// "test-pattern:", or a URL (rtsp, rtmp, http, udp, tcp, srt). Throws Error with what to do.
std::unique_ptr<FrameSource> openFrameSource(const std::string& source, std::stop_token stop = {});

/// Whether this build has videos, streams and cameras (BOXWRIGHT_VIDEO); pictures it always has.
bool readsVideos();

/// A V4L2 capture node.
struct Camera {
  int index = 0;     ///< N of /dev/videoN
  std::string name;  ///< what the driver calls it

  bool operator==(const Camera&) const = default;
};

/// The cameras there are now, by index; nodes that only carry metadata or output are left out. Asks
/// the driver without starting anything; takes milliseconds.
std::vector<Camera> listCameras();

}  // namespace boxwright
