// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <fstream>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/open_dataset.h"
#include "core/data/sample_maker.h"
#include "core/image/codec.h"
#include "core/train/run.h"
#include "tests/ui/gui_application.h"
#include "ui/charts/chart.h"
#include "ui/error_bar.h"
#include "ui/studio_state.h"
#include "ui/train/past_runs.h"
#include "ui/train/run_charts.h"
#include "ui/train/run_list.h"
#include "ui/train/train_form.h"
#include "ui/train/train_page.h"
#include "ui/train/training.h"

namespace boxwright::ui {
namespace {

namespace fs = std::filesystem;

/// A small sample dataset in a folder of its own, opened.
class TrainPageTest : public testing::Test {
 protected:
  void SetUp() override {
    guiApplication();
    ASSERT_TRUE(folder_.isValid());
    root_ = fs::path(folder_.path().toStdString());
    dataset_ = root_ / "shapes";
    makeSampleDataset(dataset_, {.images = 24, .seed = 3});
    state_ = std::make_unique<StudioState>();
    page_ = std::make_unique<TrainPage>(*state_);
    page_->resize(1200, 800);
    page_->show();
  }

  void TearDown() override {
    page_.reset();
    state_.reset();
    endJobs();
  }

  void open() {
    state_->document().open(dataset_);
    ASSERT_TRUE(waitFor([&] {
      return state_->document().isOpen() && !state_->document().isOpening() &&
             !page_->form()->runsFolder().empty();
    }));
    QTest::qWait(60);
  }

  template <typename T>
  T* find(const char* name) const {
    T* found = page_->findChild<T*>(QString::fromLatin1(name));
    EXPECT_TRUE(found) << name;
    return found;
  }

  /// A run with a log as training writes it: losses over `steps`, a validation every ten.
  fs::path writeRun(const std::string& name, int steps, double rise, bool stopped) {
    const fs::path run = root_ / "shapes-runs" / name;
    RunSettings settings;
    settings.size = 64;
    Run::create(run, settings, openDataset(dataset_));
    std::ofstream log(run / "metrics.jsonl");
    std::ofstream table(run / "metrics.csv");
    table << "iteration,epoch,map50,precision,recall,lossValidation\n";
    double best = 0;
    for (int i = 1; i <= steps; ++i) {
      BatchEvent batch;
      batch.iteration = i;
      batch.iterations = 100;
      batch.epoch = i / 10.0;
      batch.loss = 10.0 / i;
      batch.lossBox = 4.0 / i;
      batch.learningRate = 0.001;
      batch.imagesPerSecond = 30 + i % 3;
      log << toJson(batch) << "\n";
      if (i % 10 != 0) continue;
      ValidationEvent validation;
      validation.iteration = i;
      validation.epoch = i / 10.0;
      validation.map50 = best = rise * i;
      validation.classes = {{"disc", 0.5}, {"ring", std::nullopt}};
      log << toJson(validation) << "\n";
      table << i << "," << validation.epoch << "," << validation.map50 << ",0,0,0\n";
    }
    log << toJson(MessageEvent{"a word of advice"}) << "\n";
    if (stopped) log << toJson(EndEvent{true, steps, best}) << "\n";
    return run;
  }

