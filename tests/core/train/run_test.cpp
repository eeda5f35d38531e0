// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/model.h"
#include "core/network/network.h"
#include "core/taxonomy/class_names.h"
#include "core/train/metrics_log.h"
#include "core/train/run_split.h"
#include "small_world.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using TrainingRun = boxwright::Run;  // a test fixture has a Run of its own

class RunFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    dataset_ = smallDataset(scratch_ / "data", 20);
    settings_ = quickSettings(tinyNetwork(scratch_.path()));
  }

  std::string messageOf(const fs::path& folder) {
    try {
      TrainingRun::create(folder, settings_, dataset_);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  TemporaryFolder scratch_;
  Dataset dataset_;
  RunSettings settings_;
};

TEST_F(RunFolder, HoldsWhatItWasTold) {
  settings_.adjustments = {"jitter=0.3", "vertical_flip=on"};
  settings_.learningRate = 0.004;
  settings_.seed = 18446744073709551615ULL;
  settings_.anchorSet = {{0.5, 0.5}, {1.25, 0.5}, {2, 2}};
  const fs::path folder = scratch_ / "rün 1";
  const TrainingRun made = *TrainingRun::create(folder, settings_, dataset_);
  const TrainingRun opened = TrainingRun::open(folder);
  for (const TrainingRun* run : {&made, &opened}) {
    EXPECT_EQ(run->settings().model, settings_.model);
    EXPECT_EQ(run->settings().seed, settings_.seed);
    EXPECT_EQ(run->settings().anchorSet, settings_.anchorSet);
    EXPECT_EQ(run->settings().adjustments, settings_.adjustments);
    EXPECT_EQ(run->recipe().jitter, 0.3);
    EXPECT_TRUE(run->recipe().verticalFlip);
    EXPECT_EQ(run->recipe().learningRate, 0.004);
    EXPECT_EQ(run->recipe().batch, 4);
    EXPECT_EQ(run->recipe().epochs, 3);
    EXPECT_EQ(run->classes(), dataset_.classes);
    EXPECT_EQ(run->datasetFingerprint(), fingerprint(dataset_));
    EXPECT_EQ(run->datasetFormat(), "voc");
    EXPECT_EQ(run->split().at("train").size(), dataset_.splits.at("train").size());
    EXPECT_EQ(run->split().at("val").front(), "picture 4.png");
    EXPECT_FALSE(run->hasCheckpoint());
    EXPECT_EQ(run->plannedIterations(), 0);
  }
  for (const char* name : {"run.json", "model.cfg", "classes.names", "split.json"})
    EXPECT_TRUE(fs::is_regular_file(folder / name)) << name;
  std::vector<Problem> problems;
  const Network network = buildNetwork(readCfg(folder / "model.cfg", problems), problems);
  EXPECT_EQ(network.region().classes, 2);
  EXPECT_EQ(network.region().anchors, settings_.anchorSet);
  EXPECT_EQ(network.net.width, 64);
  EXPECT_EQ(readClassNames(folder / "classes.names"), dataset_.classes);
  opened.keepPlannedIterations(77);
  EXPECT_EQ(made.plannedIterations(), 77);
  EXPECT_EQ(TrainingRun::open(folder).settings().seed, settings_.seed);
}

TEST_F(RunFolder, CfgThatAsksForSeveralSizesGetsThem) {
  std::string text = readFile(settings_.model);
  writeFileAtomically(settings_.model, text + "random=1\n");
  const auto kept = [&](const char* name) {
    TrainingRun::create(scratch_ / name, settings_, dataset_);
    return TrainingRun::open(scratch_ / name).settings().ideas.multiScale;
  };
  EXPECT_EQ(kept("small"), MultiScale::Off);
  settings_.recipe = "cfg";
  EXPECT_EQ(kept("cfg"), MultiScale::On);
  settings_.ideas.multiScale = MultiScale::Off;  // whoever says so is obeyed
  EXPECT_EQ(kept("cfg-off"), MultiScale::Off);
  settings_.recipe = "small";
  settings_.ideas.multiScale = MultiScale::On;
  EXPECT_EQ(kept("small-on"), MultiScale::On);
}

TEST_F(RunFolder, TheLargerDetectorOfAnotherRunsCfgIsTakenOut) {
  settings_.ideas.highResolutionDetector = true;
  TrainingRun::create(scratch_ / "large", settings_, dataset_);
  const std::filesystem::path cfg = scratch_ / "large" / "model.cfg";
  std::vector<Problem> problems;
  EXPECT_EQ(detectionSizeOf(readCfg(cfg, problems)), 64 + kDetectorExtra);
  settings_.model = utf8(cfg);
  settings_.ideas.highResolutionDetector = false;
  TrainingRun::create(scratch_ / "plain", settings_, dataset_);
  EXPECT_EQ(detectionSizeOf(readCfg(scratch_ / "plain" / "model.cfg", problems)), 0);
  settings_.ideas.highResolutionDetector = true;
  settings_.size = kLargestInput;
  EXPECT_NE(errorOf([&] {
              TrainingRun::create(scratch_ / "huge", settings_, dataset_);
            }).find("more than there may be"),
            std::string::npos);
}

TEST_F(RunFolder, EveryValueOfTheRecipeIsKept) {
  const TrainingRun made = *TrainingRun::create(scratch_ / "run", settings_, dataset_);
  const fs::path file = scratch_ / "run" / "run.json";
  EXPECT_EQ(recipeValues(TrainingRun::open(scratch_ / "run").recipe()),
            recipeValues(made.recipe()));
  auto json = nlohmann::ordered_json::parse(readFile(file));
  json["recipe"]["values"].erase("momentum");
  writeFileAtomically(file, json.dump());
  try {
    TrainingRun::open(scratch_ / "run");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("momentum"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("run.json"), std::string::npos) << error.what();
  }
}

TEST_F(RunFolder, SplitIsForItsOwnDatasetOnly) {
  settings_.dataset = utf8(scratch_ / "data");
  const TrainingRun run = *TrainingRun::create(scratch_ / "run", settings_, dataset_);
  ASSERT_TRUE(splitsOfRun(run, dataset_));
  EXPECT_EQ(*splitsOfRun(run, dataset_), dataset_.splits);
  // Elsewhere: a copy is the same, a dataset that shares a few names is another.
  Dataset other = dataset_;
  other.root = scratch_ / "elsewhere";
  EXPECT_TRUE(splitsOfRun(run, other));
  other.pictures.resize(5);
  EXPECT_FALSE(splitsOfRun(run, other));
  // In its own place it may have shrunk.
  other.root = dataset_.root;
  EXPECT_TRUE(splitsOfRun(run, other));
  for (Picture& picture : other.pictures)
    picture.path = "new " + picture.path;
  EXPECT_FALSE(splitsOfRun(run, other));
}

TEST_F(RunFolder, AnchorsComeFromTheTrainingBoxes) {
  // The world has two sizes of box; the val split alone holds a third.
  dataset_.pictures[4].annotation = std::make_shared<const Annotation>([&] {
    Annotation a = *dataset_.pictures[4].annotation;
    a.boxes[0].rect = {0, 0, 64, 48};
    return a;
  }());
  settings_.anchors = 2;
  TrainingRun::create(scratch_ / "run", settings_, dataset_);
  std::vector<Problem> problems;
  const Network network = buildNetwork(readCfg(scratch_ / "run" / "model.cfg", problems), problems);
  ASSERT_EQ(network.region().anchors.size(), 2U);
  // Bars are 28 x 8 of 64 x 48, squares 14 x 14, at 64 x 64 in cells of 32: area order.
  EXPECT_NEAR(network.region().anchors[0].width, 14.0 / 64 * 2, 1e-6);
  EXPECT_NEAR(network.region().anchors[0].height, 14.0 / 48 * 2, 1e-6);
  EXPECT_NEAR(network.region().anchors[1].width, 28.0 / 64 * 2, 1e-6);
  EXPECT_NEAR(network.region().anchors[1].height, 8.0 / 48 * 2, 1e-6);
}

TEST_F(RunFolder, RefusesWhatIsThereAlready) {
  const fs::path folder = scratch_ / "run";
  TrainingRun::create(folder, settings_, dataset_);
  const std::string before = readFile(folder / "run.json");
  for (const char* const kept :
       {"checkpoints/last.ckpt", "weights/best.weights", "weights/last.weights"}) {
    writeFileAtomically(folder / kept, "numbers");
    EXPECT_NE(messageOf(folder).find("resume this run"), std::string::npos) << kept;
    EXPECT_EQ(readFile(folder / "run.json"), before);
    fs::remove(folder / kept);
  }
  {
    const MetricsLog training(folder);
    EXPECT_NE(messageOf(folder).find("being trained already"), std::string::npos);
  }
  EXPECT_EQ(readFile(folder / "run.json"), before);
  fs::create_directories(scratch_ / "foreign");
  writeFileAtomically(scratch_ / "foreign" / "run.json", "{\"of\":\"another program\"}");
  EXPECT_NE(messageOf(scratch_ / "foreign").find("there is a run"), std::string::npos);
  EXPECT_TRUE(fs::exists(scratch_ / "foreign" / "run.json"));

  fs::create_directories(scratch_ / "full");
  writeFileAtomically(scratch_ / "full" / "mine.txt", "mine");
  EXPECT_NE(messageOf(scratch_ / "full").find("other files"), std::string::npos);
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch_ / "full"), {}), 1);

  EXPECT_NE(messageOf(scratch_ / "full" / "mine.txt").find("a file stands"), std::string::npos);
  EXPECT_NE(messageOf(scratch_ / "full" / "mine.txt" / "below").find("cannot make"),
            std::string::npos);

  fs::create_directories(scratch_ / "empty");
  EXPECT_EQ(messageOf(scratch_ / "empty"), "");
}

