// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/recipe.h"

#include <gtest/gtest.h>

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