  QTemporaryDir folder_;
  fs::path root_, dataset_;
  std::unique_ptr<StudioState> state_;
  std::unique_ptr<TrainPage> page_;
};

TEST_F(TrainPageTest, NeedsADataset) {
  EXPECT_FALSE(page_->unavailableReason().isEmpty());
  EXPECT_FALSE(find<QPushButton>("start")->isEnabled());
  open();
  EXPECT_TRUE(page_->unavailableReason().isEmpty());
  EXPECT_TRUE(find<QPushButton>("start")->isEnabled());
}

TEST_F(TrainPageTest, RunsStandBesideTheDatasetNeverInIt) {
  open();
  const fs::path run = page_->form()->runFolder();
  EXPECT_EQ(fs::weakly_canonical(run.parent_path()), fs::weakly_canonical(root_ / "shapes-runs"));
  EXPECT_EQ(run.filename(), "yolov2-nano-1");
}

TEST_F(TrainPageTest, ClassFoldersAreOfferedAClassifier) {
  dataset_ = root_ / "whole";
  for (const char* name : {"cat", "dog"}) {
    fs::create_directories(dataset_ / name);
    for (const char* file : {"1.png", "2.png", "3.png", "4.png"})
      writeImage(dataset_ / name / file, Image(40, 30));
  }
  open();
  auto* network = find<QComboBox>("network");
  ASSERT_TRUE(waitFor([&] { return network->currentText() == "darknet-nano"; }));
  EXPECT_EQ(find<QSpinBox>("size")->value(), 224);
  EXPECT_FALSE(find<QComboBox>("anchors")->isEnabled());
  auto* start = find<QPushButton>("start");
  EXPECT_TRUE(start->isEnabled()) << start->toolTip().toStdString();
  network->setCurrentText(QStringLiteral("yolov2-nano"));
  EXPECT_FALSE(start->isEnabled());
  EXPECT_TRUE(start->toolTip().contains(QStringLiteral("choose a classifier")));
  EXPECT_EQ(find<QSpinBox>("size")->value(), 416);
  EXPECT_TRUE(find<QComboBox>("anchors")->isEnabled());
}

TEST(RunCurvesOfAClassifier, AreTopOneAndTopFive) {
  RunCurves curves;
  EXPECT_FALSE(curves.isClassifier());
  for (const double top1 : {0.25, 0.75, 0.5}) {
    ValidationEvent validation;
    validation.iteration = static_cast<std::int64_t>(curves.validations().size()) + 1;
    validation.top1 = top1;
    validation.top5 = 1;
    curves.add(validation);
  }
  EXPECT_TRUE(curves.isClassifier());
  EXPECT_EQ(curves.scoreCurve(), Curve::Top1);
  ASSERT_TRUE(curves.best());
  EXPECT_EQ(scoreOf(*curves.best()), 0.75);
  EXPECT_EQ(curves.series(Curve::Top1)->raw.y(), (std::vector<double>{0.25, 0.75, 0.5}));
  EXPECT_TRUE(curves.series(Curve::Map50)->raw.empty());
}

TEST_F(TrainPageTest, WhatIsSetIsWhatTheRunIsTold) {
  open();
  const auto type = [](QAbstractSpinBox* box, const char* text) {
    box->setFocus();
    box->selectAll();
    QTest::keyClicks(box, QString::fromLatin1(text));
    QTest::keyClick(box, Qt::Key_Return);
  };
  auto* network = find<QComboBox>("network");
  ASSERT_TRUE(waitFor([&] { return network->count() >= 5; }));
  EXPECT_GT(network->findText("darknet19"), network->findText("yolov2-voc"));  // detectors first
  network->setFocus();
  QTest::keyClicks(network, "yolov2-tiny-voc");
  type(find<QSpinBox>("size"), "200");
  type(find<QSpinBox>("batch"), "4");
  type(find<QSpinBox>("epochs"), "7");
  type(find<QSpinBox>("seed"), "42");
  type(find<QDoubleSpinBox>("rate"), "0.002");
  auto* recipe = find<QComboBox>("recipe");
  recipe->setFocus();
  QTest::keyClicks(recipe, "paper");
  RunSettings told = page_->form()->settings();
  EXPECT_EQ(told.model, "yolov2-tiny-voc");
  EXPECT_EQ(told.size, 192);  // the nearest multiple of 32
  EXPECT_EQ(told.batch, 4);
  EXPECT_EQ(told.epochs, 7);
  EXPECT_EQ(told.minutes, 0);
  EXPECT_EQ(told.seed, 42U);
  EXPECT_DOUBLE_EQ(told.learningRate, 0.002);
  EXPECT_EQ(told.recipe, "paper");
  EXPECT_EQ(told.device, "auto");
  EXPECT_EQ(told.anchors, 5);
  EXPECT_TRUE(told.anchorSet.empty());
  auto* unit = find<QComboBox>("lengthUnit");
  unit->setFocus();
  QTest::keyClick(unit, Qt::Key_Down);
  type(find<QDoubleSpinBox>("minutes"), "2.5");
  told = page_->form()->settings();
  EXPECT_EQ(told.epochs, 0);
  EXPECT_DOUBLE_EQ(told.minutes, 2.5);
  // A form filled from settings gives them back.
  told.ideas.multiScale = MultiScale::On;
  told.ideas.batchNorm = false;
  told.ideas.priors = Priors::Euclidean;
  told.init = "/somewhere/darknet19.weights";
  told.anchors = 0;
  EXPECT_EQ(told.quarantine, "damaged");
  EXPECT_EQ(told.retries, 0);
  told.quarantine = "damaged,duplicates";
  told.retries = 3;
  page_->form()->setSettings(told);
  const RunSettings again = page_->form()->settings();
  EXPECT_EQ(again.quarantine, "damaged,duplicates");
  EXPECT_EQ(again.retries, 3);
  EXPECT_EQ(again.init, told.init);
  EXPECT_EQ(again.ideas, told.ideas);
  EXPECT_EQ(again.anchors, 0);
  EXPECT_DOUBLE_EQ(again.minutes, 2.5);
}

TEST_F(TrainPageTest, IdeasAreSwitchedInTheirBox) {
  open();
  auto* head = find<QToolButton>("ideas");
  auto* anchors = find<QCheckBox>("anchors-idea");
  EXPECT_FALSE(anchors->isVisibleTo(page_.get()));
  head->click();
  EXPECT_TRUE(anchors->isVisibleTo(page_.get()));
  EXPECT_EQ(page_->form()->settings().ideas, Ideas{});
  anchors->click();
  EXPECT_FALSE(page_->form()->settings().ideas.anchors);
  // Without anchors there is nothing to say about them.
  EXPECT_FALSE(find<QComboBox>("dimension-clusters-idea")->isEnabled());
  EXPECT_FALSE(find<QComboBox>("anchors")->isEnabled());
}

TEST_F(TrainPageTest, AnchorsOfTheAnchorsPageFollowTheInputSize) {
  open();
  ChosenAnchors chosen;
  chosen.set.anchors = {{1, 2}, {3, 4}};
  chosen.inputSize = 416;
  state_->setAnchors(chosen);
  find<QSpinBox>("size")->setValue(208);
  const RunSettings told = page_->form()->settings();
  ASSERT_EQ(told.anchorSet.size(), 2U);
  EXPECT_EQ(told.anchorSet[0], (Size{0.5, 1}));
  EXPECT_EQ(told.anchorSet[1], (Size{1.5, 2}));
}

TEST_F(TrainPageTest, PastRunsAreListedAndRedrawnFromTheirLogs) {
  const fs::path first = writeRun("first", 40, 0.01, true);
  const fs::path second = writeRun("second", 60, 0.005, false);
  fs::create_directories(root_ / "shapes-runs" / "no-run");
  fs::create_directories(root_ / "shapes-runs" / "damaged");
  std::ofstream(root_ / "shapes-runs" / "damaged" / "run.json") << "{";
  open();
  PastRuns* runs = page_->pastRuns();
  QAbstractItemModelTester tester(runs, QAbstractItemModelTester::FailureReportingMode::Fatal);
  ASSERT_TRUE(waitFor([&] { return runs->runs().size() == 3; }));
  const RunSummary* row = runs->run(runs->rowOf(first));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, RunState::Stopped);
  EXPECT_NEAR(row->best, 0.4, 1e-9);
  EXPECT_EQ(row->scores.size(), 4U);
  EXPECT_EQ(runs->run(runs->rowOf(second))->state, RunState::Broken);
  EXPECT_EQ(runs->run(runs->rowOf(root_ / "shapes-runs" / "damaged"))->state, RunState::Damaged);
  // A click on the row draws its log.
  RunList* list = find<RunList>("runs");
  const auto click = [&](const fs::path& run) {
    const QModelIndex cell = runs->index(runs->rowOf(run), PastRuns::Best);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(cell).center());
  };
  click(first);
  EXPECT_EQ(page_->shownRun(), first);
  ASSERT_TRUE(waitFor([&] { return page_->charts()->loss()->points(0).size() == 40; }));
  EXPECT_DOUBLE_EQ(page_->charts()->loss()->points(0).y()[3], 2.5);
  EXPECT_EQ(page_->charts()->map()->points(0).x(), (std::vector<double>{10, 20, 30, 40}));
  click(second);
  ASSERT_TRUE(waitFor([&] { return page_->charts()->loss()->points(0).size() == 60; }));
  EXPECT_EQ(find<QLabel>("bestValue")->text().toStdString(), "0.300");
  // A tick lays the other over it.
  const QModelIndex tick = runs->index(runs->rowOf(first), PastRuns::Name);
  QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                    list->visualRect(tick).topLeft() + QPoint(14, 14));
  ASSERT_TRUE(waitFor([&] { return page_->charts()->map()->lineCount() == 2; }));
  EXPECT_EQ(page_->charts()->map()->points(1).size(), 4U);
  EXPECT_EQ(page_->charts()->map()->lineStyle(1).name.toStdString(), "first");
}

