// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/thread_budget.h"
#include "core/compute/backend.h"
#include "core/image/codec.h"
#include "core/network/model.h"
#include "core/network/weights_file.h"
#include "core/train/checkpoint.h"
#include "core/train/metrics_log.h"
#include "tests/error_of.h"
#include "training_fixture.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

TEST_F(Training, LearnsAndLeavesAWholeRun) {
  settings_.epochs = 24;
  const TrainingRun run = create("run");
  const EndEvent end = go(run);
  EXPECT_FALSE(end.stopped);
  const auto batches = of<BatchEvent>();
  const auto validations = of<ValidationEvent>();
  ASSERT_EQ(std::int64_t(batches.size()), end.iteration);
  EXPECT_EQ(end.iteration, run.plannedIterations());
  EXPECT_EQ(end.iteration, 168);  // 28 pictures in batches of 4, 24 epochs
  for (std::size_t i = 0; i < batches.size(); ++i) {
    EXPECT_EQ(batches[i].iteration, std::int64_t(i + 1));
    EXPECT_EQ(batches[i].images, std::int64_t(4 * (i + 1)));
    EXPECT_NEAR(batches[i].loss,
                batches[i].lossBox + batches[i].lossObjectness + batches[i].lossNoObject +
                    batches[i].lossClass,
                1e-9);
  }
  const auto mean = [&](std::size_t from) {
    double sum = 0;
    for (std::size_t i = from; i < from + 20; ++i)
      sum += batches[i].loss;
    return sum / 20;
  };
  EXPECT_LT(mean(batches.size() - 20), 0.7 * mean(0));
  ASSERT_FALSE(validations.empty());
  EXPECT_EQ(validations.back().iteration, end.iteration);
  double best = 0;
  for (const ValidationEvent& v : validations)
    best = std::max(best, v.map50);
  EXPECT_EQ(end.bestMap50, best);
  EXPECT_EQ(validations[0].classes[0].name, "square");

  for (const char* name : {"metrics.jsonl", "metrics.csv", "log.txt", "checkpoints/last.ckpt",
                           "weights/best.weights", "weights/last.weights"})
    EXPECT_TRUE(fs::is_regular_file(run.folder() / name)) << name;
  // The metrics hold the events in order; checkpoints and what is true of a process are left out.
  std::istringstream metrics(readFile(run.folder() / "metrics.jsonl"));
  auto next = events_.begin();
  std::size_t lines = 0;
  for (std::string line; std::getline(metrics, line); ++lines) {
    next = std::find_if(next, events_.end(),
                        [&](const TrainEvent& event) { return toJson(event) == line; });
    ASSERT_NE(next, events_.end()) << line;
    EXPECT_FALSE(std::holds_alternative<CheckpointEvent>(*next)) << line;
    EXPECT_EQ(line.find("loader thread"), std::string::npos) << line;
  }
  EXPECT_GT(lines, batches.size() + validations.size() + 3);
  EXPECT_NE(readFile(run.folder() / "log.txt").find("loader thread"), std::string::npos);
  const std::string csv = readFile(run.folder() / "metrics.csv");
  EXPECT_EQ(std::size_t(std::count(csv.begin(), csv.end(), '\n')), validations.size() + 1);
  EXPECT_EQ(csv.rfind("iteration,epoch,map50,", 0), 0U);
  const Model model = openRunModel(run.folder());
  EXPECT_EQ(model.names, dataset_.classes);
  EXPECT_TRUE(said("Recipe small"));

  // A finished run can be given more.
  TrainOptions more;
  more.resume = true;
  more.moreEpochs = 2;
  const EndEvent longer = go(TrainingRun::open(run.folder()), 0, more);
  EXPECT_EQ(longer.iteration, 182);
  EXPECT_EQ(run.plannedIterations(), 182);
  EXPECT_TRUE(said("2 more epochs"));
}

