// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/live_detection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/detect/live_reader.h"
#include "core/detect/test_pattern_source.h"
#include "tests/core/detect/waiting.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Steps that take a known time and tell by the class which picture they saw (its first pixel).
struct SlowSteps {
  int milliseconds = 0;
  std::atomic<int> detects{0}, redecodes{0};
  std::vector<int> seen;  ///< on the detector thread; read after stop()

  MakeDetectSteps make() {
    return [this] {
      DetectSteps steps;
      const auto found = [](int what, const DetectSettings& settings) {
        return std::vector<Detection>{{Rect{1, 1, 9, 9}, what, float(settings.threshold)}};
      };
      steps.detect = [this, found](const Image& image, const DetectSettings& settings) {
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        ++detects;
        seen.push_back(image.pixels[0] + 256 * image.pixels[1]);
        return found(seen.back(), settings);
      };
      steps.redecode = [this, found](const DetectSettings& settings) {
        ++redecodes;
        return found(seen.back(), settings);
      };
      steps.names = {"thing"};
      steps.deviceName = "test";
      return steps;
    };
  }
};

/// A finite source of numbered pictures.
class Numbered : public FrameSource {
 public:
  Numbered(std::uint64_t count, double rate, bool seeks = false, std::uint64_t failsAt = ~0ULL)
      : count_(count), rate_(rate), seeks_(seeks), failsAt_(failsAt) {}

  std::optional<Frame> next(std::stop_token stop) override {
    if (position_ == failsAt_) throw Error("the video ends early", "clip.avi", "copy it again");
    if (stop.stop_requested() || position_ >= count_) return std::nullopt;
    Frame frame;
    frame.image = Image(16, 16);
    frame.image.pixels[0] = std::uint8_t(position_ % 256);
    frame.image.pixels[1] = std::uint8_t(position_ / 256);
    frame.number = position_++;
    frame.captured = Clock::now();
    return frame;
  }
  bool live() const override { return false; }
  std::uint64_t length() const override { return count_; }
  double rate() const override { return rate_; }
  bool seek(std::uint64_t number) override {
    if (!seeks_ || number >= count_) return false;
    position_ = number;
    return true;
  }

 private:
  std::uint64_t count_;
  double rate_;
  bool seeks_;
  std::uint64_t failsAt_;
  std::uint64_t position_ = 0;
};

auto numbered(std::uint64_t count, double rate, bool seeks = false, std::uint64_t failsAt = ~0ULL) {
  return [=](std::stop_token) { return std::make_unique<Numbered>(count, rate, seeks, failsAt); };
}

bool over(const LiveDetection& live) {
  const LiveState state = live.status().state;
  return state == LiveState::Ended || state == LiveState::Stopped || state == LiveState::Failed;
}

TEST(TestPattern, IsAFunctionOfItsNumber) {
  EXPECT_EQ(testPattern(7), testPattern(7));
  EXPECT_NE(testPattern(7), testPattern(8));
  EXPECT_EQ(320, testPattern(3, 320, 200).width);
  // Something moves far: a frame a second later differs in many places.
  const Image now = testPattern(100), later = testPattern(130);
  std::size_t different = 0;
  for (std::size_t i = 0; i < now.pixels.size(); i += 3) {
    different += now.pixels[i] != later.pixels[i];
  }
  EXPECT_GT(different, now.pixels.size() / 3 / 50);
}

TEST(TestPattern, KeepsThirtyFramesASecond) {
  TestPatternSource source;
  const Clock::time_point begun = Clock::now();
  std::uint64_t number = 0;
  for (int i = 0; i < 16; ++i) {
    const std::optional<Frame> frame = source.next({});
    ASSERT_TRUE(frame);
    number = frame->number;
    EXPECT_EQ(testPattern(number), frame->image);
  }
  // Frame n comes n / 30 s after the first, never early, however many were missed on a busy
  // machine.
  EXPECT_GE(secondsSince(begun) + 0.001, double(number) / 30);
  EXPECT_LT(secondsSince(begun), double(number) / 30 + 1);
  EXPECT_EQ(number + 1, 16 + source.dropped());
}

