// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/recipe.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/error.h"

namespace boxwright {
namespace {

Network detector() {
  Network network;
  network.net.batch = 64;
  network.net.subdivisions = 8;
  network.net.policy = "steps";
  network.net.learningRate = 0.0001;
  network.net.burnIn = 0;
  network.net.maxBatches = 40200;
  network.net.steps = {-1, 100, 20000, 30000};
  network.net.scales = {0.1, 10, 0.1, 0.1};
  network.net.hue = 0.1;
  network.net.saturation = 1.5;
  network.net.exposure = 1.5;
  Layer layer;
  RegionLayer region;
  region.jitter = 0.3;
  region.rescore = false;
  region.objectScale = 5;
  layer.kind = region;
  network.layers.push_back(layer);
  return network;
}

TEST(Recipe, EveryEntryComesBackByItsName) {
  Recipe changed = findRecipe("paper", detector());
  adjust(changed, "jitter=0.25");
  adjust(changed, "vertical_flip=on");
  adjust(changed, "policy=exp");
  adjust(changed, "letterbox=1");
  Recipe read;
  setRecipeValues(read, recipeValues(changed));
  EXPECT_EQ(recipeValues(read), recipeValues(changed));
  EXPECT_EQ(read.jitter, 0.25);
  EXPECT_TRUE(read.verticalFlip);
  EXPECT_EQ(read.policy, RatePolicy::Exp);
  EXPECT_EQ(read.crop, CropRule::Letterbox);
}

TEST(Recipe, NoEntryIsLeftOutOfTheTable) {
  // Breaks the build when a member comes or goes: then the table (and this line) must follow, else
  // run.json would not keep it.
  const auto& [name, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17,
               e18, e19, e20, e21, e22, e23, e24, e25, e26, e27, e28, e29, e30, e31, e32, e33, e34,
               e35, e36, e37, e38, e39, e40, e41, e42, e43, e44, e45] = Recipe();
  EXPECT_TRUE(name.empty());
  EXPECT_EQ(recipeValues(Recipe()).size(), 45U);
}

TEST(Recipe, RunsFromBeforeAnEntryKeepWhatTheyDid) {
  // A later default must not reach them.
  auto values = recipeValues(findRecipe("small", detector()));
  values.erase("quiet_start");
  values.erase("class_balance");
  Recipe read;
  read.quietStart = true;
  read.classBalance = 0.5;
  setRecipeValues(read, values);
  EXPECT_FALSE(read.quietStart);
  EXPECT_EQ(read.classBalance, 0);
  values.erase("momentum");
  EXPECT_THROW(setRecipeValues(read, values), Error);
}

TEST(Recipe, ValuesOfACfgStayWithinTheTable) {
  Network network = detector();
  network.net.saturation = 0;
  network.net.exposure = -1;
  network.net.hue = 3;
  std::get<RegionLayer>(network.layers.back().kind).jitter = 0.9;
  const Recipe r = findRecipe("cfg", network);
  EXPECT_EQ(r.saturation, 1);  // left alone, not divided by
  EXPECT_EQ(r.exposure, 1);
  EXPECT_EQ(r.hue, 0.5);
  EXPECT_EQ(r.jitter, 0.45);
}

TEST(Recipe, WhatACfgSaysCanBeKeptAndReadAgain) {
  Network network = detector();
  network.net.batch = 1 << 20;
  network.net.learningRate = 5000;
  network.net.momentum = 2;
  auto& region = std::get<RegionLayer>(network.layers.back().kind);
  region.coordScale = -3;
  region.threshold = 1e9;
  const Recipe r = findRecipe("cfg", network);
  EXPECT_EQ(r.batch, 4096);
  EXPECT_EQ(r.coordScale, 0);
  Recipe read;
  setRecipeValues(read, recipeValues(r));
  EXPECT_EQ(recipeValues(read), recipeValues(r));
}

TEST(Recipe, ValuesBeyondTheTableAreRefused) {
  for (const auto& [name, value] : std::map<std::string, double>{
           {"batch", 1e12}, {"policy", 1e300}, {"policy", -1}, {"jitter", -0.1}}) {
    auto values = recipeValues(findRecipe("small", detector()));
    values[name] = value;
    Recipe read;
    EXPECT_THROW(setRecipeValues(read, values), Error) << name;
  }
  Recipe changed = findRecipe("small", detector());
  checkRecipe(changed);
  changed.learningRate = 500;
  EXPECT_THROW(checkRecipe(changed), Error);
}

TEST(Recipe, ClassBalanceIsSaidToBeInTheGradientOnly) {
  Recipe r = findRecipe("small", detector());
  const auto said = [&] {
    std::string text;
    for (const std::string& line : describe(r, workOut(r, 100, 1000, {}, 1), 100))
      text += line;
    return text;
  };
  r.classBalance = 0;
  EXPECT_EQ(said().find("class_balance"), std::string::npos);
  r.classBalance = 0.5;
  EXPECT_NE(said().find("class_balance 0.5"), std::string::npos);
}

TEST(Recipe, NonsenseIsRefusedByName) {
  Recipe recipe;
  for (const char* wrong : {"jitter=2", "jitter=", "jitter", "jitter=x", "jiter=0.2", "batch=0",
                            "momentum=1", "policy=cosin", "learning_rate=nan", "", "=1"}) {
    const auto before = recipeValues(recipe);
    EXPECT_THROW(adjust(recipe, wrong), Error) << wrong;
    EXPECT_EQ(recipeValues(recipe), before) << wrong;
  }
  EXPECT_THROW(findRecipe("big", detector()), Error);
}

TEST(Recipe, PaperIsThePapers) {
  const Recipe r = findRecipe("paper", detector());
  const RecipeNumbers n =
      workOut(r, 16551, 41378, {}, 1);  // VOC 07+12, 160 epochs of batches of 64
  EXPECT_EQ(n.schedule.burnIn, 1000);
  EXPECT_EQ(n.priorImages, 12800U);
  EXPECT_DOUBLE_EQ(n.rollingMomentum, 0.99);
  EXPECT_NEAR(learningRateAt(n.schedule, 500), 0.001 / 16, 1e-9);
  EXPECT_NEAR(learningRateAt(n.schedule, 1000), 0.001, 1e-12);
  EXPECT_NEAR(learningRateAt(n.schedule, 15000), 0.001, 1e-12);   // epoch 58
  EXPECT_NEAR(learningRateAt(n.schedule, 16000), 0.0001, 1e-12);  // epoch 62
  EXPECT_NEAR(learningRateAt(n.schedule, 24000), 0.00001, 1e-12);
  EXPECT_TRUE(r.withReplacement);
  EXPECT_EQ(n.averageDecay, 0);
}

TEST(Recipe, CfgObeysTheCfg) {
  const Network network = detector();
  const Recipe r = findRecipe("cfg", network);
  EXPECT_EQ(r.batch, 64);
  EXPECT_EQ(r.jitter, 0.3);
  EXPECT_FALSE(r.rescore);
  EXPECT_EQ(r.objectScale, 5);
  const RecipeNumbers n = workOut(r, 1000, 40200, network.net, 1);
  EXPECT_NEAR(learningRateAt(n.schedule, 99), 1e-5, 1e-12);
  EXPECT_NEAR(learningRateAt(n.schedule, 100), 1e-4, 1e-12);
  EXPECT_NEAR(learningRateAt(n.schedule, 20000), 1e-5, 1e-12);
}

/// Spec section 6's table, all the way from the shipped cfgs.
TEST(Recipe, RatesOfTheShippedCfgsAreTheReferences) {
  const struct {
    const char* network;
    std::int64_t length;
    std::vector<std::pair<std::int64_t, double>> rates;
  } cases[] = {
      {"yolov2-voc",
       80200,
       {{100, 1e-7}, {500, 6.25e-5}, {1000, 1e-3}, {40000, 1e-4}, {60000, 1e-5}}},
      {"yolov2-tiny-voc",
       40200,
       {{1, 1e-4}, {99, 1e-4}, {100, 1e-3}, {20000, 1e-4}, {30000, 1e-5}}},
  };
  for (const auto& [name, length, rates] : cases) {
    std::vector<Problem> problems;
    const Network network = buildNetwork(readCfg(findNetwork(name), problems), problems);
    const RecipeNumbers numbers =
        workOut(findRecipe("cfg", network), 16551, length, network.net, 1);
    for (const auto& [iteration, rate] : rates)
      EXPECT_NEAR(learningRateAt(numbers.schedule, iteration), rate, 1e-6 * rate)
          << name << " at " << iteration;
  }
}

TEST(Recipe, SmallCountsInEpochs) {
  Recipe r = findRecipe("small", detector());
  r.warmUpEpochs = 2;
  r.warmUpUpdates = 0;
  r.priorEpochs = 3;
  r.priorImages = 0;
  r.rollingEpochs = 1;
  r.rollingMomentum = 0;
  r.batch = 8;
  const RecipeNumbers few = workOut(r, 40, 1000, {}, 1), many = workOut(r, 8000, 100000, {}, 1);
  EXPECT_EQ(few.schedule.burnIn, 20);  // never under the updates that --minutes times
  EXPECT_EQ(many.schedule.burnIn, 2000);
  EXPECT_EQ(few.priorImages, 120U);
  EXPECT_EQ(many.priorImages, 24000U);
  EXPECT_LT(few.rollingMomentum, many.rollingMomentum);
  EXPECT_EQ(many.rollingMomentum, 0.99);
  for (const std::string& line : describe(r, few, 40))
    EXPECT_FALSE(line.empty());
}

}  // namespace
}  // namespace boxwright
