// SPDX-License-Identifier: GPL-3.0-or-later
//
// What becomes of runs on the Train page: begun and stopped, diverged, moved, of a classifier.
#include <gtest/gtest.h>

#include <QLineEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <algorithm>
#include <vector>

#include "core/base/atomic_file.h"
#include "tests/ui/train_page_test.h"
#include "ui/charts/chart.h"
#include "ui/detect/model_picker.h"
#include "ui/train/run_charts.h"
#include "ui/train/run_list.h"
#include "ui/train/run_summary.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

class TrainRunsTest : public TrainPageTest {
 protected:
  void small(int epochs) {
    RunSettings settings = page_->form()->settings();
    settings.size = 64;
    settings.epochs = epochs;
    page_->form()->setSettings(settings);
  }

  /// Starts a run that diverges soon.
  void startTooFast() {
    RunSettings settings = page_->form()->settings();
    settings.size = 64;
    settings.epochs = 50;
    settings.learningRate = 10;
    page_->form()->setSettings(settings);
    start();
  }

  void start() {
    QTest::mouseClick(find<QPushButton>("start"), Qt::LeftButton);
    ASSERT_TRUE(page_->training()->isRunning());
  }

  /// Two training pictures are validation pictures once more.
  void makeNearCopies() {
    const Dataset dataset = openDataset(dataset_);
    const auto pictures = [&](const char* split) {
      std::vector<fs::path> files;
      for (const std::size_t index : dataset.splits.at(split))
        if (dataset.absolutePath(index).extension() == ".jpg")
          files.push_back(dataset.absolutePath(index));
      return files;
    };
    const std::vector<fs::path> train = pictures("train"), val = pictures("val");
    ASSERT_GE(val.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i)
      fs::copy_file(val[i], train[i], fs::copy_options::overwrite_existing);
  }

  /// Goes on with the run, for a few steps at most.
  void resume(const fs::path& run) {
    auto* button = find<QPushButton>("resume");
    ASSERT_TRUE(waitFor([&] { return page_->shownRun() == run && button->isVisible(); }));
    QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_TRUE(waitFor(
        [&] {
          return !page_->training()->isRunning() ||
                 (page_->training()->isMade() && page_->errorBar()->isHidden() &&
                  page_->training()->curves()->messages().size() > 0);
        },
        60));
    page_->stopTraining();
    ASSERT_TRUE(waitForEnd());
  }

  /// Where it lies then.
  fs::path moveDataset() {
    const fs::path moved = root_ / "moved";
    fs::rename(dataset_, moved);
    return moved;
  }

  void makeOther() {
    dataset_ = root_ / "other";
    makeSampleDataset(dataset_, {.images = 8, .seed = 9});
  }

  bool waitForCheck() {
    return waitFor(
        [&] { return page_->training()->job().progressText().contains("checking pictures"); }, 60);
  }

  /// Pictures that take a while to look at.
  void makeLargePictures() {
    Image noise(2800, 2800);  // the check takes many paints, on a fast machine too
    std::uint32_t value = 1;
    for (const auto& entry : fs::recursive_directory_iterator(dataset_)) {
      if (entry.path().extension() != ".jpg") continue;
      for (std::uint8_t& channel : noise.pixels) {
        value = value * 1664525 + 1013904223;
        channel = static_cast<std::uint8_t>(value >> 24);
      }
      writeImage(entry.path(), noise);
    }
  }
};

TEST_F(TrainRunsTest, ATrainedClassifierIsNoModelToDetectWith) {
  makeClassFolders();
  open();
  ASSERT_TRUE(waitFor([&] { return page_->form()->task() == NetworkTask::Classification; }));
  small(1);
  start();
  ASSERT_TRUE(waitForEnd());
  ASSERT_FALSE(page_->errorBar()->isShowing())
      << page_->errorBar()->current().problem.toStdString();
  const fs::path run = page_->training()->folder();
  ASSERT_TRUE(waitFor([&] {
    const RunSummary* row = page_->pastRuns()->run(page_->pastRuns()->rowOf(run));
    return row && row->hasWeights && row->state == RunState::Done;
  }));
  QTest::qWait(100);
  EXPECT_TRUE(state_->run().empty());
  ModelPicker picker;
  QSignalSpy looked(&picker, &ModelPicker::looked);
  picker.choose(run);
  picker.lookForRuns(dataset_, run);
  ASSERT_TRUE(waitFor([&] { return looked.count() > 0; }));
  EXPECT_FALSE(picker.hasModel());
  // All that names its numbers says what they are.
  EXPECT_TRUE(chartActions().contains("Top-1 and top-5 as CSV…"));
  EXPECT_TRUE(find<QLabel>("bestValue")->accessibleName().startsWith("Best top-1"));
  EXPECT_EQ(find<QLabel>("leftValue")->accessibleName().toStdString(), "State: done");
}