TEST(LiveDetection, StaysFreshWithASlowDetector) {
  SlowSteps steps;
  steps.milliseconds = 70;
  LiveDetection live(steps.make());
  live.start("test-pattern:");
  std::vector<double> ages;
  std::uint64_t last = 0;
  const Clock::time_point begun = Clock::now();
  while (secondsSince(begun) < 1.5) {
    if (const std::optional<DetectedFrame> result = live.take()) {
      ages.push_back(result->ageMilliseconds);
      if (ages.size() > 1) {
        EXPECT_GT(result->frame->number, last);
      }
      last = result->frame->number;
      EXPECT_EQ(640, result->frame->image.width);
    }
    std::this_thread::sleep_for(milliseconds(2));
  }
  const LiveStatus status = live.status();
  EXPECT_EQ(LiveState::Running, status.state);
  EXPECT_TRUE(status.live);
  EXPECT_EQ("test", status.deviceName);
  ASSERT_GT(ages.size(), 8U);
  std::nth_element(ages.begin(), ages.begin() + std::ptrdiff_t(ages.size() / 2), ages.end());
  EXPECT_LT(ages[ages.size() / 2], 2 * 70) << "median age of a frame";
  EXPECT_GT(status.dropped, 10U);
  EXPECT_NEAR(double(last + 1), double(status.detected + status.dropped), 4);
  EXPECT_GT(status.framesPerSecond, 6);
  EXPECT_GE(status.milliseconds, 70);
  const Clock::time_point asked = Clock::now();
  live.stop();
  EXPECT_LT(secondsSince(asked), 0.5);
  EXPECT_EQ(LiveState::Stopped, live.status().state);
}

TEST(LiveDetection, DetectsEveryFrameInOrderWhenAsked) {
  SlowSteps steps;
  LiveDetection live(steps.make());
  LiveOptions options;
  options.everyFrame = true;
  live.start(numbered(300, 25), options);
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  EXPECT_EQ(LiveState::Ended, live.status().state);
  EXPECT_EQ(300U, live.status().detected);
  EXPECT_EQ(0U, live.status().dropped);
  EXPECT_EQ(299U, live.status().number);
  live.stop();
  ASSERT_EQ(300U, steps.seen.size());
  for (int i = 0; i < 300; ++i)
    ASSERT_EQ(i, steps.seen[std::size_t(i)]);
}

TEST(LiveDetection, PlaysAWatchedVideoAtItsOwnRate) {
  SlowSteps steps;
  LiveDetection live(steps.make());
  const Clock::time_point begun = Clock::now();
  live.start(numbered(26, 50));
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  EXPECT_NEAR(0.5, secondsSince(begun), 0.2);
  EXPECT_EQ(26U, live.status().detected + live.status().dropped);
  EXPECT_GT(live.status().detected, 15U);

  // A detector that is too slow for it misses frames; the time stays right.
  steps.milliseconds = 60;
  const Clock::time_point again = Clock::now();
  live.start(numbered(26, 50));
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  EXPECT_NEAR(0.55, secondsSince(again), 0.25);
  EXPECT_EQ(26U, live.status().detected + live.status().dropped);
  EXPECT_GT(live.status().dropped, 10U);
}

TEST(LiveDetection, DropsNoPictureOfAFolder) {
  SlowSteps steps;
  steps.milliseconds = 5;
  LiveDetection live(steps.make());
  live.start(numbered(20, 0));
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  EXPECT_EQ(20U, live.status().detected);
  EXPECT_EQ(0U, live.status().dropped);
}

