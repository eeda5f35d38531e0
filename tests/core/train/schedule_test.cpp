// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "tests/source_folder.h"

namespace boxwright {
namespace {

TEST(Schedule, EqualsTheReferenceAtEveryGoldenIteration) {
  const auto golden = nlohmann::json::parse(readFile(testData() + "/goldens/schedule.json"));
  std::set<std::string> policies;
  for (const auto& c : golden.at("cases")) {
    Schedule s;
    const std::string policy = c.at("policy");
    policies.insert(policy);
    s.policy = ratePolicyOf(policy == "sig" ? "sigmoid" : policy);
    s.learningRate = c.at("learning_rate");
    s.burnIn = c.at("burn_in");
    s.power = c.at("power");
    s.step = c.at("step");
    s.scale = c.at("scale");
    s.gamma = c.at("gamma");
    s.maxBatches = c.at("max_batches");
    s.steps = c.at("steps").at("data").get<std::vector<int>>();
    s.scales = c.at("scales").at("data").get<std::vector<double>>();
    const auto iterations = c.at("iterations").at("data").get<std::vector<std::int64_t>>();
    const auto rates = c.at("rate").at("data").get<std::vector<double>>();
    ASSERT_EQ(iterations.size(), rates.size());
    for (std::size_t i = 0; i < rates.size(); ++i) {
      // The golden's check against a float64 implementation holds to 2e-5; a rate that has fallen
      // to float's rounding of the base (1 - n/max near 0) is compared absolutely.
      EXPECT_NEAR(learningRateAt(s, iterations[i]), rates[i], 3e-5 * rates[i] + 1e-12)
          << c.at("name") << " at " << iterations[i];
    }
  }
  EXPECT_EQ(policies, (std::set<std::string>{"constant", "step", "exp", "poly", "sig", "steps"}));
}

TEST(Schedule, StepsBelowNothingDoNotBlockTheLaterOnes) {
  Schedule s;
  s.policy = RatePolicy::Steps;
  s.learningRate = 0.001;
  s.steps = {-1, 100};
  s.scales = {0.1, 10};
  EXPECT_DOUBLE_EQ(learningRateAt(s, 99), 0.0001);
  EXPECT_DOUBLE_EQ(learningRateAt(s, 100), 0.001);
}

TEST(Schedule, CosineFallsFromTheRateToItsShare) {
  Schedule s;
  s.policy = RatePolicy::Cosine;
  s.learningRate = 0.01;
  s.burnIn = 50;
  s.power = 2;
  s.maxBatches = 1050;
  s.finalShare = 0.1;
  EXPECT_NEAR(learningRateAt(s, 25), 0.01 * 0.25, 1e-12);
  EXPECT_NEAR(learningRateAt(s, 50), 0.01, 1e-12);
  EXPECT_NEAR(learningRateAt(s, 550), 0.01 * 0.55, 1e-12);
  EXPECT_NEAR(learningRateAt(s, 1050), 0.001, 1e-12);
  EXPECT_NEAR(learningRateAt(s, 5000), 0.001, 1e-12);
  for (int n = 51; n < 1050; ++n)
    EXPECT_LT(learningRateAt(s, n + 1), learningRateAt(s, n));
  s.maxBatches = 0;  // the end is not known yet: no fall
  EXPECT_DOUBLE_EQ(learningRateAt(s, 400), 0.01);
}

TEST(Schedule, RandomStaysInItsRangeAndDependsOnNothingButSeedAndIteration) {
  Schedule s;
  s.policy = RatePolicy::Random;
  s.learningRate = 0.5;
  s.power = 2;
  s.seed = 7;
  double sum = 0;
  for (int n = 1; n <= 2000; ++n) {
    const double rate = learningRateAt(s, n);
    EXPECT_GE(rate, 0);
    EXPECT_LT(rate, 0.5);
    EXPECT_EQ(rate, learningRateAt(s, n));
    sum += rate;
  }
  EXPECT_NEAR(sum / 2000, 0.5 / 3, 0.02);  // the mean of U^2 is 1/3
}

TEST(Schedule, UnknownPolicyIsRefusedWithTheNamesThereAre) {
  try {
    ratePolicyOf("cosin");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("cosin"), std::string::npos);
    EXPECT_NE(error.advice().find("steps"), std::string::npos);
  }
}

}  // namespace
}  // namespace boxwright
