// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/tree_score.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

namespace boxwright {
namespace {

// animal
//   dog: pug, husky
//   cat
// thing
const ClassTree kTree({"animal", "thing", "dog", "cat", "pug", "husky"}, {-1, -1, 0, 0, 2, 2});
enum Node { kAnimal, kThing, kDog, kCat, kPug, kHusky };

Rect at(double left) {
  return {left, 0, left + 10, 10};
}
Box truth(int classId, double left) {
  Box box;
  box.classId = classId;
  box.rect = at(left);
  return box;
}
Detection found(int classId, double left, float confidence) {
  return {at(left), classId, confidence, {}};
}

const TreeScore::Node& nodeOf(const TreeScore& score, int node) {
  for (const TreeScore::Node& candidate : score.nodes)
    if (candidate.node == node) return candidate;
  throw std::runtime_error("no such node");
}

TEST(TreeScore, ATruthIsOneOfAllThatItIsWithin) {
  EXPECT_EQ(nodesOnTheWay(kTree, std::array{int(kPug), int(kThing)}),
            (std::vector<int>{kAnimal, kThing, kDog, kPug}));
  // One pug, one husky. Dogs are found, but the husky is taken for a pug.
  const std::vector<PictureResult> pictures = {
      {{truth(kPug, 0), truth(kHusky, 100)},
       {found(kAnimal, 0, .9F), found(kAnimal, 100, .9F), found(kDog, 0, .8F),
        found(kDog, 100, .8F), found(kPug, 100, .7F), found(kPug, 0, .6F)}}};
  const std::vector<std::vector<Detection>> answers(1);
  const std::array boxed = {int(kPug)};
  const TreeScore score = scoreTree(pictures, answers, kTree, boxed);
  EXPECT_EQ(score.nodes.size(), 4U);
  EXPECT_DOUBLE_EQ(*nodeOf(score, kAnimal).score.ap, 1);
  EXPECT_EQ(nodeOf(score, kAnimal).score.truths, 2U);
  EXPECT_DOUBLE_EQ(*nodeOf(score, kDog).score.ap, 1);
  EXPECT_DOUBLE_EQ(*nodeOf(score, kPug).score.ap, .5);
  EXPECT_DOUBLE_EQ(*nodeOf(score, kHusky).score.ap, 0);
  EXPECT_EQ(nodeOf(score, kPug).hadBoxes, true);
  EXPECT_EQ(nodeOf(score, kHusky).hadBoxes, false);
  EXPECT_EQ(nodeOf(score, kAnimal).hadBoxes, true) << "a pug is one";
  EXPECT_DOUBLE_EQ(*score.leaves, .25);
  EXPECT_DOUBLE_EQ(*score.seen, .5);
  EXPECT_DOUBLE_EQ(*score.unseen, 0);
  ASSERT_EQ(score.depths.size(), 3U);
  EXPECT_DOUBLE_EQ(*score.depths[0], 1);
  EXPECT_DOUBLE_EQ(*score.depths[1], 1);
  EXPECT_DOUBLE_EQ(*score.depths[2], .25);
}

TEST(TreeScore, WhatIsLabelledAboveCountsNeitherWay) {
  // The dog of the second picture may be a pug: to be found as one is no fault.
  const std::vector<PictureResult> pictures = {{{truth(kPug, 0)}, {found(kPug, 0, .6F)}},
                                               {{truth(kDog, 0)}, {found(kPug, 0, .9F)}}};
  const std::vector<std::vector<Detection>> answers(2);
  const TreeScore score = scoreTree(pictures, answers, kTree, {});
  EXPECT_DOUBLE_EQ(*nodeOf(score, kPug).score.ap, 1);
  EXPECT_EQ(nodeOf(score, kDog).score.truths, 2U);
  EXPECT_FALSE(nodeOf(score, kPug).hadBoxes.has_value()) << "nobody said which had";
  EXPECT_FALSE(score.seen.has_value());
  EXPECT_FALSE(score.unseen.has_value());
}

TEST(TreeScore, WhatIsNoNodeIsPassedOver) {
  const std::vector<PictureResult> pictures = {
      {{truth(-1, 0), truth(kTree.size(), 50), truth(kCat, 100)}, {found(kCat, 100, .9F)}}};
  const std::vector<std::vector<Detection>> answers = {{found(kCat, 100, .9F)}};
  const TreeScore score = scoreTree(pictures, answers, kTree, {});
  EXPECT_EQ(score.nodes.size(), 2U);
  EXPECT_DOUBLE_EQ(*nodeOf(score, kCat).score.ap, 1);
  EXPECT_DOUBLE_EQ(score.hierarchicalPrecision, 1);
}

TEST(TreeScore, FindsOfWhatIsLabelledStay) {
  std::vector<PictureResult> pictures = {
      {{truth(kPug, 0)}, {found(kAnimal, 0, .9F), found(kPug, 0, .8F), found(kCat, 50, .7F)}}};
  keepLabelledClasses(pictures, std::array{int(kCat), int(kPug)});
  EXPECT_EQ(pictures[0].detections.size(), 2U) << "a cat may be labelled in another picture";
}

TEST(TreeScore, AnAnswerEarnsTheShareOfTheWayThatItKnows) {
  const std::vector<PictureResult> pictures = {
      {{truth(kPug, 0), truth(kPug, 100), truth(kPug, 200), truth(kPug, 300), truth(kPug, 400)},
       {}}};
  const auto precisionOf = [&](std::vector<Detection> answers) {
    const std::vector<std::vector<Detection>> all = {std::move(answers)};
    return scoreTree(pictures, all, kTree, {}).hierarchicalPrecision;
  };
  EXPECT_DOUBLE_EQ(precisionOf({found(kPug, 0, .9F)}), 1);
  EXPECT_DOUBLE_EQ(precisionOf({found(kDog, 0, .9F)}), 2 / 3.);
  EXPECT_DOUBLE_EQ(precisionOf({found(kAnimal, 0, .9F)}), 1 / 3.);
  EXPECT_DOUBLE_EQ(precisionOf({found(kHusky, 0, .9F)}), 2 / 3.);
  EXPECT_DOUBLE_EQ(precisionOf({found(kCat, 0, .9F)}), 1 / 3.);
  EXPECT_DOUBLE_EQ(precisionOf({found(kThing, 0, .9F)}), 0);
  EXPECT_DOUBLE_EQ(precisionOf({found(kPug, 50, .9F)}), 0) << "where nothing is";
  EXPECT_DOUBLE_EQ(precisionOf({found(kPug, 0, .9F), found(kPug, 1, .8F)}), .5) << "twice";
  EXPECT_DOUBLE_EQ(precisionOf({found(kPug, 0, .9F), found(kThing, 100, .2F)}), 1) << "unsure";
  EXPECT_DOUBLE_EQ(precisionOf({}), 0);
}

}  // namespace
}  // namespace boxwright
