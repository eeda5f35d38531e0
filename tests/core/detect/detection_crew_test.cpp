// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/detection_crew.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "core/compute/backend.h"
#include "core/compute/trace.h"
#include "tests/core/detect/small_network.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

/// So many pictures, every third with a red quarter; some of them slow to come.
class Pictures : public FrameSource {
 public:
  explicit Pictures(std::uint64_t count, bool isLive = false) : count_(count), live_(isLive) {}

  std::optional<Frame> next(std::stop_token stop) override {
    EXPECT_FALSE(reading_) << "two threads read at once";
    reading_ = true;
    if (given_ % 5 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    reading_ = false;
    if (given_ == failAt) throw Error("the film tore");
    if (stop.stop_requested() || given_ == count_) return std::nullopt;
    Frame frame;
    frame.number = given_++;
    frame.image = Image(64, 64);
    if (frame.number % 3 == 0) frame.image.pixels[3 * 40] = 255;
    return frame;
  }
  bool live() const override { return live_; }
  std::uint64_t length() const override { return count_; }
  std::string condition() const override { return "after " + std::to_string(given_); }
  std::uint64_t given() const { return given_; }

  std::uint64_t failAt = UINT64_MAX;

 private:
  std::uint64_t count_;
  std::atomic<std::uint64_t> given_ = 0;  ///< asked of it while another thread reads
  bool live_;
  std::atomic<bool> reading_ = false;
};

DetectorOptions two() {
  DetectorOptions options;
  options.device = "reference";
  options.threads = 2;
  return options;
}

TEST(DetectionCrew, GivesEveryFrameInOrderWhateverTheNumberOfDetectorsAndTheBatch) {
  using Size = DetectionCrew::Size;
  for (const Size& size :
       {Size{1, 1}, Size{2, 1}, Size{3, 1}, Size{1, 7}, Size{2, 3}, Size{1, 0}}) {
    DetectionCrew crew(colourModel(), two(), size);
    EXPECT_EQ(crew.inputWidth(), 64);
    EXPECT_EQ(crew.deviceName(), "reference");
    for (int again = 0; again < 2; ++again) {
      Pictures source(40);
      std::uint64_t expected = 0;
      const std::string last = crew.run(source, {}, {}, [&](DetectedFrame&& found) {
        EXPECT_EQ(found.frame.number, expected);
        EXPECT_EQ(found.condition, "after " + std::to_string(expected + 1));
        EXPECT_EQ(found.detections.size(), expected % 3 == 0 ? 1U : 0U);
        EXPECT_EQ(found.frame.image.width, 64);
        ++expected;
        return true;
      });
      EXPECT_EQ(expected, 40U);
      EXPECT_EQ(last, "after 40");
    }
  }
}

TEST(DetectionCrew, EndsWhenNoMoreIsWantedAndServesTheNextSource) {
  DetectionCrew crew(colourModel(), two(), {2});
  Pictures source(1000);
  int taken = 0;
  crew.run(source, {}, {}, [&](DetectedFrame&&) { return ++taken < 7; });
  EXPECT_EQ(taken, 7);
  EXPECT_LT(source.given(), 20U);
  std::stop_source stop;
  stop.request_stop();
  crew.run(source, {}, stop.get_token(), [&](DetectedFrame&&) { return ++taken, true; });
  EXPECT_EQ(taken, 7);
  Pictures next(3);
  crew.run(next, {}, {}, [&](DetectedFrame&&) { return ++taken, true; });
  EXPECT_EQ(taken, 10);
}

TEST(DetectionCrew, AFaultComesAfterTheFramesBeforeIt) {
  DetectionCrew crew(colourModel(), two(), {2, 4});
  Pictures source(100);
  source.failAt = 11;
  int taken = 0;
  const std::string message =
      errorOf([&] { crew.run(source, {}, {}, [&](DetectedFrame&&) { return ++taken, true; }); });
  EXPECT_NE(message.find("the film tore"), std::string::npos);
  EXPECT_EQ(taken, 11);
  Pictures more(100);
  EXPECT_THROW(crew.run(more, {}, {},
                        [&](DetectedFrame&&) -> bool { throw std::runtime_error("full disk"); }),
               std::runtime_error);
  Pictures last(2);
  crew.run(last, {}, {}, [&](DetectedFrame&&) { return ++taken, true; });
  EXPECT_EQ(taken, 13);
}

TEST(DetectionCrew, ReadsALiveSourceOnlyWhenTheFrameBeforeIsTaken) {
  // One detector is idle, and the sink is slow: who would read ahead, could.
  DetectionCrew crew(colourModel(), two(), {2});
  Pictures source(5, true);
  crew.run(source, {}, {}, [&](DetectedFrame&& found) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    // One more may be on its way by now.
    EXPECT_LE(source.given(), found.frame.number + 2);
    return true;
  });
}