TEST_F(Training, StoppedAndResumedItEqualsOneThatRanThrough) {
  settings_.epochs = 6;
  settings_.adjustments = {"average_epochs=2"};
  settings_.ideas.multiScale = MultiScale::On;
  settings_.size = 96;
  const TrainingRun whole = create("whole"), parts = create("parts");
  go(whole);
  const std::vector<ValidationEvent> validations = of<ValidationEvent>();
  ASSERT_GE(validations.size(), 2U);
  // Stopped in the middle of an epoch, right at a validation, and soon after.
  EndEvent end = go(parts, 9);
  EXPECT_TRUE(end.stopped);
  EXPECT_EQ(end.iteration, 9);
  EXPECT_TRUE(parts.hasCheckpoint());
  TrainOptions resume;
  resume.resume = true;
  end = go(TrainingRun::open(parts.folder()), validations[1].iteration, resume);
  EXPECT_TRUE(end.stopped);
  EXPECT_TRUE(said("Going on from iteration 9"));
  end = go(TrainingRun::open(parts.folder()), 0, resume);
  EXPECT_FALSE(end.stopped);
  EXPECT_EQ(numbersOf(parts), numbersOf(whole));
  EXPECT_EQ(readFile(parts.folder() / "metrics.csv"), readFile(whole.folder() / "metrics.csv"));
  EXPECT_EQ(readFile(parts.folder() / "weights" / "best.weights"),
            readFile(whole.folder() / "weights" / "best.weights"));
  EXPECT_EQ(readFile(parts.folder() / "weights" / "last.weights"),
            readFile(whole.folder() / "weights" / "last.weights"));
}

TEST_F(Training, GoesOnWithAnotherDevice) {
  settings_.device = "cpu";
  settings_.precision = "float32";
  settings_.epochs = 1;
  const TrainingRun whole = create("whole"), parts = create("parts");
  go(whole);
  const std::vector<BatchEvent> expected = of<BatchEvent>();
  go(parts, 2);
  TrainOptions resume;
  resume.resume = true;
  resume.device = "reference";
  go(TrainingRun::open(parts.folder()), 5, resume);
  EXPECT_TRUE(said("Training on reference"));
  EXPECT_TRUE(said("was trained on cpu in float32 and goes on with reference in float32"));
  for (const BatchEvent& found : of<BatchEvent>()) {
    const double loss = expected.at(static_cast<std::size_t>(found.iteration) - 1).loss;
    EXPECT_NEAR(found.loss, loss, 1e-3 * loss) << found.iteration;
  }
  EXPECT_EQ(TrainingRun::open(parts.folder()).settings().device, "reference");
  EXPECT_EQ(TrainingRun::open(parts.folder()).settings().precision, "auto")
      << "not what the other device computed in";
  go(TrainingRun::open(parts.folder()), 6, {.resume = true});
  EXPECT_TRUE(said("Training on reference"));
  EXPECT_FALSE(said("was trained on"));
}

TEST_F(Training, TheSameDeviceByAnotherNameIsNoOther) {
  const TrainingRun run = create("run");
  go(run, 2);
  EXPECT_EQ(TrainingRun::open(run.folder()).computedOn(), "cpu in float32");
  TrainOptions resume;
  resume.resume = true;
  resume.device = settings_.device == "cpu" ? "auto" : "cpu";
  go(TrainingRun::open(run.folder()), 4, resume);
  EXPECT_FALSE(said("was trained on"));
  EXPECT_EQ(TrainingRun::open(run.folder()).settings().device, resume.device);
}

TEST_F(Training, ADeviceThatIsNotHereLosesNothing) {
  const TrainingRun run = create("run");
  go(run, 2);
  TrainOptions resume;
  resume.resume = true;
  resume.device = "cuda:99";
  const auto files = [&] {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(run.folder()))
      if (entry.is_regular_file()) all[entry.path().string()] = readFile(entry.path());
    all.erase((run.folder() / "log.txt").string());
    return all;
  };
  const std::map<std::string, std::string> before = files();
  EXPECT_THROW(go(TrainingRun::open(run.folder()), 4, resume), DeviceMissing);
  EXPECT_EQ(files(), before);
  EXPECT_EQ(go(TrainingRun::open(run.folder()), 4, {.resume = true}).iteration, 4);
}