TEST(LiveDetection, SettingsActAtOnceOnAStandingPicture) {
  SlowSteps steps;
  LiveDetection live(steps.make());
  live.start(numbered(1, 0));
  std::optional<DetectedFrame> result;
  ASSERT_TRUE(comesTrue([&] { return (result = live.take()).has_value(); }));
  EXPECT_FALSE(result->redecoded);
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  const auto frame = result->frame;
  for (const double threshold : {0.5, 0.75}) {
    const Clock::time_point asked = Clock::now();
    DetectSettings settings;
    settings.threshold = threshold;
    live.setSettings(settings);
    ASSERT_TRUE(comesTrue([&] { return (result = live.take()).has_value(); }));
    EXPECT_LT(secondsSince(asked), 0.2);
    EXPECT_TRUE(result->redecoded);
    EXPECT_EQ(frame, result->frame);
    EXPECT_EQ(float(threshold), result->detections.at(0).confidence);
    EXPECT_EQ(threshold, result->settings.threshold);
  }
  EXPECT_EQ(1, steps.detects);
  EXPECT_EQ(2, steps.redecodes);
  EXPECT_EQ(1U, live.status().detected);
}

TEST(LiveDetection, SettingsActOnTheNextFrameWhileRunning) {
  SlowSteps steps;
  LiveDetection live(steps.make());
  live.start("test-pattern:");
  ASSERT_TRUE(comesTrue([&] { return live.take().has_value(); }));
  DetectSettings settings;
  settings.threshold = 0.5;
  live.setSettings(settings);
  std::optional<DetectedFrame> result;
  EXPECT_TRUE(comesTrue(
      [&] {
        if (std::optional<DetectedFrame> taken = live.take()) result = std::move(taken);
        return result && result->settings.threshold == 0.5;
      },
      milliseconds(500)));
}

TEST(LiveDetection, PausesAndSteps) {
  SlowSteps steps;
  LiveDetection live(steps.make());
  LiveOptions options;
  options.startPaused = true;
  live.start(numbered(5, 0, true), options);
  const auto shows = [&](std::uint64_t number, std::uint64_t count) {
    return comesTrue([&] {
      const LiveStatus status = live.status();
      return status.number == number && status.detected == count;
    });
  };
  ASSERT_TRUE(shows(0, 1));
  std::this_thread::sleep_for(milliseconds(60));
  EXPECT_EQ(1U, live.status().detected) << "goes on though paused";
  EXPECT_EQ(LiveState::Paused, live.status().state);
  live.step();
  ASSERT_TRUE(shows(1, 2));
  live.step(2);
  ASSERT_TRUE(shows(3, 3));
  live.step(-1);
  ASSERT_TRUE(shows(2, 4));
  live.step(-10);
  ASSERT_TRUE(shows(0, 5));
  live.step(4);
  ASSERT_TRUE(shows(4, 6));
  live.step();  // over the end: it stays, and the way back is open
  std::this_thread::sleep_for(milliseconds(60));
  EXPECT_EQ(LiveState::Paused, live.status().state);
  live.step(-1);
  ASSERT_TRUE(shows(3, 7));
  live.setPaused(false);
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  EXPECT_EQ(LiveState::Ended, live.status().state);
  EXPECT_EQ(8U, live.status().detected);
}

TEST(LiveDetection, HoldsThePictureOfALiveSourceWhilePaused) {
  SlowSteps steps;
  LiveDetection live(steps.make());
  live.start("test-pattern:");
  ASSERT_TRUE(comesTrue([&] { return live.status().detected > 2; }));
  live.setPaused(true);
  std::this_thread::sleep_for(milliseconds(100));
  const std::uint64_t held = live.status().number;
  std::this_thread::sleep_for(milliseconds(250));
  EXPECT_EQ(held, live.status().number);
  live.setPaused(false);
  while (live.take()) {
  }
  std::optional<DetectedFrame> result;
  ASSERT_TRUE(comesTrue([&] { return (result = live.take()).has_value(); }));
  EXPECT_GE(result->frame->number, held + 6) << "went on with an old frame";
}

