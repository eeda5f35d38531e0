// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/detect/classifier.h"
#include "core/evaluate/evaluate_classifier.h"
#include "core/image/codec.h"
#include "core/network/cfg.h"
#include "tests/core/detect/small_network.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

/// Tells pictures by the mean of their red, green and blue: weights one can work out by hand.
Model meanColourModel() {
  std::vector<Problem> problems;
  Model model;
  model.network = buildNetwork(parseCfg("[net]\nwidth=32\nheight=32\nchannels=3\n"
                                        "[convolutional]\nfilters=3\nsize=1\nactivation=linear\n"
                                        "[avgpool]\n[softmax]\ngroups=1\n",
                                        "means.cfg", problems),
                               problems);
  ConvolutionWeights& weights = model.network.layers[0].weights;
  weights.weights = {10, 0, 0, 0, 10, 0, 0, 0, 10};
  weights.biases = {0, 0, 0};
  model.names = {"red", "green", "blue"};
  model.title = "means";
  return model;
}

Image filled(int width, int height, int channel) {
  Image image(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      image.at(x, y)[channel] = 255;
  return image;
}

Classifier meanColours(int batch = 1) {
  return Classifier(meanColourModel(), {.device = "reference", .batch = batch});
}

TEST(ClassifierTest, LooksAtTheCentredSquare) {
  // Green at both sides, a red square in the middle.
  Image image = filled(90, 30, 1);
  for (int y = 0; y < 30; ++y)
    for (int x = 30; x < 60; ++x)
      image.at(x, y)[0] = 255, image.at(x, y)[1] = 0;
  EXPECT_EQ(centreSquare(image), filled(30, 30, 0));
  Classifier classifier = meanColours();
  const PreparedImage prepared = classifier.prepare(image);
  EXPECT_EQ(prepared.width, 90);
  const PreparedImage* const one = &prepared;
  const std::vector<float> p = classifier.classify(std::span(&one, 1)).front();
  ASSERT_EQ(p.size(), 3U);
  EXPECT_NEAR(p[0], 1 / (1 + 2 * std::exp(-10.0)), 1e-6);
  EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-6);
}

TEST(ClassifierTest, RefusesWhatIsNone) {
  EXPECT_NE(errorOf([] { Classifier(colourModel(), {.device = "reference"}); }).find("finds boxes"),
            std::string::npos);
  Model model = meanColourModel();
  model.names.pop_back();
  EXPECT_NE(errorOf([&] { Classifier(std::move(model), {.device = "reference"}); }), "");
}

TEST(ClassificationScoreTest, CountsTopOneTopFiveAndConfusion) {
  const std::vector<float> p = {0.1F, 0.3F, 0.05F, 0.3F, 0.05F, 0.2F};
  EXPECT_EQ(judge(p, 1).rank, 0);
  EXPECT_EQ(judge(p, 3).rank, 1);  // of equals the lower id stands first
  EXPECT_EQ(judge(p, 3).predicted, 1);
  EXPECT_EQ(judge(p, 2).rank, 4);
  EXPECT_EQ(judge(p, 4).rank, 5);
  EXPECT_NEAR(judge(p, 0).loss, -std::log(0.1), 1e-6);
  const std::vector<ClassifiedPicture> pictures = {judge(p, 1), judge(p, 3), judge(p, 4),
                                                   judge(p, 1)};
  const ClassificationScore s = score(pictures, 6);
  EXPECT_EQ(s.pictures, 4U);
  EXPECT_DOUBLE_EQ(s.top1, 0.5);
  EXPECT_DOUBLE_EQ(s.top5, 0.75);
  EXPECT_EQ(s.classes[1].truths, 2U);
  EXPECT_EQ(s.classes[1].found, 2U);
  EXPECT_EQ(s.classes[1].predicted, 4U);
  EXPECT_EQ(s.classes[3].foundTop5, 1U);
  EXPECT_EQ(s.confusion[4][1], 1U);
  EXPECT_EQ(score({}, 2).top1, 0);
}

TEST(EvaluateClassifier, MatchesClassesByNameAndLeavesOutTheRest) {
  const TemporaryFolder folder;
  Dataset dataset;
  dataset.root = folder.path();
  dataset.classes = {"blue", "pink", "red"};  // not in the model's order
  std::vector<std::size_t> all;
  const auto add = [&](int channel, std::vector<int> classes) {
    const std::string name = std::to_string(dataset.pictures.size()) + ".png";
    writeImage(folder / name, filled(40, 30, channel));
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    annotation.imageClasses = std::move(classes);
    all.push_back(dataset.pictures.size());
    dataset.pictures.push_back({name, 40, 30, std::make_shared<const Annotation>(annotation)});
  };
  add(0, {2});
  add(2, {0});
  add(1, {0});     // green called blue
  add(0, {1});     // of a class the model lacks
  add(0, {0, 2});  // of two
  add(0, {2});
  std::ofstream(folder / "5.png") << "no picture";
  for (const int batch : {1, 4}) {
    Classifier classifier = meanColours(batch);
    const ClassifierOutput output = evaluateClassifier(classifier, dataset, all, 2);
    EXPECT_EQ(output.indices, (std::vector<std::size_t>{0, 1, 2}));
    EXPECT_NEAR(output.score.top1, 2.0 / 3, 1e-12);
    EXPECT_EQ(output.score.confusion[2][1], 1U);
    ASSERT_EQ(output.problems.size(), 3U);
    EXPECT_EQ(output.problems[0].what, "1 picture is not of one class as a whole; it is left out");
    EXPECT_EQ(output.problems[1].what,
              "the model has no class \"pink\"; its 1 picture is left out");
  }
  Classifier classifier = meanColours();
  const std::vector<std::size_t> pink = {3};
  EXPECT_NE(errorOf([&] { evaluateClassifier(classifier, dataset, pink, 1); }).find("knows none"),
            std::string::npos);
  const std::vector<std::size_t> two = {4};
  EXPECT_NE(errorOf([&] { evaluateClassifier(classifier, dataset, two, 1); }).find("class folders"),
            std::string::npos);
}

}  // namespace
}  // namespace boxwright
