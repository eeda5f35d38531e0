// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/quiet_start.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "core/base/random.h"
#include "core/network/cfg_variants.h"
#include "core/train/class_balance.h"
#include "core/train/up_and_down.h"
#include "small_world.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

TEST(QuietStart, ConstantObjectnessIsTheCheapestOne) {
  RegionLayer region;
  region.objectScale = 5;
  region.noObjectScale = 1;
  const double best = bestConstantObjectness(region, 13.7, 845, 0.7);
  const auto cost = [&](double o) {
    return 0.5 * 5 * 13.7 * (0.7 - o) * (0.7 - o) + 0.5 * (845 - 13.7) * o * o;
  };
  EXPECT_LT(cost(best), cost(best * 1.01));
  EXPECT_LT(cost(best), cost(best * 0.99));
  EXPECT_EQ(bestConstantObjectness(region, 0, 845, 0.7), 0);
}

TEST(QuietStart, ChangesTheHeadAlone) {
  const TemporaryFolder scratch;
  std::vector<Problem> problems;
  const Network before = [&] {
    Network network = buildNetwork(readCfg(tinyNetwork(scratch.path()), problems), problems);
    initialiseWeights(network, 3);
    return network;
  }();
  Network after = before;
  quietHead(after, 2);
  const std::size_t head = before.layers.size() - 2;  // before [region]
  for (std::size_t i = 0; i < head; ++i)
    EXPECT_EQ(before.layers[i].weights.weights, after.layers[i].weights.weights);
  const ConvolutionWeights& was = before.layers[head].weights;
  const ConvolutionWeights& is = after.layers[head].weights;
  ASSERT_EQ(was.weights.size(), is.weights.size());
  for (std::size_t i = 0; i < is.weights.size(); ++i)
    EXPECT_FLOAT_EQ(is.weights[i], 0.1F * was.weights[i]);
  for (std::size_t i = 0; i < is.biases.size(); ++i) {
    if (i % 7 == 4)  // objectness of an anchor with 2 classes
      EXPECT_LE(is.biases[i], 0);
    else
      EXPECT_EQ(is.biases[i], was.biases[i]);
  }
}

TEST(QuietStart, BoxesWithoutAnchorsBeginInTheMiddleOfTheirCell) {
  const TemporaryFolder scratch;
  std::vector<Problem> problems;
  const Cfg cfg = withHead(withYoloHead(readCfg(tinyNetwork(scratch.path()), problems)), 2, {}, 64);
  Network network = buildNetwork(cfg, problems);
  initialiseWeights(network, 3);
  quietHead(network, 2);
  const std::vector<float>& biases = network.layers[network.layers.size() - 2].weights.biases;
  ASSERT_EQ(biases.size(), 2U * 5 + 2);
  for (std::size_t i = 0; i < 10; ++i) {
    if (i % 5 == 4)
      EXPECT_LE(biases[i], 0);
    else
      EXPECT_EQ(biases[i], 0.5F);
  }
  EXPECT_EQ(biases[10], 0);  // the classes
  EXPECT_EQ(biases[11], 0);
}

std::vector<LoaderPicture> pictures(int first, int second) {
  std::vector<LoaderPicture> made(1);
  for (int i = 0; i < first; ++i)
    made[0].truths.push_back({{0.5, 0.5, 0.1, 0.1}, 0});
  for (int i = 0; i < second; ++i)
    made[0].truths.push_back({{0.5, 0.5, 0.1, 0.1}, 1});
  return made;
}

TEST(ClassBalance, WeighsClassesByTheExponentAndKeepsTheMean) {
  const std::vector<double> none = classWeights(pictures(90, 10), 3, 0);
  EXPECT_EQ(none, (std::vector<double>{1, 1, 1}));
  const std::vector<double> half = classWeights(pictures(90, 10), 3, 0.5);
  EXPECT_NEAR(half[1] / half[0], 3, 1e-12);
  EXPECT_NEAR((90 * half[0] + 10 * half[1]) / 100, 1, 1e-12);
  EXPECT_EQ(half[2], 1);  // has no truths
  const std::vector<double> whole = classWeights(pictures(90, 10), 2, 1);
  EXPECT_NEAR(90 * whole[0], 10 * whole[1], 1e-9);
}

