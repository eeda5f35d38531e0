// SPDX-License-Identifier: GPL-3.0-or-later
// What training does when the data, the numbers or the disk let it down.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/image/codec.h"
#include "core/train/checkpoint.h"
#include "core/train/quarantine.h"
#include "tests/error_of.h"
#include "training_fixture.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

class RobustTraining : public Training {
 protected:
  static TrainOptions resumed() {
    TrainOptions options;
    options.resume = true;
    return options;
  }

  /// Every file below the dataset with its size and the time of its last change.
  std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> listing() const {
    std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> files;
    for (const auto& entry : fs::recursive_directory_iterator(dataset_.root))
      files[entry.path().string()] = {entry.is_regular_file() ? entry.file_size() : 0,
                                      entry.last_write_time()};
    return files;
  }

  static void expectSameNumbers(const TrainingRun& run, const TrainingRun& other) {
    const std::vector<std::string> lines = numbersOf(run), expected = numbersOf(other);
    EXPECT_EQ(lines.size(), expected.size());
    for (std::size_t i = 0; i < std::min(lines.size(), expected.size()); ++i)
      ASSERT_EQ(lines[i], expected[i]) << "line " << i + 1;
  }

  /// The n-th picture of the split.
  std::size_t of(const std::string& split, std::size_t n) const {
    return dataset_.splits.at(split).at(n);
  }
  using Training::of;
};

TEST_F(RobustTraining, QuarantineIsDecidedOnceAndTheDatasetNeverTouched) {
  const fs::path damaged = dataset_.absolutePath(of("train", 2));
  const std::string whole = readFile(damaged);
  writeFileAtomically(damaged, "no picture");
  fs::copy_file(dataset_.absolutePath(of("val", 1)), dataset_.absolutePath(of("train", 4)),
                fs::copy_options::overwrite_existing);
  settings_.quarantine = "damaged,duplicates";
  for (const auto& entry : fs::recursive_directory_iterator(dataset_.root))
    fs::permissions(entry.path(), fs::perms::owner_read);
  fs::permissions(dataset_.root, fs::perms::owner_read | fs::perms::owner_exec);
  const auto before = listing();

  const TrainingRun through = create("through");
  go(through);
  EXPECT_TRUE(said("1 damaged in train (in quarantine"));
  EXPECT_TRUE(said("1 in train like one of another split (in quarantine"));
  EXPECT_TRUE(said("26 training pictures"));
  EXPECT_EQ(of<CheckEvent>().back().nearCopies, 0) << "in quarantine";
  const Quarantine kept = readQuarantine(through.folder() / "quarantine.json");
  ASSERT_EQ(kept.entries.size(), 2U);
  EXPECT_EQ(kept.entries[0].path, dataset_.pictures[of("train", 2)].path);
  EXPECT_EQ(listing(), before);

  const TrainingRun run = create("run");
  go(run, 7);
  fs::permissions(dataset_.root, fs::perms::owner_all);
  // Mended in between: the run goes on without it all the same.
  writeFileAtomically(damaged, whole);
  go(TrainingRun::open(run.folder()), 0, resumed());
  expectSameNumbers(run, through);
  for (const auto& entry : fs::recursive_directory_iterator(dataset_.root))
    fs::permissions(entry.path(), fs::perms::owner_all);
}

TEST_F(RobustTraining, TheCheckEndsWithTheNearCopiesThatAreLearnedFrom) {
  fs::copy_file(dataset_.absolutePath(of("val", 1)), dataset_.absolutePath(of("train", 4)),
                fs::copy_options::overwrite_existing);
  go(create("run"), 1);
  EXPECT_EQ(of<CheckEvent>().back().nearCopies, 1);
}

TEST_F(RobustTraining, ADatasetOfDamagedPicturesIsRefused) {
  for (const std::size_t index : dataset_.splits.at("train"))
    writeFileAtomically(dataset_.absolutePath(index), "no picture");
  EXPECT_NE(errorOf([&] { go(create("run")); }).find("all 28 training pictures"),
            std::string::npos);
}

TEST_F(RobustTraining, StoppedWhileItChecksItLeavesNothingInTheWay) {
  const TrainingRun run = create("run");
  std::stop_source stop;
  int checked = 0;
  const EndEvent end = train(run, dataset_, {}, stop.get_token(), [&](const TrainEvent& event) {
    if (std::holds_alternative<CheckEvent>(event) && ++checked == 1) stop.request_stop();
    EXPECT_FALSE(std::holds_alternative<BatchEvent>(event));
  });
  EXPECT_GE(checked, 1);
  EXPECT_TRUE(end.stopped);
  EXPECT_FALSE(run.hasCheckpoint());
  EXPECT_EQ(go(create("run"), 2).iteration, 2);  // the name is free
}