TEST_F(Training, ADeviceThatChecksSaysHowFarItWasOff) {
  settings_.device = "check:cpu,reference";
  go(create("run"), 2);
  EXPECT_TRUE(said("check:cpu,reference: the largest differences"));
}

TEST_F(Training, LoaderThreadsChangeNothingAndLinesAfterTheCheckpointAreCut) {
  const TrainingRun one = create("one");
  settings_.loaderThreads = 3;
  settings_.subdivisions = 1;
  const TrainingRun three = create("three");
  go(one);
  go(three, 5);
  // A crash after the checkpoint leaves lines behind that the resume must not keep.
  {
    const fs::path log = three.folder() / "metrics.jsonl";
    std::string text = readFile(log);
    text += "{\"event\":\"batch\",\"iteration\":6,\"loss\":1}\n{\"event\":\"ba";
    writeFileAtomically(log, text);
  }
  TrainOptions resume;
  resume.resume = true;
  resume.loaderThreads = 2;
  go(TrainingRun::open(three.folder()), 0, resume);
  EXPECT_TRUE(said("2 loader threads"));
  EXPECT_EQ(numbersOf(one), numbersOf(three));
}

/// Boxes are drawn to their anchors while fewer pictures than prior_images have been seen, those of
/// the mini-batch counted (spec 5.1).
TEST_F(Training, PriorTermEndsWithTheVeryMiniBatch) {
  settings_.epochs = 1;
  settings_.subdivisions = 2;  // mini-batches of 2: pictures 2, 4, … 10, 12 after the third update
  std::map<int, std::vector<std::string>> numbers;
  for (const int images : {9, 10, 11, 12}) {
    settings_.adjustments = {"prior_epochs=0", "prior_images=" + std::to_string(images)};
    const TrainingRun run = create("run" + std::to_string(images));
    go(run);
    for (const BatchEvent& event : of<BatchEvent>())
      numbers[images].push_back(std::to_string(event.lossBox));
    ASSERT_GE(numbers[images].size(), 4U);
  }
  EXPECT_EQ(numbers[9], numbers[10]);   // 10 < 9 and 10 < 10 are both false
  EXPECT_EQ(numbers[11], numbers[12]);  // 12 < 11 and 12 < 12 too
  EXPECT_EQ(numbers[10][1], numbers[11][1]);
  EXPECT_NE(numbers[10][2], numbers[11][2]);  // 10 < 11: half of the third update
}

TEST_F(Training, DarknetExactIsKeptInTheCfgAndObeyed) {
  settings_.epochs = 1;
  const TrainingRun ours = create("ours");
  settings_.adjustments = {"darknet_exact=1", "rolling_momentum=0.99"};
  const TrainingRun exact = create("exact");
  go(ours);
  const std::vector<BatchEvent> before = of<BatchEvent>();
  go(exact);
  EXPECT_TRUE(said("darknet_exact"));
  const std::vector<BatchEvent> after = of<BatchEvent>();
  ASSERT_EQ(before.size(), after.size());
  EXPECT_NEAR(before[0].loss, after[0].loss, 0.05 * before[0].loss);
  EXPECT_NE(before[0].loss, after[0].loss);
  const Model model = openRunModel(exact.folder());
  EXPECT_EQ(model.batchNorm, BatchNormForm::EpsilonOutside);
  EXPECT_EQ(openRunModel(ours.folder()).batchNorm, BatchNormForm::EpsilonInside);
  // From 0 with .99 a few updates are far from the statistics that ours has from the first on.
  const auto varianceOf = [](const Model& opened) {
    double sum = 0;
    for (const float variance : opened.network.layers[0].weights.rollingVariance)
      sum += variance;
    return sum;
  };
  const double share = varianceOf(model) / varianceOf(openRunModel(ours.folder()));
  EXPECT_NEAR(share, 1 - std::pow(0.99, double(after.size())), 0.03);
}