TEST_F(TrainRunsTest, AClassifiersLogWithoutAValidationIsAClassifiers) {
  makeClassFolders();
  RunSettings settings;
  settings.model = "darknet-nano";
  settings.size = 64;
  const fs::path run = root_ / "whole-runs" / "one";
  Run::create(run, settings, openDataset(dataset_));
  BatchEvent batch;
  batch.iteration = 1;
  batch.loss = 2;
  std::ofstream(run / "metrics.jsonl") << toJson(batch) << "\n";
  open();
  ASSERT_TRUE(waitFor([&] { return page_->charts()->loss()->points(0).size() == 1; }));
  EXPECT_EQ(page_->charts()->map()->title().toStdString(), "Top-1 and top-5");
  EXPECT_TRUE(chartActions().contains("Top-1 and top-5 as PNG…"));
}

TEST_F(TrainRunsTest, TheCheckOfThePicturesIsNoMeasureOfTheTimeLeft) {
  makeLargePictures();
  open();
  small(50);
  double farthest = -1;
  bool saidSo = false;
  const auto look = [&] {
    const Job& job = page_->training()->job();
    if (page_->training()->curves()->lastBatch()) return;
    farthest = std::max(farthest, job.fraction());
    saidSo |= find<QLabel>("leftValueCaption")->text().contains("checking pictures");
  };
  QTimer timer;
  QObject::connect(&timer, &QTimer::timeout, look);
  start();
  timer.start(1);
  ASSERT_TRUE(waitFor([&] { return page_->training()->curves()->lastBatch().has_value(); }, 60));
  timer.stop();
  EXPECT_LT(farthest, 0.2);  // of the steps, perhaps one; the check came to its end
  EXPECT_TRUE(saidSo);
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
}

TEST_F(TrainRunsTest, StoppedDuringTheCheckItLeavesNothingInTheWay) {
  makeLargePictures();
  open();
  small(50);
  const fs::path folder = page_->form()->runFolder();
  start();
  ASSERT_TRUE(waitForCheck());
  QTest::mouseClick(find<QPushButton>("stop"), Qt::LeftButton);
  ASSERT_TRUE(waitForEnd(20));
  ASSERT_FALSE(page_->training()->curves()->lastBatch());
  EXPECT_FALSE(page_->errorBar()->isShowing());
  auto* begin = find<QPushButton>("start");
  ASSERT_TRUE(waitFor([&] { return page_->form()->runFolder() == folder && begin->isEnabled(); }));
  EXPECT_TRUE(page_->pastRuns()->runs().empty());
  EXPECT_FALSE(find<QPushButton>("resume")->isVisible());
  // The next takes its place.
  start();
  ASSERT_TRUE(waitFor([&] { return page_->training()->isMade(); }));
  EXPECT_EQ(page_->training()->folder().filename(), folder.filename());
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
  EXPECT_FALSE(page_->errorBar()->isShowing());
}

TEST_F(TrainRunsTest, ClosingDuringTheCheckClosesTheWindow) {
  makeLargePictures();
  MainWindow window;
  window.show();
  window.openPath(QString::fromStdString(dataset_.string()));
  auto* train = window.findChild<TrainPage*>();
  auto* begin = train->findChild<QPushButton*>("start");
  ASSERT_TRUE(waitFor([&] { return begin->isEnabled(); }));
  begin->click();
  ASSERT_TRUE(waitFor(
      [&] { return train->training()->job().progressText().contains("checking pictures"); }));
  window.close();
  ASSERT_TRUE(waitFor([&] { return !window.isVisible(); }, 20));
  EXPECT_FALSE(train->errorBar()->isShowing());
}

