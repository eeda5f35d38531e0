// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/cfg.h"
#include "core/train/weight_average.h"
#include "small_world.h"
#include "tests/source_folder.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

Checkpoint example() {
  Checkpoint c;
  c.iteration = 123456789012;
  c.statisticsUpdates = 7;
  c.averageUpdates = 8;
  c.bestMerit = 0.625;
  c.bestLoss = 3.5;
  c.bestIteration = 99;
  c.lastValidation = 100;
  c.validations = 4;
  c.validationsSinceBest = 2;
  c.metrics = {1000, 200};
  for (int i = 0; i < 1000; ++i)
    c.weights.push_back(0.1F * static_cast<float>(i));
  c.momenta = {1, 2, 3};
  c.retries = 2;
  c.retriesAllowed = 5;
  c.lossWatch = {4.5F, 0, 6};
  c.gathered = {1, 2.5F};
  return c;
}

TEST(Checkpoint, ComesBackWhole) {
  const TemporaryFolder scratch;
  const auto file = scratch / "last.ckpt";
  saveCheckpoint(file, example());
  const Checkpoint back = loadCheckpoint(file);
  EXPECT_EQ(back.iteration, 123456789012);
  EXPECT_EQ(back.statisticsUpdates, 7);
  EXPECT_EQ(back.averageUpdates, 8);
  EXPECT_EQ(back.bestMerit, 0.625);
  EXPECT_EQ(back.bestLoss, 3.5);
  EXPECT_EQ(back.bestIteration, 99);
  EXPECT_EQ(back.lastValidation, 100);
  EXPECT_EQ(back.validations, 4);
  EXPECT_EQ(back.validationsSinceBest, 2);
  EXPECT_EQ(back.metrics.jsonl, 1000U);
  EXPECT_EQ(back.metrics.csv, 200U);
  EXPECT_EQ(back.weights, example().weights);
  EXPECT_EQ(back.momenta, example().momenta);
  EXPECT_TRUE(back.average.empty());
  EXPECT_EQ(back.retries, 2);
  EXPECT_EQ(back.retriesAllowed, 5);
  EXPECT_EQ(back.lossWatch, example().lossWatch);
  EXPECT_EQ(back.gathered, example().gathered);
}

TEST(Checkpoint, OneFromBeforeRetriesIsStillRead) {
  const Checkpoint old = loadCheckpoint(std::filesystem::path(testData()) / "checkpoint_1.ckpt");
  EXPECT_EQ(old.iteration, 12);
  EXPECT_EQ(old.bestMerit, 0.5);
  EXPECT_EQ(old.metrics.csv, 20U);
  EXPECT_EQ(old.weights, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(old.momenta, (std::vector<float>{4}));
  EXPECT_EQ(old.retries, 0);
  EXPECT_EQ(old.retriesAllowed, 0);
  EXPECT_TRUE(old.lossWatch.empty());
  EXPECT_TRUE(old.gathered.empty());
}

TEST(Checkpoint, DamageIsNoticedWhereverItIs) {
  const TemporaryFolder scratch;
  const auto file = scratch / "last.ckpt";
  saveCheckpoint(file, example());
  const std::string whole = readFile(file);
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    writeFileAtomically(file, flipped);
    EXPECT_THROW(loadCheckpoint(file), Error) << at;
    writeFileAtomically(file, whole.substr(0, at));
    EXPECT_THROW(loadCheckpoint(file), Error) << at;
  }
  EXPECT_THROW(loadCheckpoint(scratch / "absent.ckpt"), Error);
}

TEST(Checkpoint, StoredFloatsGoThereAndBack) {
  const TemporaryFolder scratch;
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(tinyNetwork(scratch.path()), problems), problems);
  initialiseWeights(network, 3);
  std::vector<float> values = storedFloats(network);
  EXPECT_EQ(values.size(), storedFloatsOf(network));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i);
  setStoredFloats(network, values);
  EXPECT_EQ(storedFloats(network), values);
  values.pop_back();
  EXPECT_THROW(setStoredFloats(network, values), Error);
}

TEST(WeightAverage, FollowsAndSmooths) {
  WeightAverage average(0.99);
  float steady = 7, swinging = 7;  // whatever lay there before
  const auto follow = [](float& value, float to, float share) { value += share * (to - value); };
  for (int i = 0; i < 4000; ++i) {
    const float share = average.nextShare();
    follow(steady, 1, share);
    follow(swinging, i % 2 == 0 ? 0.0F : 1.0F, share);
  }
  EXPECT_NEAR(steady, 1, 1e-4);
  EXPECT_NEAR(swinging, 0.5, 0.02);
  // Continued it goes on as if nothing had been.
  WeightAverage continued(0.99, average.updates());
  EXPECT_EQ(average.nextShare(), continued.nextShare());
}

}  // namespace
}  // namespace boxwright
