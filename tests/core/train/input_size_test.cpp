// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/input_size.h"

#include <gtest/gtest.h>

#include <set>

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
