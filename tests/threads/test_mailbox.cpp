// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/base/mailbox.h"

namespace boxwright {
namespace {

TEST(ThreadsMailbox, MailboxKeepsTheNewestAndCountsTheRest) {
  Mailbox<int> box;
  constexpr int kLast = 20000;
  std::jthread writer([&box] {
    for (int i = 1; i <= kLast; ++i)
      box.put(i);
    box.close();
  });
  std::stop_source stop;
  int previous = 0, taken = 0;
  while (const auto value = box.take(stop.get_token())) {
    EXPECT_GT(*value, previous) << "an older value after a newer one";
    previous = *value;
    ++taken;
  }
  EXPECT_EQ(previous, kLast) << "the newest got lost";
  EXPECT_EQ(static_cast<std::uint64_t>(taken) + box.dropped(), static_cast<std::uint64_t>(kLast));
}

TEST(ThreadsMailbox, MailboxWakesForAStop) {
  Mailbox<int> box;
  std::atomic<bool> ended{false};
  std::jthread reader([&](const std::stop_token& stop) {
    EXPECT_FALSE(box.take(stop).has_value());
    ended = true;
  });
  reader.request_stop();
  reader.join();
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace boxwright