TEST_F(RobustTraining, MemoryIsReservedBeforeThePicturesAreLookedAt) {
  settings_.size = 4096;
  settings_.batch = 4093;  // a prime: what would fit is looked for one picture at a time
  const std::string message = errorOf([&] { go(create("run")); });
  EXPECT_NE(message.find("emory"), std::string::npos) << message;
  EXPECT_TRUE(of<CheckEvent>().empty());
}

TEST_F(RobustTraining, DivergingItGoesBackWithHalfTheRateAndAResumeIsExact) {
  settings_.learningRate = 90;
  settings_.epochs = 8;
  settings_.adjustments = {"warm_up_epochs=0", "momentum=0.99"};
  settings_.retries = 30;
  const TrainingRun through = create("through");
  const EndEvent end = go(through);
  EXPECT_FALSE(end.stopped);
  EXPECT_TRUE(said("Diverged: ")) << "the rate is not too high";
  EXPECT_TRUE(said("pictures of the batch: picture "));
  const auto batches = of<BatchEvent>();
  EXPECT_EQ(batches.back().iteration, 56);
  const Checkpoint last = loadCheckpoint(through.folder() / "checkpoints" / "last.ckpt");
  EXPECT_GT(last.retries, 1);
  EXPECT_NE(readFile(through.folder() / "log.txt").find("retry 1 of 30"), std::string::npos);

  // Stopped whenever it has gone back, and now and then besides.
  const TrainingRun run = create("run");
  EndEvent part = go(run, 3);
  for (int i = 0; part.stopped && i < 60; ++i) {
    std::stop_source stop;
    int updates = 0;
    part = train(TrainingRun::open(run.folder()), dataset_, resumed(), stop.get_token(),
                 [&](const TrainEvent& event) {
                   const auto* message = std::get_if<MessageEvent>(&event);
                   if (message && message->text.starts_with("Diverged")) stop.request_stop();
                   if (std::holds_alternative<BatchEvent>(event) && ++updates == 25)
                     stop.request_stop();
                 });
  }
  EXPECT_FALSE(part.stopped);
  expectSameNumbers(run, through);
  EXPECT_EQ(loadCheckpoint(run.folder() / "checkpoints" / "last.ckpt").retries, last.retries);
}

TEST_F(RobustTraining, KilledAsItGoesBackItLeavesTheSameRecord) {
  struct Killed {};
  settings_.learningRate = 90;
  settings_.epochs = 8;
  settings_.adjustments = {"warm_up_epochs=0", "momentum=0.99"};
  settings_.retries = 30;
  const TrainingRun through = create("through");
  go(through);
  // Before the record is cut back, and when it has been, but neither state says so yet.
  for (const std::string moment : {"Diverged: ", "Training has diverged: "}) {
    const TrainingRun run = create("run-" + moment.substr(0, 4));
    TrainOptions options;
    options.checkpointEvery = 0;  // so that the last state is newer than the good one
    int kills = 0;
    for (bool finished = false; !finished && kills < 60;) {
      int updates = 0;
      try {
        train(run, dataset_, options, {}, [&](const TrainEvent& event) {
          updates += std::holds_alternative<BatchEvent>(event) ? 1 : 0;
          const auto* message = std::get_if<MessageEvent>(&event);
          if (message && message->text.starts_with(moment) && updates > 0) throw Killed{};
        });
        finished = true;
      } catch (const Killed&) {
        ++kills;
      }
      options.resume = true;
    }
    EXPECT_GT(kills, 1);
    expectSameNumbers(run, through);
  }
}

TEST_F(RobustTraining, WithoutARetryItEndsAndCanBeGivenOne) {
  settings_.learningRate = 90;
  settings_.epochs = 8;
  settings_.adjustments = {"warm_up_epochs=0", "momentum=0.99"};
  const TrainingRun run = create("run");
  EXPECT_NE(errorOf([&] { go(run); }).find("resume this one with a retry"), std::string::npos);
  TrainOptions options = resumed();
  options.retries = 1;
  errorOf([&] { go(TrainingRun::open(run.folder()), 0, options); });
  EXPECT_TRUE(said("on with half the rate, now 45 (retry 1 of 1)"));
  // Kept: so many more are so many more than were used.
  options.retries = 30;
  EXPECT_FALSE(go(TrainingRun::open(run.folder()), 0, options).stopped);
  EXPECT_TRUE(said("of 31)"));
}