TEST_F(TrainPageTest, ReopeningTheSameDatasetShowsItsRunsAgain) {
  const fs::path run = writeRun("first", 40, 0.01, true);
  open();
  const auto points = [&] { return page_->charts()->loss()->points(0).size(); };
  ASSERT_TRUE(waitFor([&] { return points() == 40; }));
  open();
  ASSERT_TRUE(waitFor([&] { return page_->shownRun() == run && points() == 40; }));
  EXPECT_EQ(find<RunList>("runs")->currentIndex().row(), 0);
}

TEST_F(TrainPageTest, WhatTheCommandLineDoesAppearsWhenThePageComesBack) {
  const fs::path run = writeRun("first", 40, 0.01, true);
  open();
  const auto points = [&] { return page_->charts()->loss()->points(0).size(); };
  ASSERT_TRUE(waitFor([&] { return points() == 40; }));
  fs::remove_all(run);
  writeRun("first", 60, 0.01, true);
  writeRun("yolov2-nano-1", 10, 0.01, true);
  page_->activated();
  ASSERT_TRUE(waitFor([&] { return page_->pastRuns()->runs().size() == 2; }));
  EXPECT_TRUE(waitFor([&] { return points() == 60; }));
  EXPECT_EQ(page_->shownRun(), run);
  EXPECT_EQ(page_->form()->runFolder().filename(), "yolov2-nano-2");
}