/// Gives one frame and then stalls until it is asked to stop, ten seconds at most.
class Stalling : public Pictures {
 public:
  Stalling() : Pictures(2, true) {}
  std::optional<Frame> next(std::stop_token stop) override {
    if (given() == 0) return Pictures::next(stop);
    stalls = true;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    asked = stop.stop_requested();
    return std::nullopt;
  }
  void waitUntilItStalls() const {
    while (!stalls)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::atomic<bool> stalls = false, asked = false;
};

TEST(DetectionCrew, AReadUnderWayIsStoppedWhenNoMoreIsWanted) {
  DetectionCrew crew(colourModel(), two(), {1});
  Stalling enough;
  crew.run(enough, {}, {}, [&](DetectedFrame&&) {
    enough.waitUntilItStalls();
    return false;
  });
  EXPECT_TRUE(enough.asked);
  Stalling full;
  EXPECT_THROW(crew.run(full, {}, {},
                        [&](DetectedFrame&&) -> bool {
                          full.waitUntilItStalls();
                          throw std::runtime_error("full disk");
                        }),
               std::runtime_error);
  EXPECT_TRUE(full.asked);
  Stalling stopped;
  std::stop_source stop;
  crew.run(stopped, {}, stop.get_token(), [&](DetectedFrame&&) {
    stopped.waitUntilItStalls();
    return stop.request_stop();
  });
  EXPECT_TRUE(stopped.asked);
}

TEST(DetectionCrew, SaysThatItWaits) {
  class Slow : public Pictures {
   public:
    Slow() : Pictures(1, true) {}
    std::optional<Frame> next(std::stop_token stop) override {
      std::this_thread::sleep_for(std::chrono::milliseconds(1200));
      return Pictures::next(stop);
    }
  };
  DetectionCrew crew(colourModel(), two(), {1});
  Slow source;
  int waited = 0;
  crew.run(
      source, {}, {}, [](DetectedFrame&&) { return true; }, [&] { ++waited; });
  EXPECT_GE(waited, 2);
}

TEST(DetectionCrew, AModelThatCannotDetectIsRefused) {
  EXPECT_NE(errorOf([] { DetectionCrew(colourModel({"one"}), two(), {2}); }).find("class names"),
            std::string::npos);
}

TEST(DetectionCrew, TwoDetectorsForManyFramesOfASmallNetwork) {
  const Model small = colourModel();
  const auto sizeFor = [&](const FrameSource& source, int threads, bool onCard) {
    return DetectionCrew::sizeFor(source, small, threads, onCard);
  };
  using Size = DetectionCrew::Size;
  EXPECT_EQ(sizeFor(Pictures(100), 2, false), (Size{2, 0})) << "as many as the device likes";
  EXPECT_EQ(sizeFor(Pictures(0), 2, false), (Size{2, 0})) << "a video of unknown length";
  EXPECT_EQ(sizeFor(Pictures(100), 1, false), (Size{1, 0}));
  EXPECT_EQ(sizeFor(Pictures(1), 2, false), Size{});
  EXPECT_EQ(sizeFor(Pictures(100, true), 2, true), Size{});
  EXPECT_EQ(openBackend("cpu", 1)->batchForMany(), 1);
}

TEST(DetectionCrew, ALargeNetworkHasTwoDetectorsOnACardOnly) {
  Model large;
  large.network.layers.emplace_back();
  ConvolutionLayer layer;
  layer.filters = 4096;
  layer.size = 3;
  large.network.layers.back().kind = layer;
  large.network.layers.back().input.channels = 4096;
  using Size = DetectionCrew::Size;
  EXPECT_EQ(DetectionCrew::sizeFor(Pictures(100), large, 2, false), (Size{1, 0}));
  EXPECT_EQ(DetectionCrew::sizeFor(Pictures(100), large, 2, true), (Size{2, 0}));
}

TEST(DetectionCrew, ATraceHasEveryStage) {
  Trace trace;
  DetectorOptions options = two();
  options.trace = &trace;
  DetectionCrew crew(colourModel(), options, {2});
  Pictures source(6);
  crew.run(source, {}, {}, [](DetectedFrame&&) { return true; });
  for (const char* const stage : {"read", "resize", "forward", "boxes"}) {
    const auto lines = trace.lines();
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&](const Trace::Line& l) { return l.name == stage; });
    ASSERT_NE(line, lines.end()) << stage;
    EXPECT_EQ(line->calls, line->name == "read" ? 7U : 6U);
  }
}

}  // namespace
}  // namespace boxwright
