// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/live_reader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "core/base/mailbox.h"
#include "tests/core/detect/waiting.h"

namespace boxwright {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A device whose moods the test sets.
struct Device {
  std::atomic<bool> opens{true};
  std::atomic<bool> ends{false};    ///< read() says that it is over
  std::atomic<bool> sticks{false};  ///< read() does not come back
  std::atomic<bool> sticksOpening{false};
  std::atomic<bool> proper{false};
  std::atomic<bool> throws{false};         ///< read() throws what no library promised
  std::atomic<bool> throwsOpening{false};  ///< open() does
  std::atomic<int> interval{5};            ///< milliseconds between frames
  std::atomic<int> opened{0}, closed{0};
  std::mutex mutex;
  std::condition_variable released;
  bool free = false;

  void stick() {
    std::unique_lock lock(mutex);
    released.wait(lock, [this] { return free; });
  }
  void release() {
    {
      const std::lock_guard lock(mutex);
      free = true;
    }
    released.notify_all();
  }
};

class FromDevice : public LiveCapture {
 public:
  explicit FromDevice(std::shared_ptr<Device> device) : device_(std::move(device)) {}
  ~FromDevice() override { ++device_->closed; }

  bool open() override {
    if (device_->sticksOpening) device_->stick();
    if (device_->throwsOpening) throw std::bad_alloc();
    if (device_->opens) ++device_->opened;
    return device_->opens;
  }
  bool read(Image& image) override {
    if (device_->sticks) device_->stick();
    std::this_thread::sleep_for(milliseconds(device_->interval));
    if (device_->ends) return false;
    if (device_->throws) throw std::runtime_error("assertion failed at line 7");
    image = Image(4, 4);
    return true;
  }
  bool finished() const override { return device_->proper; }

 private:
  std::shared_ptr<Device> device_;
};

LiveReaderOptions quick() {
  LiveReaderOptions options;
  options.stallAfter = milliseconds(100);
  options.abandonAfter = milliseconds(300);
  options.firstPause = milliseconds(20);
  options.longestPause = milliseconds(50);
  return options;
}

LiveReader::Make from(const std::shared_ptr<Device>& device) {
  return [device] { return std::make_unique<FromDevice>(device); };
}

TEST(LiveReader, HandsOutTheNewestAndCountsTheRest) {
  const auto device = std::make_shared<Device>();
  LiveReader reader(from(device), quick());
  ASSERT_TRUE(reader.waitOpen(milliseconds(2000), {}));
  std::uint64_t last = 0, taken = 0;
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(milliseconds(60));  // a slow detector
    const Clock::time_point asked = Clock::now();
    const std::optional<ArrivedFrame> frame = reader.next({});
    ASSERT_TRUE(frame);
    EXPECT_LT(asked - frame->arrived, milliseconds(50)) << "an old frame was handed out";
    if (taken++ > 0) {
      EXPECT_GT(frame->number, last);
    }
    last = frame->number;
  }
  EXPECT_GE(reader.dropped(), last + 1 - taken);
  EXPECT_GT(reader.dropped(), 10U);
  EXPECT_EQ("", reader.condition());
}

TEST(LiveReader, SaysThatItStalledAndForHowLong) {
  const auto device = std::make_shared<Device>();
  LiveReader reader(from(device), quick());
  ASSERT_TRUE(reader.next({}));
  device->interval = 1200;
  EXPECT_TRUE(comesTrue([&] { return reader.condition() == "stalled: no frame for 1 s"; }))
      << reader.condition();
  device->interval = 5;
  EXPECT_TRUE(comesTrue([&] { return reader.condition().empty(); })) << reader.condition();
}

TEST(LiveReader, WhatALibraryThrowsIsALossAndNotTheEnd) {
  const auto device = std::make_shared<Device>();
  device->throwsOpening = true;
  LiveReader reader(from(device), quick());
  EXPECT_FALSE(reader.waitOpen(milliseconds(2000), {}));
  EXPECT_TRUE(comesTrue([&] {
    return reader.condition().find("(there is not enough memory)") != std::string::npos;
  })) << reader.condition();
  device->throwsOpening = false;
  ASSERT_TRUE(reader.next({}));
  device->throws = true;
  EXPECT_TRUE(comesTrue([&] {
    return reader.condition().find("(the video library failed)") != std::string::npos;
  })) << reader.condition();
  EXPECT_EQ(reader.condition().find("line 7"), std::string::npos);
  device->throws = false;
  EXPECT_TRUE(comesTrue([&] { return reader.condition().empty(); })) << reader.condition();
  EXPECT_TRUE(reader.next({}));
  EXPECT_FALSE(reader.failed());
}

TEST(LiveReader, MakerThatThrowsIsARefusal) {
  LiveReaderOptions options = quick();
  options.reconnect = false;
  LiveReader reader([]() -> std::unique_ptr<LiveCapture> { throw Error("no such thing"); },
                    options);
  EXPECT_FALSE(reader.waitOpen(milliseconds(2000), {}));
  EXPECT_FALSE(reader.next({}));
  EXPECT_TRUE(reader.failed());
}

