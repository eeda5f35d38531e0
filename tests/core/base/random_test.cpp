// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

namespace boxwright {
namespace {

std::vector<std::uint64_t> first(RandomStream stream, int count = 4) {
  std::vector<std::uint64_t> values;
  for (int i = 0; i < count; ++i)
    values.push_back(stream.next());
  return values;
}

TEST(RandomStream, IsAFunctionOfItsFourNames) {
  const auto base = first(RandomStream(1, "flip", 2, 3));
  EXPECT_EQ(first(RandomStream(1, "flip", 2, 3)), base);
  EXPECT_NE(first(RandomStream(2, "flip", 2, 3)), base);
  EXPECT_NE(first(RandomStream(1, "flop", 2, 3)), base);
  EXPECT_NE(first(RandomStream(1, "flip", 3, 2)), base);
  EXPECT_NE(first(RandomStream(1, "flip", 2, 4)), base);
  // These never change: datasets and runs made earlier stay what they are.
  EXPECT_EQ(first(RandomStream(0, ""), 1)[0], RandomStream(0, "", 0, 0).next());
}

TEST(RandomStream, NeighboursHaveNothingInCommon) {
  std::set<std::uint64_t> seen;
  std::array<int, 65> distances{};
  std::uint64_t before = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    for (std::uint64_t epoch = 0; epoch < 10; ++epoch) {
      for (std::uint64_t position = 0; position < 250; ++position) {
        const std::uint64_t value = RandomStream(seed, "x", epoch, position).next();
        EXPECT_TRUE(seen.insert(value).second);
        ++distances[static_cast<std::size_t>(std::popcount(value ^ before))];
        before = value;
      }
    }
  }
  // 64 fair coins: the mean of the changed bits is 32, the deviation of that mean 0.04.
  double mean = 0;
  for (std::size_t i = 0; i < distances.size(); ++i)
    mean += static_cast<double>(i) * distances[i];
  EXPECT_NEAR(mean / 10000, 32, 0.25);
}

TEST(RandomStream, UniformNumbersFillTheirRangeEvenly) {
  RandomStream stream(7, "uniform");
  std::array<int, 20> counts{};
  for (int i = 0; i < 20000; ++i) {
    const double value = stream.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    ++counts[static_cast<std::size_t>(value * 20)];
  }
  double chi = 0;
  for (const int count : counts)
    chi += (count - 1000.0) * (count - 1000.0) / 1000;
  EXPECT_LT(chi, 44);  // 19 degrees of freedom, one in a thousand
  for (int i = 0; i < 1000; ++i) {
    const double value = stream.uniform(-3, 5);
    ASSERT_GE(value, -3);
    ASSERT_LT(value, 5);
  }
}

TEST(RandomStream, IndicesAndNormalNumbersAreWhatTheySay) {
  RandomStream stream(7, "index");
  std::array<int, 7> counts{};
  for (int i = 0; i < 14000; ++i)
    ++counts[stream.index(7)];
  for (const int count : counts)
    EXPECT_NEAR(count, 2000, 200);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(stream.index(1), 0U);
  double sum = 0, squares = 0;
  constexpr int kCount = 40000;
  for (int i = 0; i < kCount; ++i) {
    const double value = stream.normal();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.02);
  EXPECT_NEAR(squares / kCount, 1, 0.04);
}

}  // namespace
}  // namespace boxwright