TEST_F(TrainRunsTest, ARunThatNeverBeganGivesWayToItsName) {
  const fs::path dead = root_ / "shapes-runs" / "dead";
  RunSettings settings;
  settings.size = 64;
  Run::create(dead, settings, openDataset(dataset_));
  writeRun("lives", 10, 0.01, true);
  open();
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->runs().size() == 1; }));
  EXPECT_LT(page_->pastRuns()->rowOf(dead), 0);
  small(50);
  auto* name = find<QLineEdit>("runName");
  name->setFocus();
  name->selectAll();
  QTest::keyClicks(name, "dead");
  EXPECT_TRUE(page_->form()->fault().isEmpty());
  start();
  ASSERT_TRUE(waitFor([&] { return page_->training()->isMade(); }));
  EXPECT_EQ(page_->training()->folder(), fs::canonical(dead));
  // While it trains it has its row.
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->rowOf(fs::canonical(dead)) >= 0; }));
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
  EXPECT_FALSE(page_->errorBar()->isShowing());
}

TEST_F(TrainRunsTest, ADivergedRunGoesOnWithHalfTheRate) {
  open();
  startTooFast();
  ASSERT_TRUE(waitFor([&] { return page_->errorBar()->isShowing(); }, 60));
  const JobError told = page_->errorBar()->current();
  EXPECT_EQ(page_->training()->failure(), Training::Failure::Diverged)
      << told.problem.toStdString();
  ASSERT_TRUE(waitForEnd());
  const fs::path run = page_->training()->folder();
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->rowOf(run) >= 0; }));
  ASSERT_TRUE(barButton());
  EXPECT_EQ(barButton()->text().toStdString(), "Go on with half the rate");
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(page_->training()->isRunning());
  EXPECT_EQ(page_->training()->folder(), run);
  const auto wentBack = [&] {
    const std::vector<std::string>& messages = page_->training()->curves()->messages();
    return std::any_of(messages.begin(), messages.end(), [](const std::string& message) {
      return message.find("on with half the rate") != std::string::npos;
    });
  };
  EXPECT_TRUE(waitFor(wentBack, 60));
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
}

TEST_F(TrainRunsTest, ARunOfADeviceThatIsNotHereGoesOnWithAuto) {
  const fs::path run = trainedRun("one");
  Run::open(run).keepDevice({"cuda:99", "bf16"}, "a card in bf16");
  open();
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->rowOf(run) >= 0; }));
  find<RunList>("runs")->selectRow(page_->pastRuns()->rowOf(run));
  auto* resume = find<QPushButton>("resume");
  ASSERT_TRUE(waitFor([&] { return page_->shownRun() == run && resume->isVisible(); }));
  QTest::mouseClick(resume, Qt::LeftButton);
  ASSERT_TRUE(waitForEnd());
  ASSERT_TRUE(page_->errorBar()->isShowing());
  EXPECT_EQ(page_->training()->failure(), Training::Failure::NoDevice);
  EXPECT_TRUE(page_->errorBar()->current().problem.contains("device is cuda:99"))
      << page_->errorBar()->current().problem.toStdString();
  ASSERT_TRUE(barButton());
  EXPECT_NE(page_->window()->focusWidget(), find<QPushButton>("start"));
  EXPECT_EQ(barButton()->text().toStdString(), "Go on with auto");
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(page_->training()->isRunning());
  const auto told = [&] {
    const std::vector<std::string>& messages = page_->training()->curves()->messages();
    return std::any_of(messages.begin(), messages.end(), [](const std::string& message) {
      return message.find("was trained on a card in bf16 and goes on") != std::string::npos;
    });
  };
  EXPECT_TRUE(waitFor(told, 60));
  EXPECT_EQ(page_->training()->settings().device, "auto") << "what the page shows of it";
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
  EXPECT_EQ(Run::open(run).settings().device, "auto");
}

TEST_F(TrainRunsTest, ABatchThatDoesNotFitIsOfferedInSmallerParts) {
  open();
  RunSettings settings = page_->form()->settings();
  settings.dataset = dataset_.string();
  settings.size = 2048;
  settings.batch = 1021;  // has no parts but of one picture
  page_->form()->setSettings(settings);
  start();
  ASSERT_TRUE(waitFor([&] { return page_->errorBar()->isShowing(); }, 120));
  ASSERT_TRUE(waitForEnd());
  EXPECT_EQ(page_->training()->failure(), Training::Failure::NoMemory)
      << page_->errorBar()->current().problem.toStdString();
  EXPECT_FALSE(page_->training()->canGoOn());
  EXPECT_TRUE(page_->errorBar()->current().advice.contains("1021 subdivisions"))
      << page_->errorBar()->current().advice.toStdString();
  ASSERT_TRUE(barButton());
  EXPECT_EQ(barButton()->text().toStdString(), "Train in smaller parts");
  // Whatever the button begins has the settings, and parts that fit.
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(page_->training()->isRunning());
  EXPECT_EQ(page_->training()->settings().subdivisions, kFittingParts);
  EXPECT_EQ(page_->training()->settings().batch, 1021);
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd(240));
}

