// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/softmax_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"

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
