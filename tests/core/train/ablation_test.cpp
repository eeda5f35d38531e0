// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/ablation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/atomic_file.h"
#include "core/network/cfg_variants.h"
#include "core/network/weights_file.h"
#include "core/train/ablation_table.h"
#include "small_world.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using TrainingRun = boxwright::Run;  // a test fixture has a Run of its own

TEST(AblationPath, AddsOneIdeaAtATimeUpToYolov2) {
  AblationSettings settings;
  settings.lowWeights = settings.highWeights = "given";
  const std::vector<AblationStep> path = ablationPath(settings);
  std::set<std::string> keys;
  for (std::size_t i = 0; i < path.size(); ++i) {
    EXPECT_TRUE(keys.insert(path[i].key).second);
    EXPECT_TRUE(path[i].missing.empty());
    if (i == 0 || path[i].sameWeights) continue;
    EXPECT_EQ(path[i].highClassifier, i >= 2);
    if (path[i].key == "high-resolution-classifier") continue;
    const auto before = ideaValues(path[i - 1].ideas), now = ideaValues(path[i].ideas);
    int changed = 0;
    for (const auto& [name, value] : now)
      changed += value != before.at(name);
    EXPECT_EQ(changed, 1) << path[i].key;
  }
  for (const auto& [name, value] : ideaValues(path.front().ideas)) {
    if (name == "dimension-clusters")
      EXPECT_EQ(value, "hand-picked");
    else
      EXPECT_EQ(value, "off") << name;
  }
  Ideas whole;
  whole.multiScale = MultiScale::On;
  EXPECT_EQ(path.back().ideas, whole);
  EXPECT_TRUE(path.back().sameWeights);
}

AblationRow rowOf(const std::vector<double>& map50, int diverged = 0) {
  AblationRow row;
  row.step.name = "a row";
  row.cells = 13;
  row.boxes = 845;
  for (const double value : map50)
    row.trials.push_back({row.trials.size() + 1, "", 100, value, value / 2});
  for (int i = 0; i < diverged; ++i)
    row.trials.push_back({row.trials.size() + 1, "the loss is no number", 0, 0, 0});
  return row;
}

TEST(AblationVerdicts, OnlyRangesThatAreApartAreToldApart) {
  AblationResult result;
  result.rows = {
      rowOf({0.30, 0.34}), rowOf({0.33, 0.40}), rowOf({0.41, 0.45}), rowOf({0.10, 0.12}, 1),
      rowOf({}, 2),        rowOf({0.2, 0.3}),   rowOf({0.5})};
  using enum AblationVerdict;
  const std::vector<AblationVerdict> expected{
      First, NotDistinguishable, Better, Worse, Unknown, Better, Unknown};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(result.verdict(i), expected[i]) << i;
  EXPECT_NEAR(result.rows[3].map50()->mean, 0.11, 1e-12);
  EXPECT_FALSE(result.rows[4].map50());

  const std::string table = markdownOf(result);
  EXPECT_NE(table.find("| a row | 36.5 | 33.0 to 40.0 | 18.2 | 845 | 13x13 | - | not "
                       "distinguishable |"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("worse; 1 of 3 diverged"), std::string::npos) << table;
  const auto json = nlohmann::json::parse(jsonOf(result));
  EXPECT_EQ(json["rows"].size(), 7U);
  EXPECT_EQ(json["rows"][1]["verdict"], "not distinguishable");
  EXPECT_TRUE(json["rows"][4]["map50"].is_null());
  const std::string csv = csvOf(result);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 8);
}

class AblationRuns : public ::testing::Test {
 protected:
  void SetUp() override {
    dataset_ = smallDataset(scratch_ / "data", 20);
    settings_.base = quickSettings(tinyNetwork(scratch_.path()));
    settings_.base.epochs = 0;
    settings_.base.updates = 3;
    settings_.seeds = 1;
  }

  /// Runs it until `stopAfter` updates in all (0: to its end).
  AblationResult go(const std::string& folder, int stopAfter = 0) {
    std::stop_source stop;
    said_ = 0;
    updates_ = 0;
    AblationSink sink;
    sink.say = [this](const std::string&) { ++said_; };
    sink.train = [&](const TrainEvent& event) {
      if (std::holds_alternative<BatchEvent>(event) && ++updates_ == stopAfter) stop.request_stop();
    };
    return ablate(scratch_ / folder, settings_, dataset_, stop.get_token(), sink);
  }

  static std::vector<double> numbersOf(const AblationResult& result) {
    std::vector<double> numbers;
    for (const AblationRow& row : result.rows)
      for (const AblationTrial& trial : row.trials)
        numbers.insert(numbers.end(), {trial.map50, trial.recall, double(trial.updates)});
    return numbers;
  }

  TemporaryFolder scratch_;
  Dataset dataset_;
  AblationSettings settings_;
  int said_ = 0, updates_ = 0;
};

