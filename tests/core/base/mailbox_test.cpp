// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/mailbox.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>

namespace boxwright {
namespace {

TEST(Mailbox, HoldsTheNewestAndCountsWhatItReplaced) {
  Mailbox<int> box;
  EXPECT_FALSE(box.tryTake().has_value());
  box.put(1);
  box.put(2);
  box.put(3);
  EXPECT_EQ(box.dropped(), 2U);
  EXPECT_EQ(box.take({}), 3);
  EXPECT_FALSE(box.tryTake().has_value());
  EXPECT_EQ(box.dropped(), 2U);
}

TEST(Mailbox, GivesTheLastValueAfterTheEndThenNothing) {
  Mailbox<std::unique_ptr<int>> box;
  box.put(std::make_unique<int>(7));
  box.close();
  const auto last = box.take({});
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(**last, 7);
  EXPECT_FALSE(box.take({}).has_value());
}

TEST(Mailbox, WaitsForAValueAnEndOrAStop) {
  Mailbox<int> box;
  {
    std::jthread later([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      box.put(5);
    });
    EXPECT_EQ(box.take({}), 5);
  }
  {
    std::jthread later([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      box.close();
    });
    EXPECT_FALSE(box.take({}).has_value());
  }
  Mailbox<int> other;
  std::stop_source source;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    source.request_stop();
  });
  EXPECT_FALSE(other.take(source.get_token()).has_value());
}

TEST(Mailbox, LosesNothingBetweenTwoThreads) {
  Mailbox<int> box;
  constexpr int kCount = 20000;
  std::jthread writer([&] {
    for (int i = 1; i <= kCount; ++i)
      box.put(i);
    box.close();
  });
  int taken = 0;
  int last = 0;
  while (const auto value = box.take({})) {
    EXPECT_GT(*value, last);
    last = *value;
    ++taken;
  }
  EXPECT_EQ(last, kCount);
  EXPECT_EQ(static_cast<std::uint64_t>(taken) + box.dropped(), static_cast<std::uint64_t>(kCount));
}

}  // namespace
}  // namespace boxwright
