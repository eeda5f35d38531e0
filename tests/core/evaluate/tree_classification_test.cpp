// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/tree_classification.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/evaluate/evaluate_classifier.h"
#include "core/image/codec.h"
#include "core/network/cfg.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

// animal
//   dog: pug, husky
//   cat
// thing
const ClassTree kTree({"animal", "thing", "dog", "cat", "pug", "husky"}, {-1, -1, 0, 0, 2, 2});
enum Node { kAnimal, kThing, kDog, kCat, kPug, kHusky };

ClassifiedPicture answered(int truth, int predicted) {
  ClassifiedPicture picture;
  picture.truth = truth;
  picture.predicted = predicted;
  return picture;
}

double shareOf(const TreeClassification& score, int node) {
  for (const TreeClassification::Node& candidate : score.nodes)
    if (candidate.node == node) return candidate.share.value();
  return -1;
}

TEST(TreeClassification, TheNodesFromTheTopStandBelowTheirParents) {
  EXPECT_EQ(nodesFromTheTop(kTree), (std::vector<int>{kAnimal, kDog, kPug, kHusky, kCat, kThing}));
  EXPECT_TRUE(nodesFromTheTop(ClassTree()).empty());
}

TEST(TreeClassification, CountsAtEachDepthAndNode) {
  const std::vector<ClassifiedPicture> pictures = {
      answered(kPug, kPug),     // right
      answered(kPug, kHusky),   // a dog at least
      answered(kHusky, kCat),   // an animal
      answered(kCat, kThing),   // nothing of it
      answered(kDog, kHusky),   // labelled "dog": right down to there
      answered(kHusky, kHusky)  // right
  };
  const TreeClassification score = scoreTree(pictures, kTree);
  ASSERT_EQ(score.depths.size(), 3U);
  EXPECT_EQ(score.depths[0].pictures, 6U);
  EXPECT_EQ(score.depths[0].found, 5U);
  EXPECT_EQ(score.depths[1].found, 4U);
  EXPECT_EQ(score.depths[2].pictures, 4U) << "neither the cat nor the dog reach so deep";
  EXPECT_EQ(score.depths[2].found, 2U);
  EXPECT_DOUBLE_EQ(shareOf(score, kAnimal), 5 / 6.);
  EXPECT_DOUBLE_EQ(shareOf(score, kDog), .8);
  EXPECT_DOUBLE_EQ(shareOf(score, kPug), .5);
  EXPECT_DOUBLE_EQ(shareOf(score, kCat), 0);
  EXPECT_EQ(shareOf(score, kThing), -1) << "no picture is of it";
  EXPECT_DOUBLE_EQ(score.hierarchicalPrecision, (1 + 2 / 3. + 1 / 3. + 0 + 1 + 1) / 6);
  EXPECT_TRUE(scoreTree(std::vector<ClassifiedPicture>(), kTree).nodes.empty());
}

TEST(TreeClassification, TheAnswerAtADepthIsWhereTheMostProbableLeafIs) {
  // Dogs together are more probable than the cat, but no breed is: the answer is the cat, also at
  // the depth of the dogs.
  const std::vector<float> p = {.9F, .1F, .5F, .4F, .25F, .25F};
  const ClassifiedPicture picture = judge(p, kPug, kTree);
  EXPECT_EQ(picture.predicted, kCat);
  EXPECT_EQ(picture.rank, 1) << "of equal leaves the lower stands first";
  const TreeClassification score = scoreTree(std::vector{picture}, kTree);
  EXPECT_EQ(score.depths[0].found, 1U);
  EXPECT_EQ(score.depths[1].found, 0U);
}

TEST(TreeClassification, ARightAnswerToWhatLiesAboveIsNoFalseFind) {
  std::vector<ClassifiedPicture> pictures(10, answered(kDog, kPug));
  pictures.push_back(answered(kCat, kPug));
  pictures.back().rank = 1;
  const ClassificationScore own = score(pictures, kTree.size());
  EXPECT_EQ(own.classes[kDog].found, 10U);
  EXPECT_EQ(own.classes[kPug].predicted, 11U);
  EXPECT_EQ(own.classes[kPug].right, 10U);
  EXPECT_EQ(own.classes[kPug].found, 0U) << "no picture is labelled so";
}

/// Tells pictures by their colour: red and green are kinds of "warm", blue is a root.
Model treeOfColours() {
  std::vector<Problem> problems;
  Model model;
  model.network = buildNetwork(parseCfg("[net]\nwidth=32\nheight=32\nchannels=3\n"
                                        "[convolutional]\nfilters=4\nsize=1\nactivation=linear\n"
                                        "[avgpool]\n[softmax]\ngroups=1\n",
                                        "colours.cfg", problems),
                               problems);
  ConvolutionWeights& weights = model.network.layers[0].weights;
  // warm, blue | red, green
  weights.weights = {10, 10, 0, 0, 0, 10, 10, 0, 0, 0, 10, 0};
  weights.biases = {0, 0, 0, 0};
  std::get<SoftmaxLayer>(model.network.layers[2].kind).classTree =
      std::make_shared<const ClassTree>(ClassNames{"warm", "blue", "red", "green"},
                                        std::vector<int>{-1, -1, 0, 0});
  model.names = {"warm", "blue", "red", "green"};
  model.title = "colours";
  return model;
}

TEST(EvaluateTreeClassifier, ClassFoldersMeetTheTreeByNameOrByMap) {
  const TemporaryFolder folder;
  Dataset dataset;
  dataset.root = folder.path();
  dataset.classes = {"Red", "warm", "Blue"};
  std::vector<std::size_t> all;
  const auto add = [&](int channel, int classId) {
    const std::string name = std::to_string(dataset.pictures.size()) + ".png";
    Image image(40, 30);
    for (int y = 0; y < 30; ++y)
      for (int x = 0; x < 40; ++x)
        image.at(x, y)[channel] = 255;
    writeImage(folder / name, image);
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    annotation.imageClasses = {classId};
    all.push_back(dataset.pictures.size());
    dataset.pictures.push_back({name, 40, 30, std::make_shared<const Annotation>(annotation)});
  };
  add(0, 0);  // red
  add(1, 0);  // green called red
  add(1, 1);  // green called warm: right as far as it goes
  add(2, 2);  // blue
  add(2, 1);  // blue called warm
  Classifier classifier(treeOfColours(), {.device = "reference"});
  const ClassifierOutput output = evaluateClassifier(classifier, dataset, all, 1);
  EXPECT_TRUE(output.problems.empty());
  EXPECT_DOUBLE_EQ(output.score.top1, .6) << "over the leaves, never the roots";
  EXPECT_DOUBLE_EQ(output.score.top5, 1) << "of three leaves";
  for (const ClassifiedPicture& picture : output.pictures)
    EXPECT_NE(picture.predicted, 0) << "no leaf";
  ASSERT_TRUE(output.tree.has_value());
  ASSERT_EQ(output.tree->depths.size(), 2U);
  EXPECT_EQ(output.tree->depths[0].found, 4U);
  EXPECT_EQ(output.tree->depths[1].pictures, 2U);
  EXPECT_EQ(output.tree->depths[1].found, 1U);
  EXPECT_DOUBLE_EQ(shareOf(*output.tree, 0), .75);

  const ClassifierOutput mapped =
      evaluateClassifier(classifier, dataset, all, 1, {}, {}, ClassMap{3, 0, 1});
  EXPECT_DOUBLE_EQ(shareOf(*mapped.tree, 3), .5) << "Red is green by the map";
}

}  // namespace
}  // namespace boxwright