TEST_F(Training, SubdivisionsCountTheSamePictures) {
  settings_.subdivisions = 2;
  const TrainingRun run = create("run");
  const EndEvent end = go(run);
  EXPECT_EQ(end.iteration, 21);
  EXPECT_EQ(of<BatchEvent>().back().images, 84);
}

TEST_F(Training, ABatchThatDoesNotFitSaysWhatWouldAndLeavesTheNameFree) {
  settings_.size = 2048;
  settings_.batch = 4093;  // has no parts but of one picture
  const TrainingRun run = create("run");
  EXPECT_NE(errorOf([&] { go(run); }).find("choose 4093 subdivisions"), std::string::npos);
  EXPECT_FALSE(run.hasCheckpoint());
  settings_.size = 64;
  settings_.batch = 4;
  EXPECT_EQ(go(create("run"), 2).iteration, 2);
}

TEST_F(Training, FindsTheSubdivisionsThatFitAndKeepsThem) {
  settings_.subdivisions = kFittingParts;
  const TrainingRun run = create("run");
  EXPECT_EQ(run.recipe().subdivisions, 1) << "all fits here";
  EXPECT_EQ(TrainingRun::open(run.folder()).recipe().subdivisions, 1);
  go(run, 2);
  EXPECT_TRUE(said("fits into the memory of the device whole"));
}

TEST_F(Training, GoesOnInOtherSubdivisions) {
  const TrainingRun run = create("run");
  go(run, 3);
  TrainOptions resume;
  resume.resume = true;
  resume.subdivisions = 3;  // of a batch of 4
  EXPECT_THROW(go(TrainingRun::open(run.folder()), 5, resume), Error);
  EXPECT_EQ(TrainingRun::open(run.folder()).recipe().subdivisions, 1);
  resume.subdivisions = 2;
  EXPECT_EQ(go(TrainingRun::open(run.folder()), 5, resume).iteration, 5);
  EXPECT_TRUE(said("worked off in 2 parts"));
  const TrainingRun kept = TrainingRun::open(run.folder());
  EXPECT_EQ(kept.recipe().subdivisions, 2);
  EXPECT_EQ(kept.settings().subdivisions, 2);
  EXPECT_NE(readFile(run.folder() / "model.cfg").find("subdivisions=2"), std::string::npos);
  EXPECT_EQ(go(kept, 7, {.resume = true}).iteration, 7);
  EXPECT_FALSE(said("worked off in"));
  resume.subdivisions = kFittingParts;
  EXPECT_EQ(go(TrainingRun::open(run.folder()), 9, resume).iteration, 9);
  EXPECT_TRUE(said("worked off in 1 part:")) << "all fits here";
}

TEST_F(Training, MustBeResumedOrNew) {
  const TrainingRun run = create("run");
  TrainOptions resume;
  resume.resume = true;
  EXPECT_THROW(go(run, 0, resume), Error);  // nothing to go on from
  go(run, 3);
  EXPECT_THROW(go(run), Error);  // would overwrite
  Dataset other = dataset_;
  other.classes = {"square", "other"};
  EXPECT_THROW(train(run, other, resume, {}, {}), Error);
}

TEST_F(Training, DamagedClassesOfARunAreNotBlamedOnTheDataset) {
  go(create("run"), 3);
  const fs::path classes = scratch_ / "run" / "classes.names";
  const std::string before = readFile(classes);
  writeFileAtomically(classes, "square\nsomething\n");
  const auto resume = [&] { go(TrainingRun::open(scratch_ / "run"), 4, {.resume = true}); };
  const std::string message = errorOf(resume);
  EXPECT_NE(message.find("the run's file of classes has changed"), std::string::npos) << message;
  EXPECT_NE(message.find("classes.names"), std::string::npos) << message;
  writeFileAtomically(classes, before);
  EXPECT_NO_THROW(resume());
}

