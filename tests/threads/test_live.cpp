// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "core/detect/live_detection.h"

namespace boxwright {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A live source that is much faster than the detector.
class FastSource : public FrameSource {
 public:
  std::optional<Frame> next(std::stop_token stop) override {
    if (stop.stop_requested()) return std::nullopt;
    std::this_thread::sleep_for(1ms);
    Frame frame;
    frame.image = Image(16, 12);
    frame.source = "fast";
    frame.number = ++number_;
    frame.captured = Clock::now();
    return frame;
  }
  bool live() const override { return true; }

 private:
  std::uint64_t number_ = 0;
};

DetectSteps slowSteps(std::chrono::milliseconds pause) {
  DetectSteps steps;
  steps.detect = [pause](const Image&, const DetectSettings& settings) {
    std::this_thread::sleep_for(pause);
    return std::vector<Detection>{{{1, 1, 5, 5}, 0, static_cast<float>(settings.threshold)}};
  };
  steps.redecode = [](const DetectSettings& settings) {
    return std::vector<Detection>{{{1, 1, 5, 5}, 0, static_cast<float>(settings.threshold)}};
  };
  steps.names = {"thing"};
  steps.deviceName = "none";
  return steps;
}

TEST(ThreadsLive, LiveDetectionDropsFramesAndStaysYoung) {
  std::atomic<int> news{0};
  LiveDetection live([] { return slowSteps(20ms); }, [&news] { ++news; });
  live.start([](std::stop_token) { return std::make_unique<FastSource>(); });
  std::uint64_t last = 0;
  int taken = 0;
  double worst = 0;
  const auto end = Clock::now() + 1500ms;
  while (Clock::now() < end) {
    if (const auto frame = live.take()) {
      EXPECT_GE(frame->frame->number, last);
      last = frame->frame->number;
      worst = std::max(worst, frame->ageMilliseconds);
      ++taken;
    }
    live.setSettings({.threshold = 0.1 + 0.001 * taken});
    std::this_thread::sleep_for(2ms);
  }
  EXPECT_GT(taken, 5);
  EXPECT_GT(news.load(), 5);
  EXPECT_GT(live.status().dropped, live.status().detected);
  EXPECT_EQ(live.status().state, LiveState::Running);
  const auto before = Clock::now();
  live.stop();
  EXPECT_LT(Clock::now() - before, 1s);
}

TEST(ThreadsLive, LiveDetectionIsStartedAndStoppedAgainAndAgain) {
  LiveDetection live([] { return slowSteps(1ms); });
  for (int round = 0; round < 20; ++round) {
    live.start([](std::stop_token) { return std::make_unique<FastSource>(); });
    std::this_thread::sleep_for(5ms);
    live.setPaused(round % 2 == 0);
    if (round % 3 == 0) live.stop();
  }
}

}  // namespace
}  // namespace boxwright
