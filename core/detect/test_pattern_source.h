// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/detect/frame_source.h"

namespace boxwright {

/// Frame `number` of the test pattern: shapes of several kinds that wander over a calm ground,
/// bouncing off the edges, and the frame's number. A pure function of its arguments.
Image testPattern(std::uint64_t number, int width = 640, int height = 480);

/// A live source without a device: the test pattern at 30 frames a second. Who comes late misses
/// frames, as with a camera.
class TestPatternSource : public FrameSource {
 public:
  explicit TestPatternSource(int width = 640, int height = 480);

  std::optional<Frame> next(std::stop_token stop) override;
  bool live() const override { return true; }
  double rate() const override { return 30; }
  std::uint64_t dropped() const override { return dropped_; }

 private:
  int width_, height_;
  std::optional<std::chrono::steady_clock::time_point> start_;
  std::uint64_t nextNumber_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace boxwright