TEST_F(TrainRunsTest, AMovedDatasetIsSoughtAndTheRunGoesOn) {
  const fs::path run = trainedRun("one");
  const fs::path moved = moveDataset();
  // As the window does it.
  QObject::connect(state_.get(), &StudioState::openRequested,
                   [this](const QString& path) { state_->document().open(path.toStdString()); });
  state_->openRun(run);
  state_->keepRun(true);
  auto* resume = find<QPushButton>("resume");
  ASSERT_TRUE(waitFor([&] { return page_->shownRun() == run && resume->isVisible(); }));
  const auto resumeFails = [&] {
    QTest::mouseClick(resume, Qt::LeftButton);
    ASSERT_TRUE(waitForEnd());
    ASSERT_TRUE(page_->errorBar()->isShowing());
    ASSERT_EQ(page_->training()->failure(), Training::Failure::DatasetGone);
    ASSERT_TRUE(barButton());
    ASSERT_EQ(barButton()->text().toStdString(), "Open the dataset…");
  };
  resumeFails();
  // Another dataset is not it; the run stays in the list all the same.
  makeOther();
  open();
  ASSERT_TRUE(waitFor([&] { return page_->shownRun() == run && resume->isVisible(); }));
  EXPECT_EQ(state_->run(), run);
  resumeFails();
  EXPECT_TRUE(page_->errorBar()->current().problem.contains("the open one is another"));
  // Where it lies now is asked for, and the run goes on by itself.
  QTest::mouseClick(barButton(), Qt::LeftButton);
  auto* dialog = page_->findChild<QFileDialog*>();
  ASSERT_TRUE(dialog);
  EXPECT_EQ(dialog->fileMode(), QFileDialog::Directory);
  answerFileDialog(moved);
  ASSERT_TRUE(waitFor([&] { return page_->training()->isRunning(); }));
  ASSERT_TRUE(waitFor([&] { return page_->training()->curves()->lastBatch().has_value(); }, 60))
      << page_->errorBar()->current().problem.toStdString();
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
  EXPECT_FALSE(page_->errorBar()->isShowing());
  EXPECT_EQ(Run::open(run).settings().dataset, moved.string());
}

TEST_F(TrainRunsTest, TheOpenDatasetIsTakenWhereAnotherStandsInItsPlace) {
  const fs::path run = trainedRun("one");
  const fs::path moved = moveDataset();
  makeSampleDataset(dataset_, {.kind = SampleKind::Classes, .images = 32, .seed = 9});
  // What stands there has other classes: the trainer says so.
  open();
  resume(run);
  EXPECT_EQ(page_->training()->failure(), Training::Failure::Other);
  EXPECT_TRUE(page_->errorBar()->current().problem.contains("classes are not those of the run"))
      << page_->errorBar()->current().problem.toStdString();
  // Where it is not the open one, where the run's own is can be said.
  makeOther();
  state_->openRun(run);
  state_->keepRun(true);
  open();
  resume(run);
  EXPECT_EQ(page_->training()->failure(), Training::Failure::DatasetGone);
  ASSERT_TRUE(barButton());
  EXPECT_EQ(barButton()->text().toStdString(), "Open the dataset…");
  // The moved one, opened like any other.
  state_->openRun(run);
  state_->keepRun(true);
  dataset_ = moved;
  open();
  resume(run);
  EXPECT_EQ(page_->training()->failure(), Training::Failure::Other);
  EXPECT_FALSE(page_->errorBar()->isShowing())
      << page_->errorBar()->current().problem.toStdString();
  EXPECT_EQ(Run::open(run).settings().dataset, moved.string());
}

