// SPDX-License-Identifier: GPL-3.0-or-later
// Training of classifiers, and their weights' way into a detector.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "class_world.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/evaluate/evaluate_classifier.h"
#include "core/network/model.h"
#include "core/network/weights_file.h"
#include "core/train/initial_weights.h"
#include "core/train/trainer.h"
#include "small_world.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using TrainingRun = boxwright::Run;  // a test fixture has a Run of its own

class Classification : public ::testing::Test {
 protected:
  void SetUp() override {
    dataset_ = smallClasses(scratch_ / "data", 84);
    settings_ = quickSettings(tinyClassifier(scratch_.path()));
    settings_.size = 32;
    settings_.batch = 6;
  }

  TrainingRun create(const std::string& name) {
    return *TrainingRun::create(scratch_ / name, settings_, dataset_);
  }

  EndEvent go(const TrainingRun& run, std::int64_t stopAfter = 0,
              const TrainOptions& options = {}) {
    std::stop_source source;
    events_.clear();
    return train(run, dataset_, options, source.get_token(), [&](const TrainEvent& event) {
      events_.push_back(event);
      const auto* batch = std::get_if<BatchEvent>(&event);
      if (batch && stopAfter > 0 && batch->iteration >= stopAfter) source.request_stop();
    });
  }

  std::string messages() const {
    std::string all;
    for (const TrainEvent& event : events_)
      if (const auto* message = std::get_if<MessageEvent>(&event)) all += message->text + "\n";
    return all;
  }

  bool said(const std::string& text) const { return messages().find(text) != std::string::npos; }

