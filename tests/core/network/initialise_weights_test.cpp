// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

TEST(InitialiseWeights, HasTheDeviationOfTheSpec) {
  Network network = networkOf(
      "[net]\nwidth=8\nheight=8\nchannels=32\n"
      "[conv]\nfilters=256\nsize=3\nbatch_normalize=1\n"
      "[conv]\nfilters=128\nsize=1\ngroups=4\n");
  initialiseWeights(network, 11);
  const double wanted[] = {std::sqrt(2.0 / (9 * 32)), std::sqrt(2.0 / 64)};
  for (int index = 0; index < 2; ++index) {
    const std::vector<float>& weights = network.layers[index].weights.weights;
    ASSERT_EQ(weights.size(), weightCountOf(network.layers[index]));
    double sum = 0, squares = 0, fourth = 0;
    for (const double w : weights) {
      sum += w;
      squares += w * w;
      fourth += w * w * w * w;
    }
    const double n = double(weights.size());
    const double variance = squares / n;
    EXPECT_NEAR(sum / n, 0, 4 * wanted[index] / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(variance), wanted[index], 0.03 * wanted[index]);
    EXPECT_NEAR(fourth / n / variance / variance, 3, 0.3);  // a normal's kurtosis
  }
  const ConvolutionWeights& first = network.layers[0].weights;
  EXPECT_EQ(first.biases, std::vector<float>(256, 0));
  EXPECT_EQ(first.scales, std::vector<float>(256, 1));
  EXPECT_EQ(first.rollingMean, std::vector<float>(256, 0));
  EXPECT_EQ(first.rollingVariance, std::vector<float>(256, 0));
  EXPECT_TRUE(network.layers[1].weights.scales.empty());
}

TEST(InitialiseWeights, IsAFunctionOfSeedAndLayer) {
  Network a = shippedNetwork("yolov2-nano");
  Network b = a;
  Network c = a;
  initialiseWeights(a, 1);
  initialiseWeights(b, 1);
  initialiseWeights(c, 2);
  EXPECT_EQ(a.layers[8].weights.weights, b.layers[8].weights.weights);
  EXPECT_NE(a.layers[8].weights.weights, c.layers[8].weights.weights);
  EXPECT_NE(a.layers[8].weights.weights[0], a.layers[10].weights.weights[0]);
}

}  // namespace
}  // namespace boxwright