TEST_F(Training, LossThatIsNoNumberStopsAndNamesThePictures) {
  settings_.learningRate = 90;
  settings_.epochs = 60;
  settings_.adjustments = {"warm_up_epochs=0", "momentum=0.99"};
  const TrainingRun run = create("run");
  try {
    go(run);
    FAIL() << "it should have failed";
  } catch (const Error& error) {
    EXPECT_NE(error.problem().find("no number"), std::string::npos) << error.what();
    EXPECT_NE(error.where().find("picture "), std::string::npos) << error.what();
    EXPECT_NE(error.advice().find("lower learning rate"), std::string::npos);
  }
  // What is kept is good.
  const Checkpoint kept = loadCheckpoint(run.folder() / "checkpoints" / "last.ckpt");
  EXPECT_TRUE(std::all_of(kept.weights.begin(), kept.weights.end(),
                          [](float v) { return std::isfinite(v); }));
}

TEST_F(Training, FullDiskKeepsTheOldCheckpoint) {
  settings_.epochs = 30;
  const TrainingRun run = create("run");
  go(run, 4);
  const std::string before = readFile(run.folder() / "checkpoints" / "last.ckpt");
  // A limit on the size of files stands in for a full disk: the log cannot grow any more.
  struct rlimit old {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit tight = old;
  tight.rlim_cur = fs::file_size(run.folder() / "metrics.jsonl") + 600;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  TrainOptions resume;
  resume.resume = true;
  std::string message;
  try {
    go(TrainingRun::open(run.folder()), 0, resume);
  } catch (const Error& error) {
    message = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(message.find("cannot write file"), std::string::npos) << message;
  EXPECT_EQ(readFile(run.folder() / "checkpoints" / "last.ckpt"), before);
  EXPECT_EQ(go(TrainingRun::open(run.folder()), 6, resume).iteration, 6);
}

TEST_F(Training, RunFolderThatIsGoneOrBlockedIsAnError) {
  const TrainingRun run = create("run");
  fs::remove(run.folder() / "checkpoints");
  writeFileAtomically(run.folder() / "checkpoints", "in the way");
  EXPECT_THROW(go(run), Error);
  fs::remove_all(run.folder());
  EXPECT_THROW(go(run), Error);
}

TEST_F(Training, MinutesBecomeIterationsOnce) {
  settings_.minutes = 0.05;
  const TrainingRun run = create("run");
  const auto begin = std::chrono::steady_clock::now();
  go(run, 20);  // 20 updates are done, and nothing is planned yet
  EXPECT_EQ(run.plannedIterations(), 0);
  TrainOptions resume;
  resume.resume = true;
  go(TrainingRun::open(run.folder()), 25, resume);
  EXPECT_TRUE(said("minutes are"));
  const std::int64_t planned = run.plannedIterations();
  EXPECT_GT(planned, 20);
  const EndEvent done = go(TrainingRun::open(run.folder()), 0, resume);
  EXPECT_FALSE(done.stopped);
  EXPECT_FALSE(said("minutes are"));
  EXPECT_EQ(done.iteration, planned);
  EXPECT_EQ(run.plannedIterations(), planned);
  // 3 s were asked for; a busy machine may take longer.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(40));
}

TEST_F(Training, StartsFromGivenWeights) {
  const TrainingRun first = create("first");
  go(first);
  const fs::path weights = first.folder() / "weights" / "last.weights";
  settings_.init = utf8(weights);
  const TrainingRun second = create("second");
  go(second, 1);
  EXPECT_TRUE(said("6 of 6 convolutions start from")) << toJson(events_.back());
  EXPECT_EQ(of<BatchEvent>().front().images, 4);  // counted from 0
  // Other anchors: the head starts at random, the rest is taken.
  settings_.anchors = 1;
  go(create("third"), 1);
  EXPECT_TRUE(said("5 of 6 convolutions start from"));
  settings_.init = utf8(scratch_ / "absent.weights");
  EXPECT_THROW(go(create("fourth")), Error);
}

TEST_F(Training, PictureThatCannotBeReadIsLeftOutAndNamed) {
  writeFileAtomically(dataset_.absolutePath(0), "no picture");
  writeFileAtomically(dataset_.absolutePath(4), "no picture");  // in the val split
  settings_.quarantine = "none";
  go(create("run"));
  EXPECT_TRUE(said("1 damaged in train (left out when its turn comes): picture 0.png"));
  EXPECT_TRUE(said("Left out picture 0.png"));
  EXPECT_TRUE(said("Left out of validation: picture 4.png"));
  EXPECT_TRUE(said("1 training picture could not be read and was left out."));
}

TEST_F(Training, DamagedPicturesAreNotLearnedButScored) {
  for (const std::size_t index : {std::size_t(0), std::size_t(4)}) {
    const auto file = dataset_.absolutePath(index);
    const std::string bytes = encodeImage(decodeImage(file).image, ".jpg");
    writeFileAtomically(file, bytes.substr(0, bytes.size() * 2 / 3));
  }
  const TrainingRun run = create("run");
  go(run, 8);
  EXPECT_TRUE(said("1 damaged in train (in quarantine: not learned from): picture 0.png"));
  EXPECT_TRUE(said("1 damaged in val (counts as far as it can be read): picture 4.png"));
  EXPECT_FALSE(said("Left out"));
  TrainOptions resume;
  resume.resume = true;
  go(TrainingRun::open(run.folder()), 0, resume);
  EXPECT_TRUE(said("1 training picture is in quarantine since the run began"));
  EXPECT_TRUE(said("Damaged, but counted in validation: picture 4.png"));
}

TEST_F(Training, MoreLoaderThreadsThanAreOfUseAreNotStarted) {
  settings_.loaderThreads = 1 << 20;
  settings_.epochs = 1;
  go(create("run"));
  EXPECT_TRUE(said(std::to_string(mostThreads()) + " loader threads"));
}

TEST_F(Training, PatienceEndsEarly) {
  settings_.epochs = 400;
  settings_.learningRate = 1e-9;  // nothing is learned
  settings_.patience = 2;
  const TrainingRun run = create("run");
  const EndEvent end = go(run);
  EXPECT_FALSE(end.stopped);
  EXPECT_LT(end.iteration, 200);
  EXPECT_TRUE(said("ends early"));
  // Who asks for more gets more, also when it is killed before its next checkpoint.
  struct Killed {};
  EXPECT_THROW(train(run, dataset_, {.resume = true, .moreEpochs = 1}, {},
                     [](const TrainEvent& event) {
                       if (std::holds_alternative<BatchEvent>(event)) throw Killed{};
                     }),
               Killed);
  const EndEvent more = go(run, 0, {.resume = true});
  EXPECT_FALSE(more.finishedBefore);
  EXPECT_GT(more.iteration, end.iteration);
  EXPECT_TRUE(go(run, 0, {.resume = true}).finishedBefore);
}

TEST_F(Training, TwoAtOnceOnOneRunAreRefused) {
  const TrainingRun run = create("run");
  go(run, 3);
  const std::string before = readFile(run.folder() / "metrics.jsonl");
  {
    const MetricsLog other(run.folder());
    EXPECT_THROW(MetricsLog(run.folder()), Error);
    const std::string plan = readFile(run.folder() / "run.json");
    for (const int moreEpochs : {0, 5}) {
      const std::string message =
          errorOf([&] { go(run, 0, {.resume = true, .moreEpochs = moreEpochs}); });
      EXPECT_NE(message.find("being trained already"), std::string::npos) << message;
    }
    EXPECT_EQ(readFile(run.folder() / "metrics.jsonl"), before);
    EXPECT_EQ(readFile(run.folder() / "run.json"), plan) << "it was given a longer plan";
  }
  EXPECT_FALSE(go(run, 0, {.resume = true}).stopped);
}

TEST_F(Training, LongerPlanIsKeptOnlyWhenTheTrainingCanGoOn) {
  const TrainingRun run = create("run");
  go(run, 3);
  const std::string plan = readFile(run.folder() / "run.json");
  Dataset other = dataset_;
  other.classes = {"square", "other"};
  EXPECT_THROW(train(run, other, {.resume = true, .moreEpochs = 5}, {}, {}), Error);
  EXPECT_EQ(readFile(run.folder() / "run.json"), plan);
}

TEST_F(Training, WhatAKilledTrainingLeftIsRemoved) {
  const TrainingRun run = create("run");
  go(run, 3);
  const fs::path left[] = {run.folder() / "checkpoints" / ".last.ckpt.bw-a1B2c3",
                           run.folder() / "weights" / ".last.weights.bw-a1B2c3",
                           run.folder() / "weights" / ".best.weights.bw-a1B2c3"};
  for (const fs::path& file : left)
    writeFileAtomically(file, "half a file");
  go(run, 4, {.resume = true});
  for (const fs::path& file : left)
    EXPECT_FALSE(fs::exists(file)) << file;
}

TEST_F(Training, PicturesWithClassesButNoBoxesAreNoBackground) {
  for (const std::size_t index : {std::size_t(0), std::size_t(1), std::size_t(4)}) {
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    annotation.imageClasses = {1};
    dataset_.pictures[index].annotation = std::make_shared<const Annotation>(annotation);
  }
  settings_.epochs = 1;
  go(create("run"));
  EXPECT_TRUE(said("Left out of training and validation: 3 pictures that have classes"));
  EXPECT_TRUE(said("26 training pictures"));      // of 28
  EXPECT_TRUE(said("Validation on 7 pictures"));  // of 8
  EXPECT_FALSE(said("show no object"));
}

TEST_F(Training, TakesTheFirstLayersOnlyWhereAsked) {
  const TrainingRun first = create("first");
  go(first, 1);
  settings_.init = utf8(first.folder() / "weights" / "last.weights");
  settings_.initLayers = 4;  // two convolutions, two pools
  go(create("second"), 1);
  EXPECT_TRUE(said("2 of 6 convolutions start from"));
  EXPECT_TRUE(said("(layers 0 to 3, trained on"));
}

TEST_F(Training, SaysThatTheNumberOfComputeThreadsIsAnother) {
  const TrainingRun run = create("run");
  EXPECT_EQ(run.computeThreads(), 1);
  go(run, 2);
  go(TrainingRun::open(run.folder()), 3, {.resume = true});
  EXPECT_FALSE(said("compute threads"));
  if (mostThreads() < 2) GTEST_SKIP() << "one core";
  go(TrainingRun::open(run.folder()), 4, {.resume = true, .threads = 2});
  EXPECT_TRUE(said("began with 1 compute threads and goes on with 2"));
}

TEST_F(Training, DropoutDrawsAnotherMaskEachStep) {
  // Nothing is learned and one picture with one object is shown as it is: only the mask changes.
  const auto& train = dataset_.splits["train"];
  dataset_.splits["train"] = {*std::find_if(train.begin(), train.end(), [&](std::size_t i) {
    return dataset_.pictures[i].annotation->boxes.size() == 1;
  })};
  settings_.batch = 1;
  settings_.anchors = 1;
  settings_.adjustments = {"learning_rate=0", "plain_epochs=1000"};
  const auto losses = [&](const std::string& name) {
    go(create(name));
    std::vector<double> found;
    for (const BatchEvent& event : of<BatchEvent>())
      found.push_back(event.loss);
    return found;
  };
  const std::vector<double> without = losses("without");
  ASSERT_EQ(without.size(), 3U);
  EXPECT_EQ(without[0], without[1]);
  EXPECT_EQ(without[1], without[2]);
  std::string cfg = readFile(settings_.model);
  cfg.insert(cfg.rfind("[convolutional]"), "[dropout]\nprobability=.5\n\n");
  writeFileAtomically(settings_.model, cfg);
  const std::vector<double> with = losses("with");
  ASSERT_EQ(with.size(), 3U);
  EXPECT_NE(with[0], with[1]);
  EXPECT_NE(with[1], with[2]);
}

TEST_F(Training, ForeignMaxIsObeyedAndCounted) {
  std::string cfg = readFile(settings_.model);
  cfg += "max=1\n";
  writeFileAtomically(settings_.model, cfg);
  go(create("run"));
  EXPECT_TRUE(said("beyond the cfg's max="));
}

}  // namespace
}  // namespace boxwright
