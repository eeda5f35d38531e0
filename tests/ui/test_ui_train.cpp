// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollBar>
#include <QSpinBox>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/cfg.h"
#include "core/train/ideas.h"
#include "tests/ui/train_page_test.h"
#include "ui/charts/chart.h"
#include "ui/train/run_charts.h"
#include "ui/train/run_list.h"
#include "ui/train/run_messages.h"

namespace boxwright::ui {
namespace {

TEST_F(TrainPageTest, NeedsADataset) {
  EXPECT_FALSE(page_->unavailableReason().isEmpty());
  EXPECT_FALSE(find<QPushButton>("start")->isEnabled());
  open();
  EXPECT_TRUE(page_->unavailableReason().isEmpty());
  EXPECT_TRUE(find<QPushButton>("start")->isEnabled());
}

TEST_F(TrainPageTest, APictureLabelledSinceTheLastRunIsInTheNext) {
  open();
  DatasetDocument& document = state_->document();
  state_->labels().begin();
  ASSERT_TRUE(waitFor([&] { return document.isEditable(); }));
  const std::size_t picture = document.splits().at("train").front();
  const AnnotationPtr labelled = document.dataset().pictures[picture].annotation;
  ASSERT_FALSE(labelled->boxes.empty());
  const std::string path = document.dataset().pictures[picture].path;
  const auto give = [&](const AnnotationPtr& after) {
    document.edit({"labels", {{picture, document.dataset().pictures[picture].annotation, after}}});
    state_->labels().saveAll();
    ASSERT_TRUE(
        waitFor([&] { return state_->labels().unsaved() == 0 && !state_->labels().isBusy(); }));
  };
  // Which pictures a run has learned boxes from, by its own record.
  const auto learned = [&] {
    RunSettings settings = page_->form()->settings();
    settings.size = 64;
    settings.epochs = 1;
    page_->form()->setSettings(settings);
    const fs::path run = page_->form()->runFolder();
    auto* start = find<QPushButton>("start");
    EXPECT_TRUE(waitFor([&] { return start->isEnabled(); }));
    QTest::mouseClick(start, Qt::LeftButton);
    EXPECT_TRUE(waitFor([&] { return page_->training()->isRunning(); }));
    EXPECT_TRUE(waitForEnd(120));
    EXPECT_TRUE(waitFor([&] { return page_->form()->runFolder() != run; }));
    return readFile(run / "box_losses.jsonl");
  };
  give(std::make_shared<const Annotation>());
  EXPECT_EQ(learned().find('"' + path + '"'), std::string::npos);
  give(labelled);
  EXPECT_NE(learned().find('"' + path + '"'), std::string::npos);
}

TEST_F(TrainPageTest, RunsStandBesideTheDatasetNeverInIt) {
  open();
  const fs::path run = page_->form()->runFolder();
  EXPECT_EQ(fs::weakly_canonical(run.parent_path()), fs::weakly_canonical(root_ / "shapes-runs"));
  EXPECT_EQ(run.filename(), "yolov2-nano-1");
}

TEST_F(TrainPageTest, ClassFoldersAreOfferedAClassifier) {
  makeClassFolders();
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
  EXPECT_EQ(curves.best()->score, 0.75);
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
  told.device = "cuda";
  told.precision = "float32";
  page_->form()->setSettings(told);
  EXPECT_EQ(page_->form()->settings().device, "cuda");
  EXPECT_EQ(page_->form()->settings().precision, "float32");
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
  told.initLayers = 23;
  told.anchors = 7;
  EXPECT_EQ(told.quarantine, "damaged");
  EXPECT_EQ(told.retries, 0);
  told.quarantine = "damaged,duplicates";
  told.retries = 3;
  page_->form()->setSettings(told);
  const RunSettings again = page_->form()->settings();
  EXPECT_EQ(again.quarantine, "damaged,duplicates");
  EXPECT_EQ(again.retries, 3);
  EXPECT_EQ(again.init, told.init);
  EXPECT_EQ(again.initLayers, 23);
  EXPECT_EQ(again.ideas, told.ideas);
  EXPECT_EQ(again.anchors, 7);
  EXPECT_DOUBLE_EQ(again.minutes, 2.5);
  told.minutes = 0;
  told.updates = 300;
  told.ideas.priors = Priors::Clusters;
  told.anchors = 0;
  page_->form()->setSettings(told);
  EXPECT_EQ(page_->form()->settings().updates, 300);
  EXPECT_EQ(page_->form()->settings().minutes, 0);
  EXPECT_EQ(page_->form()->settings().anchors, 0);
  // Without weights there are no layers to take of them.
  find<QLineEdit>("init")->clear();
  EXPECT_FALSE(find<QSpinBox>("initLayers")->isEnabled());
  EXPECT_EQ(page_->form()->settings().initLayers, -1);
}

TEST_F(TrainPageTest, AMadeRunsOneInputSizeIsAnOrderOnlyToACfg) {
  open();
  RunSettings made = page_->form()->settings();
  made.ideas.multiScale = MultiScale::Off;
  made.recipe = "small";
  page_->form()->setSettings(made);
  EXPECT_EQ(page_->form()->settings().ideas.multiScale, MultiScale::AsRecipe);
  made.recipe = "cfg";
  page_->form()->setSettings(made);
  EXPECT_EQ(page_->form()->settings().ideas.multiScale, MultiScale::Off);
}

TEST_F(TrainPageTest, SettingsWithoutAFieldAreKeptAndNamedAndCanBeDropped) {
  open();
  auto* note = find<QLabel>("carried");
  EXPECT_FALSE(note->isVisibleTo(page_.get()));
  RunSettings told = page_->form()->settings();
  told.adjustments = {"darknet_exact=1", "jitter=0.3"};
  told.subdivisions = 2;
  told.patience = 5;
  told.threads = 3;
  told.loaderThreads = 1;
  page_->form()->setSettings(told);
  EXPECT_EQ(page_->form()->settings().adjustments, told.adjustments);
  EXPECT_EQ(page_->form()->settings().subdivisions, 2);
  EXPECT_EQ(page_->form()->settings().patience, 5);
  EXPECT_EQ(page_->form()->settings().threads, 3);
  EXPECT_EQ(page_->form()->settings().loaderThreads, 1);
  EXPECT_TRUE(note->isVisibleTo(page_.get()));
  EXPECT_TRUE(note->text().contains("darknet_exact=1, jitter=0.3"));
  EXPECT_TRUE(note->text().contains("2 parts"));
  find<QToolButton>("dropCarried")->click();
  EXPECT_FALSE(note->isVisibleTo(page_.get()));
  EXPECT_TRUE(page_->form()->settings().adjustments.empty());
  EXPECT_EQ(page_->form()->settings().subdivisions, 0);
}

TEST_F(TrainPageTest, WhatStartLetsThroughIsNotRefusedForItself) {
  open();
  ChosenAnchors chosen;
  chosen.set.anchors = {{1, 2}, {3, 4}};
  const Dataset dataset = openDataset(dataset_);
  auto* source = find<QComboBox>("anchors");
  auto* priors = find<QComboBox>("dimension-clusters-idea");
  auto* anchors = find<QCheckBox>("anchors-idea");
  int number = 0;
  for (const bool withAnchors : {true, false}) {
    for (int prior = 0; prior < priors->count(); ++prior) {
      for (int from = 0; from < source->count(); ++from) {
        // In either order: the source first, then the idea; the idea first, then the source.
        for (const bool ideaFirst : {false, true}) {
          anchors->setChecked(true);
          priors->setCurrentIndex(0);
          state_->setAnchors(chosen);
          if (ideaFirst) priors->setCurrentIndex(prior);
          if (source->isEnabled()) source->setCurrentIndex(from);
          if (ideaFirst) state_->setAnchors(chosen);
          priors->setCurrentIndex(prior);
          anchors->setChecked(withAnchors);
          ASSERT_TRUE(page_->form()->fault().isEmpty());
          RunSettings settings = page_->form()->settings();
          settings.size = 64;
          EXPECT_NO_THROW(
              Run::create(root_ / ("try" + std::to_string(++number)), settings, dataset))
              << withAnchors << " " << prior << " " << from;
        }
      }
    }
  }
  EXPECT_EQ(number, 36);
}

TEST_F(TrainPageTest, PlainDistanceClustersWhateverTheAnchorsWereFrom) {
  open();
  auto* source = find<QComboBox>("anchors");
  source->setCurrentIndex(source->count() - 1);  // those of the cfg
  ASSERT_EQ(page_->form()->settings().anchors, 0);
  auto* priors = find<QComboBox>("dimension-clusters-idea");
  priors->setCurrentIndex(priors->findData("euclidean"));
  EXPECT_FALSE(source->isEnabled());
  EXPECT_EQ(source->currentText().toStdString(), "Cluster");
  EXPECT_TRUE(find<QLabel>("anchorNote")->text().contains("plain distance"));
  EXPECT_EQ(page_->form()->settings().anchors, 5);
  priors->setCurrentIndex(0);
  EXPECT_TRUE(source->isEnabled());
}

TEST_F(TrainPageTest, TheSizeThatIsTrainedIsSaid) {
  open();
  auto* note = find<QLabel>("sizeNote");
  EXPECT_FALSE(note->isVisibleTo(page_.get()));
  find<QCheckBox>("anchors-idea")->click();
  EXPECT_TRUE(note->isVisibleTo(page_.get()));
  EXPECT_TRUE(note->text().startsWith("448 px"));
  find<QSpinBox>("size")->setValue(320);
  EXPECT_FALSE(note->isVisibleTo(page_.get()));
}

TEST_F(TrainPageTest, AClassifiersCfgOfTheUsersIsAClassifier) {
  makeClassFolders();
  open();
  const fs::path cfg = root_ / "my-classifier.cfg";
  fs::copy_file(findNetwork("darknet-nano"), cfg);
  const auto take = [&](const fs::path& file) {
    for (QToolButton* button : page_->form()->findChildren<QToolButton*>())
      if (button->accessibleName() == "Take a cfg file") button->click();
    answerFileDialog(file);
  };
  take(cfg);
  auto* start = find<QPushButton>("start");
  EXPECT_FALSE(start->isEnabled());  // it is still being read
  EXPECT_TRUE(start->toolTip().contains("being read"));
  ASSERT_TRUE(waitFor([&] { return start->isEnabled(); })) << start->toolTip().toStdString();
  EXPECT_EQ(find<QSpinBox>("size")->value(), 224);
  // Opening the dataset again leaves the choice.
  open();
  EXPECT_EQ(page_->form()->settings().model, cfg.string());
  EXPECT_TRUE(start->isEnabled());
  // The settings of a run of it are taken whole, its size too.
  RunSettings told = page_->form()->settings();
  told.size = 96;
  page_->form()->setSettings(told);
  QTest::qWait(50);
  EXPECT_EQ(page_->form()->settings().size, 96);
  // A cfg of which nothing can be trained says so.
  std::ofstream(root_ / "half.cfg") << "[net]\nwidth=64\nheight=64\nchannels=3\n"
                                       "[convolutional]\nfilters=4\nsize=1\nstride=1\n";
  take(root_ / "half.cfg");
  auto* note = find<QLabel>("networkNote");
  ASSERT_TRUE(waitFor([&] { return note->isVisible() && !note->text().contains("reading"); }));
  EXPECT_FALSE(start->isEnabled());
  EXPECT_EQ(start->toolTip(), note->text());
  // On boxes the same cfg is no choice.
  dataset_ = root_ / "shapes";
  open();
  take(cfg);
  ASSERT_TRUE(waitFor([&] { return start->toolTip().contains("choose a detector"); }))
      << start->toolTip().toStdString();
  EXPECT_FALSE(start->isEnabled());
}

TEST_F(TrainPageTest, NetworkAndSizeAreRememberedForEachTask) {
  open();
  auto* network = find<QComboBox>("network");
  ASSERT_TRUE(waitFor([&] { return network->findText("yolov2-voc") >= 0; }));
  network->setCurrentText("yolov2-voc");
  find<QSpinBox>("size")->setValue(608);
  const fs::path shapes = dataset_;
  makeClassFolders();
  open();
  ASSERT_TRUE(waitFor([&] { return network->currentText() == "darknet-nano"; }));
  find<QSpinBox>("size")->setValue(128);
  dataset_ = shapes;
  open();
  ASSERT_TRUE(waitFor([&] { return network->currentText() == "yolov2-voc"; }));
  EXPECT_EQ(find<QSpinBox>("size")->value(), 608);
  dataset_ = root_ / "whole";
  open();
  ASSERT_TRUE(waitFor([&] { return network->currentText() == "darknet-nano"; }));
  EXPECT_EQ(find<QSpinBox>("size")->value(), 128);
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

TEST_F(TrainPageTest, TheIdeasHaveACaptionThatUnfoldsThem) {
  open();
  page_->setInspectorVisible(true);
  auto* head = find<QToolButton>("ideas");
  const QLabel* caption = nullptr;
  for (const QLabel* label : page_->form()->findChildren<QLabel*>())
    if (label->text() == "Start") caption = label;
  ASSERT_TRUE(caption);
  // It looks like its neighbours, closed and open.
  EXPECT_EQ(head->font(), caption->font());
  const auto left = [&](const QWidget* widget) { return widget->mapTo(page_.get(), QPoint()).x(); };
  EXPECT_EQ(left(head), left(caption));
  const auto ground = [&] { return head->grab().toImage().pixelColor(head->width() - 1, 1); };
  const QColor closed = ground();
  QTest::keyClick(head, Qt::Key_Space);
  EXPECT_TRUE(head->isChecked());
  EXPECT_EQ(ground(), closed);
  // Each switch says what it is about.
  for (const IdeaRow& idea : ideaRows()) {
    const auto* field = find<QWidget>((idea.name + "-idea").c_str());
    EXPECT_EQ(field->accessibleDescription().toStdString(), idea.sentence);
  }
  // The summary speaks of titles, not of the command line's names.
  find<QCheckBox>("batch-norm-idea")->click();
  auto* priors = find<QComboBox>("dimension-clusters-idea");
  priors->setCurrentIndex(priors->findData("hand-picked"));
  const QString summary = find<QLabel>("ideasSummary")->text();
  EXPECT_EQ(summary.toStdString(), "Batch normalisation: off, Dimension clusters: hand-picked");
  EXPECT_EQ(head->accessibleDescription(), summary);
}

TEST_F(TrainPageTest, TheHighResolutionClassifierIsWhatTheRunStartsFrom) {
  open();
  auto* state = find<QLabel>("backbone");
  EXPECT_TRUE(state->text().startsWith("None: the network starts from nothing."));
  QTest::mouseClick(find<QToolButton>("high-resolution-classifier-idea"), Qt::LeftButton);
  answerFileDialog("/somewhere/best.weights");
  EXPECT_EQ(page_->form()->settings().init, "/somewhere/best.weights");
  EXPECT_TRUE(state->text().startsWith("Backbone from best.weights, as many layers as fit."));
  find<QSpinBox>("initLayers")->setValue(11);
  EXPECT_TRUE(state->text().startsWith("Backbone from best.weights, 11 layers."));
}

TEST_F(TrainPageTest, AClassifierIsToldNoIdeasOfDetectors) {
  open();
  auto* network = find<QComboBox>("network");
  ASSERT_TRUE(waitFor([&] { return network->findText("darknet-nano") >= 0; }));
  find<QCheckBox>("batch-norm-idea")->click();
  auto* scale = find<QComboBox>("multi-scale-idea");
  scale->setCurrentIndex(scale->findData("on"));
  network->setCurrentText("darknet-nano");
  Ideas ofClassifier;
  ofClassifier.multiScale = MultiScale::On;
  EXPECT_EQ(page_->form()->settings().ideas, ofClassifier);
  EXPECT_FALSE(find<QCheckBox>("batch-norm-idea")->isEnabled());
  EXPECT_FALSE(find<QToolButton>("high-resolution-classifier-idea")->isEnabled());
  network->setCurrentText("yolov2-nano");
  EXPECT_FALSE(page_->form()->settings().ideas.batchNorm);
  EXPECT_TRUE(find<QCheckBox>("batch-norm-idea")->isEnabled());
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
  const QStringList texts = chartActions();
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

TEST(RunMessagesTest, TheNewestStaysInSightUnlessTheUserHasScrolledAway) {
  auto curves = std::make_shared<RunCurves>();
  const auto tell = [&](int count) {
    for (int i = 0; i < count; ++i)
      curves->add(MessageEvent{"A message of a run that takes more than a line in a narrow list."});
  };
  RunMessages messages;
  messages.resize(180, 200);
  messages.show();
  tell(12);
  messages.showRun(curves);
  const QScrollBar* bar = messages.findChild<QListWidget*>()->verticalScrollBar();
  const auto atEnd = [&] { return bar->maximum() > 0 && bar->value() == bar->maximum(); };
  EXPECT_TRUE(QTest::qWaitFor(atEnd));
  messages.resize(140, 150);
  tell(1);
  messages.showRun(curves);
  QTest::qWait(50);
  EXPECT_TRUE(atEnd());
  messages.findChild<QListWidget*>()->scrollToTop();
  tell(3);
  messages.showRun(curves);
  QTest::qWait(50);
  EXPECT_EQ(bar->value(), 0);
}

}  // namespace
}  // namespace boxwright::ui