TEST_F(RobustTraining, APictureThatGoesMissingIsLeftOutNamedAndCounted) {
  settings_.epochs = 6;
  TrainOptions options;
  options.cacheBytes = 0;
  events_.clear();
  const TrainingRun run = create("run");
  const std::string name = dataset_.pictures[of("train", 3)].path;
  const std::string cut = dataset_.pictures[of("train", 5)].path;
  const EndEvent end = train(run, dataset_, options, {}, [&](const TrainEvent& event) {
    events_.push_back(event);
    const auto* batch = std::get_if<BatchEvent>(&event);
    if (!batch || batch->iteration != 5) return;
    fs::remove(dataset_.root / name);
    const std::string bytes = readFile(dataset_.root / cut);
    writeFileAtomically(dataset_.root / cut, bytes.substr(0, bytes.size() / 3));
  });
  EXPECT_FALSE(end.stopped);
  EXPECT_TRUE(said("Left out " + name));
  EXPECT_TRUE(said("Left out " + cut));
  EXPECT_TRUE(said("2 training pictures could not be read and were left out."));
}

TEST_F(RobustTraining, WhenThePicturesAreGoneItKeepsACheckpointAndGoesOnLater) {
  settings_.epochs = 6;
  const TrainingRun through = create("through");
  go(through);
  for (const bool inMemory : {false, true}) {
    TrainOptions options;
    // In memory are the training pictures; validation finds them missing.
    if (!inMemory) options.cacheBytes = 0;
    const TrainingRun run = create(inMemory ? "cached" : "run");
    const fs::path away = scratch_ / "unplugged";
    std::int64_t last = 0;
    std::string message;
    const auto sink = [&](const TrainEvent& event) {
      const auto* batch = std::get_if<BatchEvent>(&event);
      if (!batch) return;
      last = batch->iteration;
      if (last == 5) fs::rename(dataset_.root, away);
    };
    message = errorOf([&] { train(run, dataset_, options, {}, sink); });
    if (inMemory) {
      // All that it needs was decoded by the check: nothing has been lost.
      EXPECT_EQ(message, "");
    } else {
      EXPECT_NE(message.find("most of the pictures cannot be opened any more"), std::string::npos)
          << message;
      EXPECT_GE(last, 5);
      EXPECT_EQ(loadCheckpoint(run.folder() / "checkpoints" / "last.ckpt").iteration, last);
    }
    fs::rename(away, dataset_.root);
    if (!inMemory) go(TrainingRun::open(run.folder()), 0, resumed());
    expectSameNumbers(run, through);
  }
}

TEST_F(RobustTraining, AFinishedRunSaysSoAndIsLeftAlone) {
  const TrainingRun run = create("run");
  const EndEvent end = go(run);
  const std::string before = readFile(run.folder() / "metrics.jsonl");
  const auto changed = fs::last_write_time(run.folder() / "checkpoints" / "last.ckpt");
  const EndEvent again = go(TrainingRun::open(run.folder()), 0, resumed());
  EXPECT_TRUE(again.finishedBefore);
  EXPECT_FALSE(again.stopped);
  EXPECT_EQ(again.iteration, end.iteration);
  EXPECT_EQ(again.bestMap50, end.bestMap50);
  EXPECT_TRUE(said("This run is finished"));
  EXPECT_FALSE(said("Going on"));
  EXPECT_TRUE(of<BatchEvent>().empty());
  EXPECT_EQ(readFile(run.folder() / "metrics.jsonl"), before);
  EXPECT_EQ(fs::last_write_time(run.folder() / "checkpoints" / "last.ckpt"), changed);
  // Killed before its last words, it says them.
  fs::resize_file(run.folder() / "metrics.jsonl", before.size() - 10);
  EXPECT_FALSE(go(TrainingRun::open(run.folder()), 0, resumed()).finishedBefore);
  EXPECT_NE(readFile(run.folder() / "metrics.jsonl").find("\"done\""), std::string::npos);
}

TEST_F(RobustTraining, ADatasetThatWasMovedIsTakenWhenItIsTheSame) {
  const TrainingRun run = create("run");
  go(run, 3);
  Dataset moved = dataset_;
  moved.root = scratch_ / "elsewhere";
  fs::rename(dataset_.root, moved.root);
  TrainOptions options = resumed();
  options.datasetPlace = utf8(moved.root);
  Dataset other = moved;
  Annotation annotation = *other.pictures[0].annotation;
  annotation.boxes[0].rect.right -= 1;
  other.pictures[0].annotation = std::make_shared<const Annotation>(annotation);
  EXPECT_NE(errorOf([&] {
              train(TrainingRun::open(run.folder()), other, options, {}, {});
            }).find("not the dataset that the run began with"),
            std::string::npos);
  EXPECT_EQ(TrainingRun::open(run.folder()).settings().dataset, utf8(dataset_.root));
  dataset_ = moved;
  EXPECT_FALSE(go(TrainingRun::open(run.folder()), 0, options).stopped);
  EXPECT_EQ(TrainingRun::open(run.folder()).settings().dataset, utf8(moved.root));
}

}  // namespace
}  // namespace boxwright
