// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/thread_budget.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <string>
#include <thread>

namespace boxwright {
namespace {

TEST(ThreadBudget, SharesOutWhatItIsGiven) {
  EXPECT_EQ(ThreadBudget::of(1).compute, 1);
  EXPECT_EQ(ThreadBudget::of(1).loader, 1);
  EXPECT_EQ(ThreadBudget::of(8).compute, 8);
  EXPECT_EQ(ThreadBudget::of(8).loader, 4);
  EXPECT_EQ(ThreadBudget::of(64).loader, std::min(8, mostThreads() / 2));
  EXPECT_EQ(ThreadBudget::of().compute, availableCores());
  EXPECT_EQ(ThreadBudget::of(100000).compute, mostThreads());
  EXPECT_GE(mostThreads(), 4 * availableCores());
}

TEST(ThreadBudget, CountsTheCoresThisProcessMayUse) {
  std::jthread pinned([] {
    cpu_set_t set;
    CPU_ZERO(&set);
    ASSERT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
    int firstCore = 0;
    while (!CPU_ISSET(firstCore, &set))
      ++firstCore;
    CPU_ZERO(&set);
    CPU_SET(firstCore, &set);
    ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
    EXPECT_EQ(availableCores(), 1);
  });
}

TEST(ThreadBudget, NamesThreadsWithinTheSystemsLimit) {
  std::jthread thread([] {
    nameThisThread("a name longer than sixteen");
    char name[32] = "";
    pthread_getname_np(pthread_self(), name, sizeof name);
    EXPECT_STREQ(name, "a name longer t");
  });
}

}  // namespace
}  // namespace boxwright
