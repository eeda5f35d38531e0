// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/softmax_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/taxonomy/tree_reading.h"

namespace boxwright {
namespace {

TEST(SoftmaxLoss, IsTheLogOfTheTruthsShare) {
  // Shares 1/6, 2/6, 3/6.
  const std::vector<double> logits = {std::log(1.0), std::log(2.0), std::log(3.0),
                                      std::log(1.0), std::log(2.0), std::log(3.0)};
  const std::vector<int> truths = {0, 2};
  std::vector<double> gradient(6);
  EXPECT_NEAR(softmaxLoss<double>(logits, 3, truths, 1, gradient), std::log(6.0) + std::log(2.0),
              1e-12);
  EXPECT_NEAR(gradient[0], 1.0 / 6 - 1, 1e-12);
  EXPECT_NEAR(gradient[1], 2.0 / 6, 1e-12);
  EXPECT_NEAR(gradient[5], 3.0 / 6 - 1, 1e-12);
}

TEST(SoftmaxLoss, GradientIsThatOfFiniteDifferences) {
  RandomStream random(3, "softmax loss");
  std::vector<double> logits(4 * 7);
  for (double& value : logits)
    value = 3 * random.normal();
  const std::vector<int> truths = {0, 6, 3, 3};
  for (const double temperature : {1.0, 2.5}) {
    std::vector<double> gradient(logits.size());
    softmaxLoss<double>(logits, 7, truths, temperature, gradient);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const auto at = [&](double step) {
        std::vector<double> moved = logits;
        moved[i] += step;
        return softmaxLoss<double>(moved, 7, truths, temperature, {});
      };
      EXPECT_NEAR(gradient[i], (at(1e-5) - at(-1e-5)) / 2e-5, 1e-8) << i;
    }
  }
}

TEST(TreeSoftmaxLoss, IsTheLogOfTheTruthsAbsoluteProbability) {
  // a, b; below b: c, d; below d: e
  const ClassTree tree({"a", "b", "c", "d", "e"}, {-1, -1, 1, 1, 3});
  std::vector<double> logits = {.3, -.2, 1, .4, .7, 0, .5, -1, .2, 2};
  const std::vector<int> truths = {4, 1};  // a leaf and an inner node
  for (const double temperature : {1.0, 2.5}) {
    std::vector<double> gradient(logits.size(), 77);
    const auto loss = [&](std::span<double> into) {
      return treeSoftmaxLoss<double>(logits, tree, truths, temperature, into);
    };
    const double value = loss(gradient);
    if (temperature == 1) {
      const double expected = absoluteProbability<double>(tree, {logits.data(), 1}, 4) *
                              absoluteProbability<double>(tree, {logits.data() + 5, 1}, 1);
      EXPECT_NEAR(value, -std::log(expected), 1e-12);
    }
    for (std::size_t i = 0; i < logits.size(); ++i) {
      constexpr double kStep = 1e-6;
      const double was = logits[i];
      logits[i] = was + kStep;
      const double above = loss({});
      logits[i] = was - kStep;
      const double below = loss({});
      logits[i] = was;
      EXPECT_NEAR((above - below) / (2 * kStep), gradient[i], 1e-7) << i;
    }
    // Nothing is said of the groups below an inner node.
    EXPECT_EQ(gradient[7], 0);
    EXPECT_EQ(gradient[8], 0);
    EXPECT_EQ(gradient[9], 0);
  }
}

TEST(SoftmaxLoss, StaysFiniteFarFromTheTruth) {
  const std::vector<float> logits = {300, -300, 0};
  const std::vector<int> truths = {1};
  std::vector<float> gradient(3);
  EXPECT_NEAR(softmaxLoss<float>(logits, 3, truths, 1, gradient), 600, 1e-3);
  EXPECT_FLOAT_EQ(gradient[0], 1);
  EXPECT_FLOAT_EQ(gradient[1], -1);
  EXPECT_THROW(softmaxLoss<float>(logits, 2, truths, 1, gradient), Error);
}

}  // namespace
}  // namespace boxwright