  /// The batch and validation lines of a run's log, without what depends on the clock.
  static std::vector<std::string> numbersOf(const TrainingRun& run) {
    std::istringstream file(readFile(run.folder() / "metrics.jsonl"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
      auto json = nlohmann::json::parse(line);
      if (json["event"] != "batch" && json["event"] != "validation") continue;
      json.erase("imagesPerSecond");
      json.erase("secondsLeft");
      lines.push_back(json.dump());
    }
    return lines;
  }

  /// A short training whose weights serve others.
  fs::path trainedWeights() {
    const TrainingRun run = create("classifier");
    go(run, 3);
    return run.folder() / "weights" / "last.weights";
  }

  TemporaryFolder scratch_;
  Dataset dataset_;
  RunSettings settings_;
  std::vector<TrainEvent> events_;
};

TEST_F(Classification, LearnsToTellPatternsApart) {
  settings_.epochs = 12;
  const TrainingRun run = create("run");
  EXPECT_EQ(run.task(), NetworkTask::Classification);
  EXPECT_EQ(TrainingRun::open(run.folder()).task(), NetworkTask::Classification);
  const EndEvent end = go(run);
  EXPECT_FALSE(end.stopped);
  ASSERT_TRUE(end.bestTop1.has_value());
  EXPECT_GT(*end.bestTop1, 0.9);
  std::vector<ValidationEvent> validations;
  for (const TrainEvent& event : events_) {
    if (const auto* batch = std::get_if<BatchEvent>(&event)) {
      EXPECT_EQ(batch->loss, batch->lossClass);
      EXPECT_EQ(batch->lossBox, 0);
    }
    if (const auto* one = std::get_if<ValidationEvent>(&event)) validations.push_back(*one);
  }
  ASSERT_FALSE(validations.empty());
  double best = 0;
  for (const ValidationEvent& v : validations) {
    ASSERT_TRUE(v.top1 && v.top5);
    EXPECT_EQ(*v.top5, 1);  // of three classes
    best = std::max(best, *v.top1);
  }
  EXPECT_EQ(*end.bestTop1, best);
  EXPECT_EQ(validations.back().classes.at(1).name, "lying");
  const std::string csv = readFile(run.folder() / "metrics.csv");
  EXPECT_EQ(csv.rfind("iteration,epoch,top1,top5,lossValidation,top1 checks,", 0), 0U) << csv;
  // The kept weights do on the validation pictures what the training said of them.
  Classifier classifier(openRunModel(run.folder()), {.device = "cpu", .batch = 3});
  const ClassifierOutput output =
      evaluateClassifier(classifier, dataset_, dataset_.splits.at("val"), 1);
  EXPECT_NEAR(output.score.top1, best, 1e-12);
}

TEST_F(Classification, StoppedAndResumedItEqualsOneThatRanThrough) {
  settings_.epochs = 4;
  settings_.subdivisions = 2;
  const TrainingRun whole = create("whole"), parts = create("parts");
  go(whole);
  EXPECT_TRUE(go(parts, 13).stopped);
  TrainOptions resume;
  resume.resume = true;
  resume.loaderThreads = 2;
  EXPECT_FALSE(go(TrainingRun::open(parts.folder()), 0, resume).stopped);
  EXPECT_EQ(numbersOf(parts), numbersOf(whole));
  EXPECT_EQ(readFile(parts.folder() / "weights" / "best.weights"),
            readFile(whole.folder() / "weights" / "best.weights"));
}

TEST_F(Classification, AFinishedOneSaysItsScoreAgain) {
  settings_.epochs = 1;
  const TrainingRun run = create("run");
  const EndEvent end = go(run);
  const EndEvent again = go(TrainingRun::open(run.folder()), 0, {.resume = true});
  EXPECT_TRUE(again.finishedBefore);
  EXPECT_EQ(again.bestTop1, end.bestTop1);
}

TEST_F(Classification, NetworkAndDatasetMustBeOfOneKind) {
  const Dataset boxes = smallDataset(scratch_ / "boxes", 10);
  const auto refusal = [&](const Dataset& dataset) {
    const std::string message =
        errorOf([&] { TrainingRun::create(scratch_ / "refused", settings_, dataset); });
    EXPECT_FALSE(fs::exists(scratch_ / "refused"));
    return message;
  };
  EXPECT_NE(refusal(boxes).find("has boxes but no classes of whole pictures"), std::string::npos);
  settings_.model = utf8(tinyNetwork(scratch_.path()));
  EXPECT_NE(refusal(dataset_).find("has pictures of classes but no boxes"), std::string::npos);
  settings_.model = utf8(tinyClassifier(scratch_.path()));
  settings_.adjustments = {"jitter=0.3"};
  EXPECT_NE(refusal(dataset_).find("jitter is for detectors"), std::string::npos);
}

TEST_F(Classification, TakesTheCfgsOwnSizeAndSaysWhatIsScarce) {
  settings_.size = 0;
  settings_.epochs = 1;
  // One class of four pictures.
  auto& train = dataset_.splits["train"];
  int kept = 0;
  std::erase_if(train, [&](std::size_t i) { return i % 3 == 1 && ++kept > 4; });
  const TrainingRun run = create("run");
  EXPECT_EQ(run.settings().size, 32);
  go(run);
  EXPECT_TRUE(said("Classes of under 10 training pictures: lying.")) << messages();
}

TEST_F(Classification, ClassBalanceMovesLearningNotTheLossShown) {
  settings_.epochs = 1;
  std::erase_if(dataset_.splits["train"], [](std::size_t i) { return i % 3 == 1 && i > 30; });
  const TrainingRun plain = create("plain");
  go(plain, 2);
  settings_.adjustments = {"class_balance=1"};
  const TrainingRun balanced = create("balanced");
  go(balanced, 2);
  const auto lossOf = [](const TrainingRun& run, std::size_t line) {
    return nlohmann::json::parse(numbersOf(run).at(line))["loss"].get<double>();
  };
  EXPECT_EQ(lossOf(plain, 0), lossOf(balanced, 0));
  EXPECT_NE(lossOf(plain, 1), lossOf(balanced, 1));
}

TEST_F(Classification, IsTrainedOnAtALargerSize) {
  settings_.init = utf8(trainedWeights());
  settings_.size = 64;
  go(create("large"), 1);
  EXPECT_TRUE(said("4 of 4 convolutions start from")) << messages();
}

TEST_F(Classification, TheBackboneFindsItsWayIntoADetector) {
  const fs::path weights = trainedWeights();
  std::vector<Problem> problems;
  const Network source = openRunModel(scratch_ / "classifier").network;
  const Network detector = buildNetwork(readCfg(tinyNetwork(scratch_.path()), problems), problems);
  EXPECT_EQ(sharedLayers(source, detector), 6);  // three convolutions, three pools

  // From a run's folder the number of layers is found out.
  Network network = detector;
  initialiseWeights(network, 1);
  const Network random = network;
  std::string text = loadInitialWeights(network, utf8(weights), -1);
  EXPECT_NE(text.find("3 of 6 convolutions"), std::string::npos) << text;
  EXPECT_NE(text.find("(layers 0 to 5, trained on"), std::string::npos) << text;
  for (const std::size_t i : {0, 2, 4}) {
    EXPECT_EQ(network.layers[i].weights.weights, source.layers[i].weights.weights) << i;
    EXPECT_EQ(network.layers[i].weights.rollingMean, source.layers[i].weights.rollingMean) << i;
  }
  for (const std::size_t i : {6, 8, 10})
    EXPECT_EQ(network.layers[i].weights.weights, random.layers[i].weights.weights) << i;

  // Of a file somewhere else nobody knows, and the number must be given.
  const fs::path alone = scratch_ / "alone.weights";
  fs::copy_file(weights, alone);
  network = random;
  text = errorOf([&] { loadInitialWeights(network, utf8(alone), -1); });
  EXPECT_NE(text.find("say how many layers"), std::string::npos) << text;
  EXPECT_NE(text.find("layer 6"), std::string::npos) << text;
  text = loadInitialWeights(network, utf8(alone), 6);
  EXPECT_NE(text.find("3 of 6 convolutions"), std::string::npos) << text;
  EXPECT_EQ(network.layers[4].weights.weights, source.layers[4].weights.weights);
  EXPECT_EQ(network.layers[6].weights.weights, random.layers[6].weights.weights);

  // A partial file as Darknet writes it (X.conv.5) holds what it holds.
  const fs::path partial = scratch_ / "classifier.conv.5";
  for (const WeightsHeader header : {WeightsHeader::Version1, WeightsHeader::Version2}) {
    saveWeights(partial, source, 0, header, 5);
    for (const int layers : {-1, 6, 5}) {
      network = random;
      text = loadInitialWeights(network, utf8(partial), layers);
      EXPECT_NE(text.find("3 of 6 convolutions"), std::string::npos) << text;
      EXPECT_NE(text.find(layers == 6 ? "layers 0 to 5" : "layers 0 to 4"), std::string::npos)
          << text;
      EXPECT_EQ(network.layers[4].weights.weights, source.layers[4].weights.weights);
      EXPECT_EQ(network.layers[6].weights.weights, random.layers[6].weights.weights);
    }
  }
}

TEST_F(Classification, ADetectorTrainsFromIt) {
  settings_.init = utf8(trainedWeights());
  settings_.model = utf8(tinyNetwork(scratch_.path()));
  settings_.size = 64;
  settings_.batch = 4;
  dataset_ = smallDataset(scratch_ / "boxes", 20);
  go(create("detector"), 1);
  EXPECT_TRUE(said("3 of 6 convolutions start from")) << messages();
}

TEST_F(Classification, FrozenLayersOfADetectorStayAsTheyCame) {
  settings_.init = utf8(trainedWeights());
  settings_.model = utf8(tinyNetwork(scratch_.path()));
  settings_.size = 64;
  settings_.batch = 4;
  settings_.freeze = 5;  // layers 0 to 4
  dataset_ = smallDataset(scratch_ / "boxes", 20);
  std::vector<Network> networks;
  for (const std::int64_t updates : {1, 6}) {
    const TrainingRun run = create("detector-" + std::to_string(updates));
    go(run, updates);
    std::vector<Problem> problems;
    Network network = buildNetwork(readCfg(run.folder() / "model.cfg", problems), problems);
    loadWeights(run.folder() / "weights" / "last.weights", network);
    networks.push_back(std::move(network));
  }
  for (std::size_t i = 0; i < networks[0].layers.size(); ++i) {
    if (!std::holds_alternative<ConvolutionLayer>(networks[0].layers[i].kind)) continue;
    const ConvolutionWeights& early = networks[0].layers[i].weights;
    const ConvolutionWeights& late = networks[1].layers[i].weights;
    EXPECT_EQ(early.weights == late.weights, i < 5) << i;
    EXPECT_EQ(early.biases == late.biases, i < 5) << i;
    EXPECT_EQ(early.rollingVariance == late.rollingVariance, i < 5 || early.rollingVariance.empty())
        << i;
  }
  settings_.freeze = 1000;
  EXPECT_NE(errorOf([&] { create("nothing"); }).find("leave nothing to learn"), std::string::npos);
}

TEST_F(Classification, OverATreeTopOneIsOfTheLeavesAndEveryNodeIsTold) {
  // pattern: checks, and stripes: lying, upright.
  const auto tree = std::make_shared<const ClassTree>(
      ClassNames{"pattern", "checks", "stripes", "lying", "upright"},
      std::vector<int>{-1, 0, 0, 2, 2});
  dataset_.classTree = tree;
  dataset_.classes = tree->labels();
  for (std::size_t i = 0; i < dataset_.pictures.size(); ++i) {
    Annotation annotation = *dataset_.pictures[i].annotation;
    const int leaf =
        std::vector<int>{1, 3, 4}[static_cast<std::size_t>(annotation.imageClasses[0])];
    annotation.imageClasses = {i % 9 == 5 && leaf > 1 ? 2 : leaf};  // some are stripes, no more
    dataset_.pictures[i].annotation = std::make_shared<const Annotation>(annotation);
  }
  const TrainingRun run = create("tree");
  go(run);
  ValidationEvent last;  // of those that are best: the one whose weights are kept
  for (const TrainEvent& event : events_) {
    const auto* const one = std::get_if<ValidationEvent>(&event);
    if (!one) continue;
    if (!last.top1 || *one->top1 > *last.top1 ||
        (*one->top1 == *last.top1 && one->lossValidation < last.lossValidation))
      last = *one;
  }
  ASSERT_TRUE(last.top1.has_value());
  EXPECT_DOUBLE_EQ(*last.top5, 1) << "of three leaves one is among five";
  ASSERT_EQ(last.nodes.size(), 5U);
  const std::size_t all = dataset_.splits.at("val").size();
  EXPECT_EQ(last.nodes[0].pictures, all);
  EXPECT_EQ(last.nodes[0].top1, 1.0);
  EXPECT_EQ(last.nodes[2].pictures + last.nodes[1].pictures, all);
  EXPECT_FALSE(last.nodes[0].ap.has_value());

  // evaluate says the same of the kept weights.
  Classifier classifier(openRunModel(run.folder()), {.device = "cpu"});
  const ClassifierOutput output =
      evaluateClassifier(classifier, dataset_, dataset_.splits.at("val"), 1);
  EXPECT_NEAR(output.score.top1, *last.top1, 1e-9);
  ASSERT_TRUE(output.tree.has_value());
  for (std::size_t i = 0; i < last.nodes.size(); ++i)
    EXPECT_NEAR(output.tree->nodes[i].share.value(), *last.nodes[i].top1, 1e-9);
}

}  // namespace
}  // namespace boxwright