TEST(LiveDetection, TellsWhatFailedAndGoesOnWithTheNextSource) {
  SlowSteps steps;
  LiveDetection live(steps.make());
  live.start("no/such/file.mp4");
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  LiveStatus status = live.status();
  EXPECT_EQ(LiveState::Failed, status.state);
  ASSERT_TRUE(status.error);
  EXPECT_EQ("no/such/file.mp4", status.error->where());
  EXPECT_NE("", status.error->advice());

  // A video that ends early: all its frames, then the failure.
  LiveOptions all;
  all.everyFrame = true;
  live.start(numbered(20, 25, false, 7), all);
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  status = live.status();
  EXPECT_EQ(LiveState::Failed, status.state);
  ASSERT_TRUE(status.error);
  EXPECT_EQ("the video ends early", status.error->problem());
  EXPECT_EQ(7U, status.detected);

  live.start(numbered(3, 0));
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  status = live.status();
  EXPECT_EQ(LiveState::Ended, status.state);
  EXPECT_FALSE(status.error);
  EXPECT_EQ(3U, status.detected);
}

TEST(LiveDetection, TellsWhenTheModelCannotBeLoaded) {
  LiveDetection live([]() -> DetectSteps {
    throw Error("the weights are too short", "best.weights", "choose the right ones");
  });
  live.start(numbered(3, 0));
  ASSERT_TRUE(comesTrue([&] { return live.status().state == LiveState::Failed; }));
  EXPECT_EQ("the weights are too short", live.status().error->problem());
  live.stop();
  EXPECT_EQ(0U, live.status().detected);
}

TEST(LiveDetection, TellsWhenTheDetectorFails) {
  for (const bool plain : {false, true}) {
    LiveDetection live([plain] {
      DetectSteps steps;
      steps.detect = [plain](const Image&, const DetectSettings&) -> std::vector<Detection> {
        if (plain) throw std::runtime_error("primitive");
        throw Error("the device is gone", "cpu", "start again");
      };
      steps.redecode = [](const DetectSettings&) { return std::vector<Detection>{}; };
      return steps;
    });
    live.start("test-pattern:");
    ASSERT_TRUE(comesTrue([&] { return over(live); }));
    EXPECT_EQ(LiveState::Failed, live.status().state);
    ASSERT_TRUE(live.status().error);
    EXPECT_EQ(plain ? "something unforeseen happened: primitive" : "the device is gone",
              live.status().error->problem());
  }
}

TEST(LiveDetection, ANewSourceLeavesNothingOfTheOld) {
  SlowSteps steps;
  steps.milliseconds = 30;
  LiveDetection live(steps.make());
  for (int round = 0; round < 5; ++round) {
    live.start("test-pattern:");
    std::this_thread::sleep_for(milliseconds(20 * round));
    live.start(numbered(1, 0));
    EXPECT_NE(LiveState::Ended, live.status().state);
    ASSERT_TRUE(comesTrue([&] { return over(live); }));
    std::optional<DetectedFrame> result = live.take();
    ASSERT_TRUE(result);
    EXPECT_EQ(16, result->frame->image.width);
    EXPECT_EQ(1U, live.status().detected);
    EXPECT_FALSE(live.take());
  }
}

/// A camera whose driver never answers again.
class StuckSource : public FrameSource {
 public:
  explicit StuckSource(const std::shared_ptr<std::atomic<bool>>& release)
      : reader_([release] { return std::make_unique<Stuck>(release); }, {}) {}
  std::optional<Frame> next(std::stop_token stop) override {
    std::optional<ArrivedFrame> arrived = reader_.next(stop);
    if (!arrived) return std::nullopt;
    Frame frame;
    frame.image = std::move(arrived->image);
    frame.captured = arrived->arrived;
    return frame;
  }
  bool live() const override { return true; }
  std::string condition() const override { return reader_.condition(); }

 private:
  class Stuck : public LiveCapture {
   public:
    explicit Stuck(std::shared_ptr<std::atomic<bool>> release) : release_(std::move(release)) {}
    bool open() override { return true; }
    bool read(Image& image) override {
      if (first_) {
        first_ = false;
        image = Image(8, 8);
        return true;
      }
      while (!*release_)
        std::this_thread::sleep_for(milliseconds(5));
      return false;
    }