TEST_F(TrainRunsTest, NearCopiesAreOfferedToBeLeftOut) {
  makeNearCopies();
  open();
  small(200);
  start();
  ASSERT_TRUE(waitFor([&] { return barButton() != nullptr; }, 60));
  EXPECT_TRUE(page_->errorBar()->current().problem.contains("look like"))
      << page_->errorBar()->current().problem.toStdString();
  EXPECT_EQ(barButton()->text().toStdString(), "Leave them out");
  const fs::path first = page_->training()->folder();
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(waitFor(
      [&] {
        return page_->training()->isRunning() && page_->training()->isMade() &&
               page_->training()->folder() != first;
      },
      60));
  EXPECT_EQ(page_->training()->settings().quarantine, "damaged,duplicates");
  EXPECT_EQ(page_->training()->settings().size, 64);
  ASSERT_TRUE(waitFor([&] { return page_->training()->curves()->lastBatch().has_value(); }, 60));
  EXPECT_FALSE(page_->errorBar()->isShowing());  // nothing is left to ask about
  EXPECT_EQ(summariseRun(first).state, RunState::Stopped);
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
}

TEST_F(TrainRunsTest, WhatIsLeftOutIsNotLeftOutOfAnotherDataset) {
  makeNearCopies();
  open();
  RunSettings settings = page_->form()->settings();
  settings.size = 320;  // a batch takes longer than opening the other
  page_->form()->setSettings(settings);
  start();
  ASSERT_TRUE(waitFor(
      [&] { return barButton() && page_->training()->curves()->lastBatch().has_value(); }, 60));
  QTest::mouseClick(barButton(), Qt::LeftButton);
  const fs::path first = page_->training()->folder();
  makeOther();
  open();
  ASSERT_TRUE(waitForEnd());
  QTest::qWait(500);
  EXPECT_FALSE(page_->training()->isRunning());
  EXPECT_EQ(page_->training()->folder(), first);
}

TEST_F(TrainRunsTest, NearCopiesAreNoNoteOverAnotherDataset) {
  makeLargePictures();
  makeNearCopies();
  open();
  small(200);
  start();
  ASSERT_TRUE(waitForCheck());
  makeOther();
  open();
  ASSERT_TRUE(waitFor([&] { return page_->training()->curves()->lastBatch().has_value(); }, 60));
  const std::vector<std::string>& messages = page_->training()->curves()->messages();
  EXPECT_TRUE(std::any_of(messages.begin(), messages.end(), [](const std::string& message) {
    return message.find("like one of another split") != std::string::npos;
  }));
  EXPECT_FALSE(page_->errorBar()->isShowing());
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
}

TEST_F(TrainRunsTest, ClosingAfterLeaveThemOutClosesTheWindow) {
  makeNearCopies();
  MainWindow window;
  window.show();
  window.openPath(QString::fromStdString(dataset_.string()), QStringLiteral("train"));
  auto* train = window.findChild<TrainPage*>();
  auto* begin = train->findChild<QPushButton*>("start");
  ASSERT_TRUE(waitFor([&] { return begin->isEnabled(); }));
  train->findChild<QSpinBox*>("size")->setValue(64);
  train->findChild<QSpinBox*>("epochs")->setValue(500);
  begin->click();
  ASSERT_TRUE(waitFor([&] { return train->errorBar()->isShowing(); }, 60));
  for (QPushButton* button : train->errorBar()->findChildren<QPushButton*>())
    if (button->text() == "Leave them out") button->click();
  ASSERT_TRUE(train->training()->isStopping());
  const fs::path first = train->training()->folder();
  window.close();
  EXPECT_TRUE(waitFor([&] { return !window.isVisible(); }, 20));
  EXPECT_EQ(train->training()->folder(), first);
  train->stopTraining();
}

TEST_F(TrainRunsTest, WhatWasSoughtIsForgottenWhereAnotherIsOpened) {
  const fs::path run = trainedRun("one");
  const fs::path moved = moveDataset();
  state_->openRun(run);
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->rowOf(run) >= 0; }));
  page_->findDataset();
  answerFileDialog(moved);  // nobody opens it
  QSignalSpy pages(state_.get(), &StudioState::pageRequested);
  makeOther();
  open();
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->rowOf(run) >= 0; }));
  QTest::qWait(200);
  EXPECT_EQ(pages.count(), 0);
  EXPECT_FALSE(page_->training()->curves());  // nothing has begun
}