TEST_F(TrainPageTest, AResumeThatFailsAtOnceLeavesTheCurves) {
  const fs::path run = writeRun("first", 40, 0.01, true);
  fs::create_directories(run / "checkpoints");
  std::ofstream(run / "checkpoints" / "last.ckpt") << "there";  // the dataset of the run is not
  open();
  const auto points = [&] { return page_->charts()->loss()->points(0).size(); };
  ASSERT_TRUE(waitFor([&] { return points() == 40; }));
  ASSERT_TRUE(waitFor([&] { return find<QPushButton>("resume")->isVisible(); }));
  QTest::mouseClick(find<QPushButton>("resume"), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return page_->errorBar()->isShowing(); }));
  ASSERT_TRUE(waitFor([&] { return !page_->training()->isRunning(); }));
  QTest::qWait(300);
  EXPECT_EQ(page_->shownRun(), run);
  EXPECT_EQ(points(), 40U);
  EXPECT_EQ(find<QLabel>("bestValue")->text().toStdString(), "0.400");
}

TEST_F(TrainPageTest, AnchorsOfOneDatasetAreNotThoseOfAnother) {
  open();
  RunSettings settings = page_->form()->settings();
  settings.anchorSet = {{1, 2}, {3, 4}};
  page_->form()->setSettings(settings);
  ASSERT_EQ(page_->form()->settings().anchorSet.size(), 2U);
  EXPECT_EQ(find<QComboBox>("anchors")->currentText().toStdString(), "Those of the run");
  const fs::path other = root_ / "other";
  makeSampleDataset(other, {.images = 4, .seed = 5});
  state_->document().open(other);
  EXPECT_TRUE(page_->form()->settings().anchorSet.empty());
}