   private:
    std::shared_ptr<std::atomic<bool>> release_;
    bool first_ = true;
  };
  LiveReader reader_;
};

TEST(LiveDetection, StopsWithinASecondWhateverTheSourceDoes) {
  const auto release = std::make_shared<std::atomic<bool>>(false);
  SlowSteps steps;
  {
    LiveDetection live(steps.make());
    live.start([&](std::stop_token) { return std::make_unique<StuckSource>(release); });
    ASSERT_TRUE(comesTrue([&] { return live.status().detected == 1; }));
    ASSERT_TRUE(comesTrue([&] { return !live.status().condition.empty(); }, milliseconds(3000)))
        << "nothing is said though the source stalls";
    const Clock::time_point asked = Clock::now();
    live.requestStop();
    EXPECT_LT(secondsSince(asked), 0.05) << "asking waits";
    live.stop();
    EXPECT_LT(secondsSince(asked), 1.0);
    live.start([&](std::stop_token) { return std::make_unique<StuckSource>(release); });
    ASSERT_TRUE(comesTrue([&] { return live.status().detected == 1; }));
  }  // and so does closing the window
  release->store(true);
  std::this_thread::sleep_for(milliseconds(50));
}

TEST(LiveDetection, CanBeClosedAtAnyMoment) {
  SlowSteps steps;
  steps.milliseconds = 5;
  for (int wait = 0; wait < 12; ++wait) {
    std::atomic<int> told{0};
    {
      LiveDetection live(steps.make(), [&] { ++told; });
      live.start(wait % 2 == 0 ? "test-pattern:" : "/nothing/there");
      std::this_thread::sleep_for(milliseconds(4 * wait));
    }
    const int before = told;
    std::this_thread::sleep_for(milliseconds(10));
    EXPECT_EQ(before, told) << "told after the end";
  }
}

TEST(LiveDetection, TellsOfEveryFrameAndOfTheEnd) {
  SlowSteps steps;
  std::atomic<int> told{0};
  LiveDetection live(steps.make(), [&] { ++told; });
  live.start(numbered(10, 0));
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  live.stop();
  EXPECT_GE(told, 12);  // loaded, running, ten frames, ended; the last may be under way
}

TEST(LiveDetection, RecordsEveryFrameOfAFile) {
  const TemporaryFolder folder;
  SlowSteps steps;
  steps.milliseconds = 2;
  LiveDetection live(steps.make());
  LiveOptions options;
  options.record = folder.path() / "out.avi";
  live.start([](std::stop_token) { return std::make_unique<Numbered>(40, 25); }, options);
  ASSERT_TRUE(comesTrue([&] { return over(live); }));
  const LiveStatus status = live.status();
  EXPECT_EQ(LiveState::Ended, status.state);
  EXPECT_FALSE(status.error) << status.error->what();
  EXPECT_EQ(40U, status.recorded);
  EXPECT_EQ(40U, status.detected);
  EXPECT_TRUE(status.recording.empty());
  EXPECT_TRUE(std::filesystem::exists(options.record));
}

TEST(LiveDetection, ARecordingThatFailsDoesNotEndTheDetection) {
  SlowSteps steps;
  LiveDetection live(steps.make());
  live.start("test-pattern:");
  ASSERT_TRUE(comesTrue([&] { return live.status().detected > 1; }));
  live.startRecording("/no/such/folder/out.mp4");
  ASSERT_TRUE(comesTrue([&] { return live.status().error.has_value(); }));
  EXPECT_NE(std::string::npos, live.status().error->where().find("/no/such/folder"));
  const std::uint64_t before = live.status().detected;
  EXPECT_TRUE(comesTrue([&] { return live.status().detected > before + 3; }));
  EXPECT_EQ(LiveState::Running, live.status().state);
}

}  // namespace
}  // namespace boxwright
