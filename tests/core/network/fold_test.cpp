// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>

#include "core/base/random.h"
#include "tests/core/network/network_fixture.h"

namespace boxwright {
namespace {

constexpr const char* kText =
    "[net]\nwidth=8\nheight=8\nchannels=3\n"
    "[conv]\nfilters=4\nsize=3\npad=1\nbatch_normalize=1\nactivation=leaky\n"
    "[dropout]\n"
    "[conv]\nfilters=5\nsize=1\nactivation=linear\n"
    "[route]\nlayers=0,2\n"
    "[cost]\n";

Network weighted() {
  Network network = networkOf(kText);
  initialiseWeights(network, 3);
  RandomStream random(3, "fold test");
  ConvolutionWeights& values = network.layers[0].weights;
  for (int filter = 0; filter < 4; ++filter) {
    values.biases[filter] = float(random.normal());
    values.scales[filter] = float(random.normal());
    values.rollingMean[filter] = float(random.normal());
    values.rollingVariance[filter] = float(random.uniform(0.1, 3));
  }
  values.rollingVariance[2] = 0;      // a dead filter
  values.rollingVariance[3] = 1e-4f;  // where the two forms are 5 % apart
  return network;
}

/// Convolution and batch norm of one pixel's 27 inputs, in double, as spec sections 2 and 3 say.
double normalised(const ConvolutionWeights& values, int filter, const std::vector<double>& input,
                  bool inside) {
  double sum = 0;
  for (std::size_t i = 0; i < input.size(); ++i)
    sum += input[i] * values.weights[filter * 27 + i];
  const double variance = values.rollingVariance[filter];
  const double divisor = inside ? std::sqrt(variance + 1e-5) : std::sqrt(variance) + 1e-6;
  return (sum - values.rollingMean[filter]) / divisor * values.scales[filter] +
         values.biases[filter];
}

TEST(Fold, GivesTheSameOutputsInBothForms) {
  const Network network = weighted();
  RandomStream random(5, "fold input");
  std::vector<double> input(27);
  for (double& value : input)
    value = random.uniform(-1, 1);
  for (const BatchNormForm form : {BatchNormForm::EpsilonInside, BatchNormForm::EpsilonOutside}) {
    const Network folded = fold(network, form);
    const ConvolutionWeights& values = folded.layers[0].weights;
    EXPECT_FALSE(std::get<ConvolutionLayer>(folded.layers[0].kind).batchNormalize);
    EXPECT_TRUE(values.scales.empty() && values.rollingMean.empty() &&
                values.rollingVariance.empty());
    for (int filter = 0; filter < 4; ++filter) {
      double sum = values.biases[filter];
      double size = std::abs(sum);
      for (int i = 0; i < 27; ++i) {
        sum += input[i] * values.weights[filter * 27 + i];
        size += std::abs(input[i] * values.weights[filter * 27 + i]);
      }
      const double wanted = normalised(network.layers[0].weights, filter, input,
                                       form == BatchNormForm::EpsilonInside);
      EXPECT_NEAR(sum, wanted, 3e-7 * size) << filter;
    }
  }
}

TEST(Fold, FormsDifferAsTheSpecSays) {
  const Network network = weighted();
  const auto weightOf = [&](BatchNormForm form, int filter) {
    return double(fold(network, form).layers[0].weights.weights[filter * 27]);
  };
  // D(0) is 1e-6 against 3.16e-3; D(1e-4) is .010001 against .010488.
  EXPECT_NEAR(
      weightOf(BatchNormForm::EpsilonOutside, 2) / weightOf(BatchNormForm::EpsilonInside, 2),
      3162.28, 0.01);
  EXPECT_NEAR(
      weightOf(BatchNormForm::EpsilonOutside, 3) / weightOf(BatchNormForm::EpsilonInside, 3),
      0.010488 / 0.010001, 1e-4);
}

TEST(Fold, KeepsIndicesAndLeavesTheRestAlone) {
  const Network network = weighted();
  const Network folded = fold(network);
  ASSERT_EQ(folded.layers.size(), network.layers.size());
  for (const int index : {1, 4}) {
    EXPECT_TRUE(std::holds_alternative<RouteLayer>(folded.layers[index].kind));
    EXPECT_EQ(folded.layers[index].inputs, std::vector<int>{index - 1});
    EXPECT_EQ(folded.layers[index].output, network.layers[index].output);
  }
  EXPECT_EQ(folded.layers[3].inputs, network.layers[3].inputs);
  EXPECT_EQ(folded.layers[2].weights.weights, network.layers[2].weights.weights);
  EXPECT_EQ(folded.layers[2].weights.biases, network.layers[2].weights.biases);
  // Pure: the source still has its batch norm; folding twice changes nothing.
  EXPECT_TRUE(std::get<ConvolutionLayer>(network.layers[0].kind).batchNormalize);
  EXPECT_EQ(fold(folded).layers[0].weights.weights, folded.layers[0].weights.weights);
}

TEST(Fold, InPlaceKeepsTheMemory) {
  Network network = weighted();
  const Network copy = fold(network);
  const float* const place = network.layers[0].weights.weights.data();
  const Network folded = fold(std::move(network));
  EXPECT_EQ(folded.layers[0].weights.weights.data(), place);
  EXPECT_EQ(folded.layers[0].weights.weights, copy.layers[0].weights.weights);
}

TEST(Fold, NamesAConvolutionWithoutWeights) {
  const std::string message = errorOf([] { fold(networkOf(kText)); });
  EXPECT_NE(message.find("layer 0 [convolutional] has no weights"), std::string::npos) << message;
}

}  // namespace
}  // namespace boxwright