TEST_F(TrainRunsTest, ACopyIsNotTakenWhereTheRunsOwnDatasetStands) {
  const fs::path run = trainedRun("one");
  const std::string own = dataset_.string();
  fs::copy(dataset_, root_ / "copy", fs::copy_options::recursive);
  dataset_ = root_ / "copy";
  state_->openRun(run);
  state_->keepRun(true);
  open();
  resume(run);
  EXPECT_FALSE(page_->errorBar()->isShowing())
      << page_->errorBar()->current().problem.toStdString();
  EXPECT_EQ(Run::open(run).settings().dataset, own);
}

TEST_F(TrainRunsTest, ADivergedRunGoesOnThoughItHasNoRowAnyMore) {
  const fs::path others = writeRun("others", 10, 0.01, true);
  fs::create_directories(root_ / "other-runs");
  fs::rename(others, root_ / "other-runs" / "others");
  open();
  startTooFast();
  makeOther();
  open();
  ASSERT_TRUE(waitFor([&] { return barButton() != nullptr; }, 60));
  ASSERT_TRUE(waitForEnd());
  const fs::path run = page_->training()->folder();
  // The other dataset's run is looked at.
  const auto row = [&] { return page_->pastRuns()->rowOf(root_ / "other-runs" / "others"); };
  ASSERT_TRUE(waitFor([&] { return row() >= 0; }));
  find<RunList>("runs")->selectRow(row());
  page_->activated();
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->rowOf(run) < 0; }));
  ASSERT_EQ(barButton()->text().toStdString(), "Go on with half the rate");
  QTest::mouseClick(barButton(), Qt::LeftButton);
  ASSERT_TRUE(page_->training()->isRunning());
  EXPECT_EQ(page_->training()->folder(), run);
  EXPECT_EQ(page_->shownRun(), run);
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->rowOf(run) >= 0; }));
  page_->stopTraining();
  ASSERT_TRUE(waitForEnd());
}

TEST_F(TrainRunsTest, TheDatasetThatIsSoughtIsTheOpenedRuns) {
  const fs::path one = writeRun("one", 10, 0.01, true);
  const fs::path two = writeRun("two", 10, 0.01, true);
  state_->openRun(one);
  ASSERT_TRUE(waitFor([&] { return page_->shownRun() == one; }));
  find<RunList>("runs")->selectRow(page_->pastRuns()->rowOf(two));
  ASSERT_EQ(page_->shownRun(), two);
  state_->seekDataset();
  auto* dialog = page_->findChild<QFileDialog*>();
  ASSERT_TRUE(dialog);
  EXPECT_TRUE(dialog->windowTitle().contains("dataset of one"));
  EXPECT_EQ(page_->shownRun(), one);
  delete dialog;
}

TEST(RunCurvesOfARetry, KeepTheBestThereWas) {
  RunCurves curves;
  const auto step = [&](std::int64_t iteration) {
    BatchEvent batch;
    batch.iteration = iteration;
    curves.add(batch);
  };
  const auto validate = [&](std::int64_t iteration, double map50) {
    ValidationEvent validation;
    validation.iteration = iteration;
    validation.epoch = static_cast<double>(iteration) / 10;
    validation.map50 = map50;
    curves.add(validation);
  };
  step(20);
  validate(20, 0.6);
  step(11);  // it went back
  validate(20, 0.4);
  ASSERT_TRUE(curves.best());
  EXPECT_DOUBLE_EQ(curves.best()->score, 0.6);
  EXPECT_EQ(curves.best()->epoch, std::optional<double>(2));
  EXPECT_EQ(curves.validations().size(), 1U);
  // A log that was cut back tells it in its last words.
  RunCurves cut;
  ValidationEvent only;
  only.map50 = 0.4;
  cut.add(only);
  cut.add(EndEvent{false, 30, 0.6});
  EXPECT_DOUBLE_EQ(cut.best()->score, 0.6);
  EXPECT_FALSE(cut.best()->epoch);
}

TEST_F(TrainRunsTest, TheRowOfARetriedRunHasTheBestThereWas) {
  const fs::path run = writeRun("one", 20, 0.01, false);
  EXPECT_NEAR(summariseRun(run).best, 0.2, 1e-9);
  std::ofstream(run / "metrics.jsonl", std::ios::app) << toJson(EndEvent{true, 20, 0.5}) << "\n";
  EXPECT_NEAR(summariseRun(run).best, 0.5, 1e-9);
}

}  // namespace
}  // namespace boxwright::ui