TEST_F(RunFolder, ARunThatNeverBeganGivesWay) {
  const fs::path folder = scratch_ / "run";
  TrainingRun::create(folder, settings_, dataset_);
  writeFileAtomically(folder / "metrics.jsonl", "a start that got no further");
  writeFileAtomically(folder / "checkpoints" / ".last.ckpt.bw-a1B2c3", "killed while writing");
  settings_.seed = 77;
  EXPECT_EQ(messageOf(folder), "");
  EXPECT_EQ(TrainingRun::open(folder).settings().seed, 77U);
  EXPECT_EQ(readFile(folder / "metrics.jsonl"), "");
  EXPECT_TRUE(fs::is_empty(folder / "checkpoints"));
  // Only its own files go.
  writeFileAtomically(folder / "notes.txt", "mine");
  settings_.seed = 78;
  EXPECT_EQ(messageOf(folder), "");
  EXPECT_EQ(readFile(folder / "notes.txt"), "mine");
  EXPECT_EQ(TrainingRun::open(folder).settings().seed, 78U);
  // Killed in the middle of that, or while it was being made: what is left is still ours.
  for (const char* const name : {"model.cfg", "split.json", "classes.names", "metrics.jsonl"})
    fs::remove(folder / name);
  EXPECT_EQ(messageOf(folder), "");
  // Not while it is being trained.
  const MetricsLog training(folder);
  EXPECT_NE(messageOf(folder).find("being trained already"), std::string::npos);
}

