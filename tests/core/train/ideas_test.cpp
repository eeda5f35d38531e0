// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/ideas.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/atomic_file.h"
#include "core/detect/detector.h"
#include "core/network/model.h"
#include "core/train/trainer.h"
#include "small_world.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using TrainingRun = boxwright::Run;  // a test fixture has a Run of its own

TEST(IdeaTable, EveryValueCanBeSetAndComesBack) {
  std::set<std::string> names;
  for (const IdeaRow& row : ideaRows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.title.empty() || row.sentence.empty());
    for (const std::string& value : row.values) {
      Ideas ideas;
      setIdea(ideas, row.name + "=" + value);
      EXPECT_EQ(ideaValues(ideas).at(row.name), value);
      Ideas again;
      setIdeaValues(again, ideaValues(ideas));
      EXPECT_EQ(again, ideas);
    }
  }
  Ideas ideas;
  setIdea(ideas, "dimension-clusters=off");
  EXPECT_EQ(ideas.priors, Priors::HandPicked);
  EXPECT_TRUE(departures(Ideas{}).empty());
  setIdea(ideas, "batch-norm=off");
  EXPECT_EQ(departures(ideas), (std::vector<std::string>{"Batch normalisation: off",
                                                         "Dimension clusters: hand-picked"}));
  ideas = {};
  ideas.multiScale = MultiScale::Off;
  EXPECT_TRUE(departures(ideas).empty());
  ideas.multiScale = MultiScale::On;
  EXPECT_EQ(departures(ideas), std::vector<std::string>{"Multi-scale training: on"});
}

TEST(IdeaTable, WhatThereIsNotIsRefusedWithWhatThereIs) {
  Ideas ideas;
  EXPECT_NE(errorOf([&] { setIdea(ideas, "batch-norm=perhaps"); }).find("takes on, off"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { setIdea(ideas, "batch-norm"); }).find("takes on, off"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { setIdea(ideas, "dropout=on"); }).find("batch-norm, anchors"),
            std::string::npos);
}

TEST(IdeaTable, YolosGridWantsAMultipleOf64) {
  Ideas ideas;
  EXPECT_EQ(inputSizeFor(ideas, 416), 416);
  ideas.anchors = false;
  EXPECT_EQ(inputSizeFor(ideas, 416), 448);
  EXPECT_EQ(inputSizeFor(ideas, 448), 448);
}

class RunWithIdeas : public ::testing::Test {
 protected:
  void SetUp() override {
    dataset_ = smallDataset(scratch_ / "data", 20);
    settings_ = quickSettings("yolov2-nano");
    settings_.model = "yolov2-nano";
    settings_.size = 96;
    settings_.epochs = 0;
    settings_.updates = 3;
  }

  /// Trains a run of these ideas, and returns it opened as a model.
  Model trained(const std::string& name, const std::vector<std::string>& ideas) {
    RunSettings settings = settings_;
    for (const std::string& idea : ideas)
      setIdea(settings.ideas, idea);
    const fs::path folder = scratch_ / name;
    const TrainingRun run = *TrainingRun::create(folder, settings, dataset_);
    Ideas obeyed = settings.ideas;
    if (obeyed.multiScale == MultiScale::AsRecipe) obeyed.multiScale = MultiScale::Off;
    EXPECT_EQ(TrainingRun::open(folder).settings().ideas, obeyed);
    notes_ = run.notes();
    sides_.clear();
    const EndEvent end = train(run, dataset_, {}, {}, [this](const TrainEvent& event) {
      if (const auto* batch = std::get_if<BatchEvent>(&event)) {
        sides_.push_back(batch->size);
        EXPECT_TRUE(std::isfinite(batch->loss));
      }
    });
    EXPECT_EQ(end.iteration, settings_.updates);
    return openRunModel(folder);
  }

  bool noted(const std::string& text) const {
    return std::any_of(notes_.begin(), notes_.end(), [&](const std::string& note) {
      return note.find(text) != std::string::npos;
    });
  }

  TemporaryFolder scratch_;
  Dataset dataset_;
  RunSettings settings_;
  std::vector<std::string> notes_;
  std::vector<int> sides_;
};