TEST_F(TrainPageTest, ALogThatCannotBeReadIsSaid) {
  const fs::path run = writeRun("first", 10, 0.01, true);
  fs::remove(run / "metrics.jsonl");
  fs::create_directory(run / "metrics.jsonl");
  EXPECT_THROW(readRunCurves(run), Error);
  open();
  ASSERT_TRUE(waitFor([&] { return page_->shownRun() == run; }));
  ASSERT_TRUE(
      waitFor([&] { return page_->charts()->loss()->message().contains("metrics.jsonl"); }));
}

TEST_F(TrainPageTest, ChartsAreSavedFromTheMenuToo) {
  QStringList texts;
  for (const QAction* action : page_->menuActions()) {
    if (!action->menu()) continue;
    for (const QAction* inner : action->menu()->actions())
      texts << inner->text();
  }
  EXPECT_TRUE(texts.contains(QStringLiteral("Loss as PNG…")));
  EXPECT_TRUE(texts.contains(QStringLiteral("mAP50 as CSV…")));
}

TEST_F(TrainPageTest, AFolderThatCannotBeMadeIsToldWithWhatToDo) {
  open();
  // A file stands where the folder of runs should be; not even root gets past that.
  std::ofstream(root_ / "blocked") << "x";
  page_->form()->setRunsFolder(root_ / "blocked");
  QTest::mouseClick(find<QPushButton>("start"), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return page_->errorBar()->isShowing(); }));
  EXPECT_FALSE(page_->errorBar()->current().problem.isEmpty());
  EXPECT_FALSE(page_->errorBar()->current().advice.isEmpty());
  ASSERT_TRUE(waitFor([&] { return !page_->training()->isRunning(); }));
  EXPECT_TRUE(find<QPushButton>("start")->isVisible());
}

TEST_F(TrainPageTest, ARunThatTurnsToNaNEndsWithTheRemedy) {
  open();
  RunSettings settings = page_->form()->settings();
  settings.size = 64;
  settings.epochs = 50;
  settings.learningRate = 10;
  settings.adjustments = {};
  page_->form()->setSettings(settings);
  QTest::mouseClick(find<QPushButton>("start"), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return page_->errorBar()->isShowing(); }, 60));
  const JobError told = page_->errorBar()->current();
  EXPECT_TRUE(told.where.startsWith("pictures of the batch")) << told.problem.toStdString();
  ASSERT_TRUE(waitFor([&] { return !page_->training()->isRunning(); }));
  QPushButton* remedy = nullptr;
  for (QPushButton* button : page_->errorBar()->findChildren<QPushButton*>())
    if (button->isVisible()) remedy = button;
  ASSERT_TRUE(remedy);
  QTest::mouseClick(remedy, Qt::LeftButton);
  EXPECT_DOUBLE_EQ(page_->form()->settings().learningRate, 5);
  EXPECT_NE(page_->form()->runFolder(), page_->training()->folder());
}

}  // namespace
}  // namespace boxwright::ui