/// Killed between the lock and run.json, with a temporary of it half written.
TEST_F(RunFolder, WhatAKilledMakingLeavesGivesWay) {
  const fs::path folder = scratch_ / "run";
  for (const int files : {1, 2, 3}) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    for (const char* const name : {"metrics.jsonl", "metrics.csv", "log.txt"}) {
      if (std::distance(fs::directory_iterator(folder), {}) < files)
        writeFileAtomically(folder / name, "");
    }
    if (files == 3) {
      // As a write that is under way leaves it: the name is asked of one.
      writeFileAtomically(scratch_ / "run.json", [&](const ByteSink& sink) {
        sink("{");
        for (const auto& entry : fs::directory_iterator(scratch_.path())) {
          const std::string name = entry.path().filename().string();
          if (name.find("run.json") != std::string::npos)
            fs::copy_file(entry.path(), folder / name, fs::copy_options::overwrite_existing);
        }
      });
      ASSERT_EQ(std::distance(fs::directory_iterator(folder), {}), 4);
    }
    EXPECT_EQ(messageOf(folder), "") << files;
    EXPECT_FALSE(TrainingRun::open(folder).hasCheckpoint());
  }
  // Anybody else's files are left alone.
  const fs::path other = scratch_ / "other";
  fs::create_directories(other);
  writeFileAtomically(other / "metrics.jsonl", "");
  writeFileAtomically(other / "letter.txt", "");
  EXPECT_NE(messageOf(other).find("other files"), std::string::npos);
  EXPECT_TRUE(fs::exists(other / "metrics.jsonl"));
  // And one that is being made just now is not taken.
  fs::remove_all(folder);
  fs::create_directories(folder);
  const MetricsLog maker(folder);
  EXPECT_NE(messageOf(folder).find("being trained"), std::string::npos);
}

TEST_F(RunFolder, StoppedWhileAnchorsAreClusteredItMakesNothing) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(TrainingRun::create(scratch_ / "run", settings_, dataset_, stop.get_token()));
  EXPECT_FALSE(fs::exists(scratch_ / "run"));
}