TEST_F(RunWithIdeas, DefaultsAreTheNetworkAsItIs) {
  const Model model = trained("run", {});
  EXPECT_EQ(model.network.region().boxForm, BoxForm::Direct);
  EXPECT_EQ(model.network.region().num, settings_.anchors);
  EXPECT_EQ(model.network.net.width, 96);
  EXPECT_EQ(sides_, (std::vector<int>{96, 96, 96}));
  EXPECT_FALSE(noted("Ideas as chosen"));
}

TEST_F(RunWithIdeas, AllOffIsYolo) {
  const Model model = trained("run", {"batch-norm=off", "anchors=off", "dimension-clusters=off",
                                      "direct-location=off", "passthrough=off"});
  const Network& network = model.network;
  EXPECT_EQ(network.net.width, 128);
  EXPECT_EQ(strideOf(network), 64);
  EXPECT_EQ(network.region().boxForm, BoxForm::Yolo);
  EXPECT_EQ(network.layers.back().output, (LayerShape{2 * 5 + 2, 2, 2}));
  for (const Layer& layer : network.layers) {
    const auto* convolution = std::get_if<ConvolutionLayer>(&layer.kind);
    EXPECT_FALSE(convolution && convolution->batchNormalize);
    EXPECT_NE(layer.section, "reorg");
  }
  // YOLO's own weights of the loss.
  EXPECT_EQ(network.region().coordScale, 5);
  EXPECT_EQ(network.region().noObjectScale, 0.5);
  EXPECT_EQ(network.region().threshold, 1);
  EXPECT_TRUE(noted("The input is 128 pixels, not 96"));
  EXPECT_TRUE(noted("Batch normalisation: off, Anchors and a finer grid: off"));
  EXPECT_EQ(sides_.front(), 128);

  // It finds boxes in pictures as every other model does.
  Detector detector(openRunModel(scratch_ / "run"), {});
  EXPECT_EQ(detector.inputWidth(), 128);
  EXPECT_NE(errorOf([&] {
              Detector(openRunModel(scratch_ / "run"), {.inputSize = 160});
            }).find("multiple of 64"),
            std::string::npos);
}

TEST_F(RunWithIdeas, AnchorsCanBeHandPickedOrClusteredByPlainDistance) {
  const Model picked = trained("picked", {"dimension-clusters=hand-picked"});
  EXPECT_EQ(picked.network.region().num, 9);
  EXPECT_NEAR(picked.network.region().anchors[0].area(), std::pow(128.0 / 600 * 3, 2), 1e-6);
  EXPECT_TRUE(noted("9 anchors picked by hand reach a mean IOU"));
  const Model plain = trained("plain", {"dimension-clusters=euclidean"});
  EXPECT_EQ(plain.network.region().num, settings_.anchors);
  EXPECT_TRUE(noted("clustered by plain distance"));
}

TEST_F(RunWithIdeas, OffsetsArePartOfTheModel) {
  EXPECT_EQ(trained("run", {"direct-location=off"}).network.region().boxForm, BoxForm::Offsets);
}

TEST_F(RunWithIdeas, TheHighResolutionDetectorLearnsAndDetectsAtTwoSizes) {
  const Model model = trained("run", {"high-resolution-detector=on"});
  EXPECT_EQ(sides_.front(), 96);
  EXPECT_EQ(model.network.net.width, 96 + 128);
  Detector detector(openRunModel(scratch_ / "run"), {});
  EXPECT_EQ(detector.inputWidth(), 224);
  Detector smaller(openRunModel(scratch_ / "run"), {.inputSize = 96});
  EXPECT_EQ(smaller.inputWidth(), 96);
}

TEST_F(RunWithIdeas, MultiScaleKeepsToTheGrid) {
  settings_.updates = 30;
  settings_.size = 192;
  trained("run", {"multi-scale=on", "anchors=off"});
  EXPECT_TRUE(std::all_of(sides_.begin(), sides_.end(), [](int side) { return side % 64 == 0; }));
}

TEST_F(RunWithIdeas, WhatIsNotThereIsSaid) {
  settings_.model = utf8(tinyNetwork(scratch_.path()));
  settings_.size = 64;
  trained("run", {"passthrough=off"});
  EXPECT_TRUE(noted("no passthrough to take out"));
  settings_.anchorSet = {{1, 1}};
  EXPECT_NE(errorOf([&] { trained("other", {"anchors=off"}); }).find("has no anchors"),
            std::string::npos);
}

}  // namespace
}  // namespace boxwright