TEST(LiveReader, OpensAgainAfterAnEndUntilItComesBack) {
  const auto device = std::make_shared<Device>();
  LiveReader reader(from(device), quick());
  ASSERT_TRUE(reader.next({}));
  device->opens = false;
  device->ends = true;
  EXPECT_TRUE(comesTrue([&] {
    return reader.condition().find("the sender ended the stream") != std::string::npos &&
           reader.condition().find("connecting again (attempt 3)") != std::string::npos;
  })) << reader.condition();
  device->ends = false;
  device->opens = true;
  EXPECT_TRUE(comesTrue([&] { return device->opened == 2; }));
  std::optional<ArrivedFrame> frame = reader.next({});  // may be one from before
  frame = reader.next({});
  ASSERT_TRUE(frame);
  EXPECT_EQ("", reader.condition());
  EXPECT_FALSE(reader.failed());
}

TEST(LiveReader, EndsWhereThereIsNothingToReconnectTo) {
  const auto device = std::make_shared<Device>();
  LiveReaderOptions options = quick();
  options.reconnect = false;
  {
    LiveReader camera(from(device), options);
    ASSERT_TRUE(camera.next({}));
    device->ends = true;
    while (camera.next({})) {
    }
    EXPECT_TRUE(camera.failed());
  }
  device->proper = true;
  LiveReader file(from(device), quick());
  EXPECT_FALSE(file.next({}));
  EXPECT_FALSE(file.failed());
}

TEST(LiveReader, SaysWhenTheFirstOpeningFails) {
  const auto device = std::make_shared<Device>();
  device->opens = false;
  LiveReader reader(from(device), quick());
  EXPECT_FALSE(reader.waitOpen(milliseconds(5000), {}));
  EXPECT_NE(std::string::npos, reader.condition().find("cannot be opened"));
}

TEST(LiveReader, LeavesAStuckReadBehindWhenStopped) {
  const auto device = std::make_shared<Device>();
  {
    LiveReader reader(from(device), quick());
    ASSERT_TRUE(reader.next({}));
    device->sticks = true;
    std::stop_source stop;
    std::thread later([&] {
      std::this_thread::sleep_for(milliseconds(150));
      stop.request_stop();
    });
    while (reader.next(stop.get_token())) {
    }
    later.join();
    const Clock::time_point asked = Clock::now();
    EXPECT_FALSE(reader.next(stop.get_token()));
    EXPECT_LT(secondsSince(asked), 0.1);
  }
  // The reader is gone; the thread that was left behind ends by itself once the library returns.
  EXPECT_EQ(0, device->closed);
  device->release();
  EXPECT_TRUE(comesTrue([&] { return device->closed >= 1; }));
}

TEST(LiveReader, LeavesAStuckOpeningBehindWhenStopped) {
  const auto device = std::make_shared<Device>();
  device->sticksOpening = true;
  const Clock::time_point begun = Clock::now();
  {
    LiveReader reader(from(device), quick());
    EXPECT_FALSE(reader.waitOpen(milliseconds(100), {}));
  }
  EXPECT_LT(secondsSince(begun), 0.6);
  device->release();
  EXPECT_TRUE(comesTrue([&] { return device->closed == 1; }));
}

TEST(LiveReader, TriesWithANewThreadWhenTheLibraryDoesNotComeBack) {
  const auto device = std::make_shared<Device>();
  LiveReader reader(from(device), quick());
  ASSERT_TRUE(reader.next({}));
  device->sticks = true;
  std::atomic<bool> recovered{false};
  std::jthread taker([&](std::stop_token stop) {
    while (reader.next(stop)) {
      if (device->opened > 1) recovered = true;
    }
  });
  EXPECT_TRUE(comesTrue([&] { return device->opened >= 2; }));
  device->sticks = false;
  device->release();
  EXPECT_TRUE(comesTrue([&] { return recovered.load(); }));
}

TEST(LiveReaderDeathTest, AProcessEndsQuicklyAndWithItsStatusThoughAThreadIsStuck) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const Clock::time_point begun = Clock::now();
  EXPECT_EXIT(
      {
        const auto device = std::make_shared<Device>();
        device->sticks = true;
        {
          LiveReader reader(from(device), quick());
          reader.waitOpen(milliseconds(2000), {});
          std::this_thread::sleep_for(milliseconds(20));
        }
        std::exit(7);
      },
      testing::ExitedWithCode(7), "");
  EXPECT_LT(secondsSince(begun), 3);
}

TEST(Mailbox, CountsWhatItReplacesAndLosesNothingElse) {
  Mailbox<int> box;
  constexpr int kCount = 20000;
  std::vector<int> taken;
  std::thread taker([&] {
    while (const std::optional<int> value = box.take({}))
      taken.push_back(*value);
  });
  for (int i = 0; i < kCount; ++i)
    box.put(i);
  box.close();
  taker.join();
  ASSERT_FALSE(taken.empty());
  EXPECT_EQ(kCount - 1, taken.back());
  EXPECT_EQ(std::uint64_t(kCount), taken.size() + box.dropped());
  for (std::size_t i = 1; i < taken.size(); ++i)
    ASSERT_LT(taken[i - 1], taken[i]);
}

}  // namespace
}  // namespace boxwright