TEST_F(RunFolder, RefusesAFolderThatCannotBeWritten) {
  if (::geteuid() == 0) {
    // Root may write anywhere but into the kernel's own file systems.
    EXPECT_NE(messageOf("/proc/boxwright-run").find("cannot make"), std::string::npos);
    return;
  }
  fs::create_directories(scratch_ / "locked");
  fs::permissions(scratch_ / "locked", fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_NE(messageOf(scratch_ / "locked").find("cannot"), std::string::npos);
  fs::permissions(scratch_ / "locked", fs::perms::owner_all);
}

TEST_F(RunFolder, RefusesSettingsThatMakeNoSense) {
  const auto refused = [&](auto change) {
    const RunSettings good = settings_;
    change(settings_);
    const std::string message = messageOf(scratch_ / "run");
    settings_ = good;
    EXPECT_FALSE(fs::exists(scratch_ / "run")) << message;
    return message;
  };
  EXPECT_NE(refused([](RunSettings& s) { s.size = 100; }).find("multiple of 32"),
            std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.size = 33; }), "");
  EXPECT_NE(refused([](RunSettings& s) { s.batch = -1; }), "");
  EXPECT_NE(refused([](RunSettings& s) { s.batch = 6, s.subdivisions = 4; }).find("divide"),
            std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) {
              s.batch = 0, s.adjustments = {"batch=2.5"};
            }).find("whole numbers"),
            std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.adjustments = {"subdivisions=1.5"}; }).find("whole"),
            std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.learningRate = 500; }).find("learning_rate"),
            std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.size = kLargestInput + 32; }).find("4096"),
            std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.initLayers = 3; }).find("weights"), std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.recipe = "large"; }).find("small"), std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.model = "no-such"; }).find("no-such"),
            std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.adjustments = {"x=1"}; }).find("jitter"),
            std::string::npos);
  EXPECT_NE(refused([](RunSettings& s) { s.anchors = 5000; }), "");
  EXPECT_NE(refused([](RunSettings& s) { s.minutes = -2; }), "");
  EXPECT_NE(refused([](RunSettings& s) { s.anchorSet = {{0, 1}}; }), "");
  std::string grey = readFile(settings_.model);
  grey.replace(grey.find("channels=3"), 10, "channels=1");
  writeFileAtomically(scratch_ / "grey.cfg", grey);
  EXPECT_NE(refused([&](RunSettings& s) { s.model = utf8(scratch_ / "grey.cfg"); }).find("RGB"),
            std::string::npos);
}

TEST_F(RunFolder, RefusesADatasetWithNothingToLearn) {
  for (Picture& picture : dataset_.pictures)
    picture.annotation = std::make_shared<const Annotation>();
  EXPECT_NE(messageOf(scratch_ / "run"), "");
  dataset_.classes.clear();
  EXPECT_NE(messageOf(scratch_ / "run").find("classes"), std::string::npos);
  EXPECT_FALSE(fs::exists(scratch_ / "run"));
}

TEST_F(RunFolder, OpeningNamesWhatIsDamaged) {
  EXPECT_THROW(TrainingRun::open(scratch_ / "absent"), Error);
  EXPECT_THROW(TrainingRun::open(scratch_ / "data"), Error);
  const fs::path folder = scratch_ / "run";
  TrainingRun::create(folder, settings_, dataset_);
  const std::string good = readFile(folder / "run.json");
  for (const std::string& bad :
       {std::string("{"), std::string("[]"), std::string("{}"), good.substr(0, good.size() / 2),
        std::string("{\"format\":1,\"settings\":{\"seed\":\"x\"}}"), std::string("{\"format\":99}"),
        std::string(good).replace(good.find("\"subdivisions\": 1."), 18, "\"subdivisions\": 0."),
        std::string(good).replace(good.find("\"batch\": 4."), 11, "\"batch\": 1e12, \"b\": 0."),
        std::string(good).replace(good.find("\"batch\": 4."), 11, "\"batch\": 4.5, \"b\": 0."),
        std::string(good).replace(good.find("\"policy\": 7."), 12,
                                  "\"policy\": 1e300, \"p\": 0.")}) {
    writeFileAtomically(folder / "run.json", bad);
    try {
      TrainingRun::open(folder);
      FAIL() << bad;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("run.json"), std::string::npos) << error.what();
    }
  }
  writeFileAtomically(folder / "run.json", good);
  fs::remove(folder / "split.json");
  EXPECT_THROW(TrainingRun::open(folder), Error);
}

}  // namespace
}  // namespace boxwright
