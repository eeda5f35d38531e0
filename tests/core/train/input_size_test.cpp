// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/input_size.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace boxwright {
namespace {

TEST(InputSize, PaperDrawsEveryTenUpdatesFromTenSidesAndEndsWithTheLargest) {
  const InputSizes sizes{416, true, true, 5};
  std::set<int> seen;
  for (std::int64_t step = 0; step < 5000; ++step) {
    const int side = sideOf(sizes, step, 0);
    seen.insert(side);
    EXPECT_EQ(side, sideOf(sizes, step / 10 * 10, 0));
  }
  EXPECT_EQ(seen.size(), 10U);
  EXPECT_EQ(*seen.begin(), 320);
  EXPECT_EQ(*seen.rbegin(), 608);
  EXPECT_EQ(largestSide(sizes), 608);
  for (std::int64_t step = 810; step < 1000; ++step)
    EXPECT_EQ(sideOf(sizes, step, 1000), 608);
}

TEST(InputSize, PaperDrawsAllTenSidesAlikeUntilTheLastTwoHundredUpdates) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const InputSizes sizes{416, true, true, seed};
    constexpr int kDraws = 20000;
    std::array<int, 10> counts{};
    int same = 0;
    for (std::int64_t draw = 0; draw < kDraws; ++draw) {
      const int side = sideOf(sizes, 10 * draw, 0);
      ++counts[std::size_t(side / 32 - 10)];
      same += draw > 0 && side == sideOf(sizes, 10 * (draw - 1), 0);
    }
    double chiSquare = 0;  // 9 degrees of freedom: 27.9 is met once in a thousand
    for (const int count : counts)
      chiSquare += (count - kDraws / 10.0) * (count - kDraws / 10.0) / (kDraws / 10.0);
    EXPECT_LT(chiSquare, 27.9);
    EXPECT_NEAR(same / double(kDraws), 0.1, 0.01);  // the last draw says nothing of the next
  }
  // Darknet's own test, before a draw with n updates done: n + 200 > max_batches.
  std::set<int> before;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const InputSizes sizes{416, true, true, seed};
    before.insert(sideOf(sizes, 80000, 80200));
    EXPECT_EQ(sideOf(sizes, 80010, 80200), 608);
    EXPECT_EQ(sideOf(sizes, 80199, 80200), 608);
  }
  EXPECT_EQ(before.size(), 10U);
}

TEST(InputSize, AllSidesAreThoseThatAreDrawn) {
  for (const InputSizes& sizes : {InputSizes{416, true, true, 5}, InputSizes{416, true, false, 5},
                                  InputSizes{96, true, false, 5}, InputSizes{32, true, false, 5},
                                  InputSizes{224, false, true, 5}}) {
    std::set<int> seen;
    for (std::int64_t step = 0; step < 5000; ++step)
      seen.insert(sideOf(sizes, step, 5000));
    const std::vector<int> all = allSides(sizes);
    EXPECT_EQ(std::vector<int>(seen.begin(), seen.end()), all) << sizes.base;
    EXPECT_EQ(largestSide(sizes), all.back());
  }
}

TEST(InputSize, SmallRecipeStaysWithinAQuarterAndEndsAtItsOwn) {
  const InputSizes sizes{416, true, false, 5};
  for (std::int64_t step = 0; step < 3000; ++step) {
    const int side = sideOf(sizes, step, 0);
    EXPECT_EQ(side % 32, 0);
    EXPECT_GE(side, 312);
    EXPECT_LE(side, 520);
    EXPECT_LE(side, largestSide(sizes));
  }
  for (std::int64_t step = 2810; step < 3000; ++step)
    EXPECT_EQ(sideOf(sizes, step, 3000), 416);
  EXPECT_EQ(sideOf({224, false, false, 1}, 77, 100), 224);
  // The smallest network there is has but one side.
  EXPECT_EQ(sideOf({32, true, false, 1}, 0, 0), 32);
}

}  // namespace
}  // namespace boxwright
