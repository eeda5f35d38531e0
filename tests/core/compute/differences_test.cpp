// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/differences.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace boxwright {
namespace {

TEST(Differences, AreSharesOfTheLargestNumberOrOfTheLength) {
  const std::vector<double> expected = {3, 0, -4, 0}, found = {3, 0, -3, 0};
  EXPECT_DOUBLE_EQ(largestShare(found, expected), 0.25);
  EXPECT_NEAR(lengthShare(found, expected), 0.2, 1e-9);
  EXPECT_EQ(largestShare(expected, expected), 0);
  EXPECT_EQ(lengthShare(expected, expected), 0);
}

TEST(Differences, AreSharesOfTheLeastWhereLessIsExpected) {
  EXPECT_DOUBLE_EQ(largestShare({0.5}, {0}, 2), 0.25);
  EXPECT_DOUBLE_EQ(lengthShare({0.5}, {0}, 2), 0.25);
}

TEST(Differences, AreNotNumbersWhereOneIsNone) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(largestShare({1, none}, {1, 1})));
  EXPECT_TRUE(std::isnan(lengthShare({1, none}, {1, 1})));
}

}  // namespace
}  // namespace boxwright
