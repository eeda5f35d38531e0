// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/memory_plan.h"

#include <gtest/gtest.h>
#include <algorithm>

#include "core/base/random.h"

namespace boxwright {
namespace {

bool overlap(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

std::size_t aligned(std::size_t bytes) {
  return (bytes + kPlanAlignment - 1) / kPlanAlignment * kPlanAlignment;
}

TEST(MemoryPlan, AChainUsesTwoBuffersByTurns) {
  std::vector<Lifetime> lives;
  for (int i = 0; i < 10; ++i)
    lives.push_back({1000, i, i + 1});
  EXPECT_EQ(planMemory(lives).bytes, 2 * 1024U);
}

TEST(MemoryPlan, NothingAliveTogetherOverlaps) {
  RandomStream random(3, "plan");
  for (int round = 0; round < 50; ++round) {
    std::vector<Lifetime> lives(40);
    std::size_t most = 0;
    for (Lifetime& life : lives) {
      life.bytes = random.index(5000);
      life.first = static_cast<int>(random.index(60));
      life.last = life.first + static_cast<int>(random.index(20));
    }
    const MemoryPlan plan = planMemory(lives);
    std::size_t all = 0;
    for (std::size_t a = 0; a < lives.size(); ++a) {
      all += aligned(lives[a].bytes);
      EXPECT_EQ(plan.offsets[a] % kPlanAlignment, 0U);
      EXPECT_LE(plan.offsets[a] + lives[a].bytes, plan.bytes);
      for (std::size_t b = 0; b < a; ++b) {
        if (lives[a].bytes == 0 || lives[b].bytes == 0 || !overlap(lives[a], lives[b])) continue;
        const bool apart = plan.offsets[a] + lives[a].bytes <= plan.offsets[b] ||
                           plan.offsets[b] + lives[b].bytes <= plan.offsets[a];
        ASSERT_TRUE(apart) << a << " and " << b;
      }
    }
    // No worse than twice the most that is ever alive at once.
    for (int step = 0; step < 80; ++step) {
      std::size_t alive = 0;
      for (const Lifetime& life : lives) {
        if (life.first <= step && step <= life.last) alive += aligned(life.bytes);
      }
      most = std::max(most, alive);
    }
    EXPECT_GE(plan.bytes, most);
    EXPECT_LE(plan.bytes, 2 * most);
    EXPECT_LE(plan.bytes, all);
  }
}

}  // namespace
}  // namespace boxwright