TEST_F(AblationRuns, MeasureEveryStepTheNetworkHas) {
  settings_.seeds = 2;
  const AblationResult result = go("out");
  EXPECT_FALSE(result.stopped);
  EXPECT_EQ(result.split, "test");
  for (const AblationRow& row : result.rows) {
    const bool shown = row.step.key != "passthrough" && row.step.key != "multi-scale" &&
                       row.step.key != "high-resolution-classifier";
    EXPECT_EQ(row.step.missing.empty(), shown) << row.step.key;
    if (!shown) {
      EXPECT_TRUE(row.trials.empty());
      continue;
    }
    ASSERT_EQ(row.trials.size(), 2U) << row.step.key;
    EXPECT_EQ(row.trials[1].seed, row.trials[0].seed + 1);
    EXPECT_EQ(row.trials[0].updates, 3);
    EXPECT_EQ(row.priorIou.has_value(), row.step.ideas.anchors) << row.step.key;
  }
  const auto rowOfKey = [&](const char* key) {
    return *std::find_if(result.rows.begin(), result.rows.end(),
                         [&](const AblationRow& row) { return row.step.key == key; });
  };
  EXPECT_EQ(rowOfKey("yolo").boxes, 2);             // 64 pixels are one cell of 64
  EXPECT_EQ(rowOfKey("anchors").boxes, 2 * 2 * 9);  // hand-picked
  EXPECT_EQ(rowOfKey("dimension-clusters").boxes, 2 * 2 * 2);
  EXPECT_EQ(rowOfKey("high-resolution-detector").inputSize, 64 + 128);
  EXPECT_EQ(rowOfKey("high-resolution-detector").boxes, 6 * 6 * 2);
  EXPECT_GT(*rowOfKey("dimension-clusters").priorIou, *rowOfKey("anchors").priorIou);
  EXPECT_FALSE(fs::exists(scratch_ / "out" / "runs" / "9-high-resolution-detector-seed1"));
}

TEST_F(AblationRuns, GoOnWhereTheyWereStopped) {
  const std::vector<double> unbroken = numbersOf(go("whole"));
  const int steps = said_;
  EXPECT_EQ(updates_, 3 * (steps - 1));         // the last step trains nothing
  const AblationResult begun = go("parts", 8);  // within the third training
  EXPECT_TRUE(begun.stopped);
  EXPECT_EQ(said_, 3);
  const AblationResult whole = go("parts");
  EXPECT_FALSE(whole.stopped);
  EXPECT_EQ(numbersOf(whole), unbroken);
  EXPECT_EQ(updates_, 3 * (steps - 1) - 8);
  go("parts");
  EXPECT_EQ(updates_ + said_, 0);  // all is done

  // Killed between training and its result: only evaluated again.
  fs::remove(scratch_ / "parts" / "results" / "1-yolo-seed1.json");
  EXPECT_EQ(numbersOf(go("parts")), unbroken);
  EXPECT_EQ(updates_, 0);

  // More seeds may be asked for, other settings not.
  settings_.seeds = 2;
  go("parts");
  EXPECT_EQ(updates_, 3 * (steps - 1));
  settings_.base.updates = 4;
  EXPECT_NE(errorOf([&] { go("parts"); }).find("another updates"), std::string::npos);
}

TEST_F(AblationRuns, StartFromTheClassifierOfTheirResolution) {
  // Two "classifiers" over the first layers; the step without batch norm gets the first one folded.
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(settings_.base.model, problems), problems);
  for (const char* const name : {"low", "high"}) {
    initialiseWeights(network, name[0]);
    for (Layer& layer : network.layers)
      std::fill(layer.weights.rollingVariance.begin(), layer.weights.rollingVariance.end(), 0.25F);
    saveWeights(scratch_ / name, network, 0);
  }
  settings_.lowWeights = utf8(scratch_ / "low");
  EXPECT_NE(errorOf([&] { go("out"); }).find("one is given"), std::string::npos);
  settings_.highWeights = utf8(scratch_ / "high");
  settings_.classifierLayers = 4;
  const AblationResult result = go("out");
  const auto initOf = [&](const std::string& run) {
    return TrainingRun::open(scratch_ / "out" / "runs" / run).settings().init;
  };
  EXPECT_EQ(result.rows[2].trials.size(), 1U);
  EXPECT_EQ(initOf("2-batch-norm-seed1"), settings_.lowWeights);
  EXPECT_EQ(initOf("3-high-resolution-classifier-seed1"), settings_.highWeights);
  EXPECT_EQ(initOf("6-direct-location-seed1"), settings_.highWeights);
  const fs::path folded = pathFromUtf8(initOf("1-yolo-seed1"));
  Network plain = buildNetwork(withoutBatchNorm(readCfg(settings_.base.model, problems)), problems);
  initialiseWeights(plain, 1);
  EXPECT_EQ(loadWeights(folded, plain, true, 4).layersLoaded, 2);
  initialiseWeights(network, 'l');
  EXPECT_NEAR(plain.layers[0].weights.weights[5],
              network.layers[0].weights.weights[5] / std::sqrt(0.25F + 1e-5F), 1e-6);
}

TEST_F(AblationRuns, ATrainingThatDivergesIsAResult) {
  settings_.base.learningRate = 100;
  settings_.base.updates = 40;
  const AblationResult result = go("out");
  const AblationRow& first = result.rows.front();
  ASSERT_EQ(first.trials.size(), 1U);
  EXPECT_NE(first.trials[0].fault.find("no number"), std::string::npos) << first.trials[0].fault;
  EXPECT_FALSE(first.map50());
  EXPECT_NE(markdownOf(result).find("1 of 1 diverged"), std::string::npos);
  go("out");
  EXPECT_EQ(updates_, 0);
}

TEST_F(AblationRuns, TakeNoFolderOfOthers) {
  fs::create_directories(scratch_ / "other");
  writeFileAtomically(scratch_ / "other" / "letter.txt", "mine");
  EXPECT_NE(errorOf([&] { go("other"); }).find("other files"), std::string::npos);
  settings_.base.minutes = 1;
  EXPECT_NE(errorOf([&] { go("new"); }).find("epochs or updates"), std::string::npos);
}

}  // namespace
}  // namespace boxwright