/// Boxes of the one class that has some do not count less because of many other whole pictures.
TEST(ClassBalance, IsAmongBoxesAndAmongWholePicturesApart) {
  std::vector<LoaderPicture> mixed = pictures(90, 0);
  for (int i = 0; i < 40; ++i) {
    mixed.emplace_back();
    mixed.back().truths.push_back({{0.5, 0.5, 1, 1}, i < 10 ? 0 : 1, -1, true});
  }
  EXPECT_EQ(classWeights(mixed, 2, 0.5), (std::vector<double>{1, 1}));
  const std::vector<double> whole = classWeights(mixed, 2, 0.5, true);
  EXPECT_NEAR(whole[0] / whole[1], std::sqrt(3), 1e-12);
  EXPECT_NEAR((10 * whole[0] + 30 * whole[1]) / 40, 1, 1e-12);
}

TEST(ClassBalance, ScalesTheGradientOfChosenBoxesOnly) {
  // One cell, two anchors, two classes; a truth on the first anchor.
  const std::vector<float> values(2 * 7, 0.25F);
  const HeadView<float> head{values.data(), 1, 2, 2, 1, 1};
  RegionLayer region;
  region.classes = 2;
  region.num = 2;
  region.softmax = true;
  region.anchors = {{0.9, 0.9}, {0.2, 0.2}};
  LossSettings settings;
  settings.priorImages = 0;
  const RegionTargets targets =
      assign(head, BatchTruths{{{{0.5, 0.5, 0.8, 0.8}, 1}}}, region, settings);
  std::vector<float> plain(values.size()), balanced(values.size());
  regionLoss(head, targets, region, std::span<float>(plain));
  regionLoss(head, targets, region, std::span<float>(balanced));
  balanceGradient(head, targets, region, {{1, 2.5}, {9, 9}}, balanced);
  bool some = false;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_FLOAT_EQ(balanced[i], (i < 7 ? 2.5F : 1.0F) * plain[i]) << i;
    some |= i < 7 && plain[i] != 0;
  }
  EXPECT_TRUE(some);
}

/// What a box over a class tree learns is weighed as a whole, and nothing else is touched.
TEST(ClassBalance, OverATreeScalesWhatATruthTeaches) {
  // One cell, one anchor, two roots of which each has two children; two truths on the one box.
  RegionLayer region;
  region.classTree = std::make_shared<const ClassTree>(ClassNames{"a", "b", "a1", "a2", "b1", "b2"},
                                                       std::vector<int>{-1, -1, 0, 0, 1, 1});
  region.classes = 6;
  region.num = 1;
  region.softmax = true;
  region.anchors = {{0.9, 0.9}};
  const std::vector<float> values(11, 0.25F);
  const HeadView<float> head{values.data(), 1, 1, 6, 1, 1};
  LossSettings settings;
  settings.priorImages = 0;
  for (const int earlier : {3, 5}) {
    const CentreBox box{0.5, 0.5, 0.8, 0.8};
    const RegionTargets targets =
        assign(head, BatchTruths{{{box, earlier}, {box, 2}}}, region, settings);
    std::vector<float> plain(values.size());
    regionLoss(head, targets, region, std::span<float>(plain));
    std::vector<float> balanced = plain;
    const std::vector<double> weights = {9, 9, 2.5, 9, 9, 9};
    balanceGradient(head, targets, region, {weights, weights}, balanced);
    for (std::size_t i = 0; i < plain.size(); ++i)
      EXPECT_FLOAT_EQ(balanced[i], 2.5F * plain[i]) << i;
    EXPECT_NE(plain[7], 0);
    EXPECT_EQ(plain[9] != 0, earlier == 5) << "the group of b's children";
  }
}

TEST(UpAndDown, NeedsManyBoxesInTheMiddle) {
  const auto heights = [](int count, double mean, double spread) {
    RandomStream random(4, "heights");
    std::vector<double> made;
    for (int i = 0; i < count; ++i)
      made.push_back(random.uniform(mean - spread, mean + spread));
    return made;
  };
  EXPECT_TRUE(upMeansNothing(heights(3000, 0.5, 0.45)));
  EXPECT_FALSE(upMeansNothing(heights(100, 0.5, 0.45)));   // too few to say
  EXPECT_FALSE(upMeansNothing(heights(3000, 0.55, 0.4)));  // things stand on the ground
  EXPECT_FALSE(upMeansNothing(heights(3000, 0.44, 0.4)));
  EXPECT_FALSE(upMeansNothing(std::vector<double>(3000, 0.5)));  // all in one line
  EXPECT_FALSE(upMeansNothing({}));
}

}  // namespace
}  // namespace boxwright
