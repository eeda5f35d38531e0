// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHash>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <system_error>
#include <thread>

#include "core/data/open_dataset.h"
#include "core/train/run.h"
#include "core/train/train_event.h"
#include "tests/ui/gui_application.h"
#include "tests/ui/small_dataset.h"
#include "ui/anchors/anchor_scatter.h"
#include "ui/anchors/anchors_page.h"
#include "ui/charts/chart.h"
#include "ui/data/count_list.h"
#include "ui/data/data_inspector.h"
#include "ui/data/data_page.h"
#include "ui/data/picture_grid.h"
#include "ui/data/problem_list.h"
#include "ui/error_bar.h"
#include "ui/picture_canvas.h"
#include "ui/train/past_runs.h"
#include "ui/train/train_form.h"
#include "ui/train/train_page.h"
#include "ui/train/training.h"
#include "ui/window/export_dialog.h"
#include "ui/window/job_chips.h"
#include "ui/window/main_window.h"
#include "ui/window/mode_rail.h"

namespace boxwright::ui {
namespace {

class WindowTest : public testing::Test {
 protected:
  WindowTest() {
    makeSmallDataset(folder_.path());
    window_.resize(1440, 900);
    window_.show();
  }
  ~WindowTest() override {
    Jobs::instance().cancelAll();
    waitFor([] { return Jobs::instance().threads() == 0; });
  }

  DataPage& data() { return *window_.findChild<DataPage*>(); }
  AnchorsPage& anchors() { return *window_.findChild<AnchorsPage*>(); }
  StudioState& state() { return window_.state(); }
  void open() {
    window_.openPath(folder_.path());
    ASSERT_TRUE(waitFor([this] {
      const DatasetDocument& document = state().document();
      return document.isOpen() && !document.isOpening() && data().canvas()->hasPicture();
    }));
  }
  std::string shownPath() {
    return state().document().dataset().pictures[static_cast<std::size_t>(state().picture())].path;
  }

  QTemporaryDir folder_;
  MainWindow window_;
};

TEST_F(WindowTest, ExportTellsWhatIsLostAndWritesTheDataset) {
  open();
  QAction* wanted = nullptr;
  for (QAction* action : window_.findChildren<QAction*>())
    if (action->shortcut() == QKeySequence(Qt::CTRL | Qt::Key_E)) wanted = action;
  ASSERT_NE(wanted, nullptr);
  ASSERT_TRUE(wanted->isEnabled());
  wanted->trigger();
  auto* dialog = window_.findChild<ExportDialog*>();
  ASSERT_NE(dialog, nullptr);
  EXPECT_LE(dialog->height(), 600);
  auto* format = dialog->findChild<QComboBox*>();
  auto* folder = dialog->findChild<QLineEdit*>();
  QPushButton* button = nullptr;
  for (QPushButton* b : dialog->findChildren<QPushButton*>())
    if (b->text() == "Export") button = b;
  ASSERT_NE(button, nullptr);
  format->setCurrentIndex(format->findData("labelme"));
  EXPECT_FALSE(button->isEnabled()) << "not before it is said what is lost";
  ASSERT_TRUE(waitFor([&] { return button->isEnabled(); }));
  bool said = false;
  for (QLabel* label : dialog->findChildren<QLabel*>())
    said = said || label->text().contains("pictures in splits");
  EXPECT_TRUE(said);
  const QString target = folder_.filePath("out");
  folder->setText(target);
  QTest::mouseClick(button, Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return QFileInfo::exists(target + "/labels.txt"); }));
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }));
  EXPECT_TRUE(QFileInfo::exists(target + "/picture_00.json"));
  EXPECT_TRUE(QFileInfo::exists(target + "/picture_00.jpg"));
}

TEST_F(WindowTest, PagesWithoutTheirDataAreDisabledAndSayWhy) {
  auto* rail = window_.findChild<ModeRail*>();
  RailButton* button = rail->buttonOf(&anchors());
  EXPECT_FALSE(button->isEnabled());
  EXPECT_TRUE(button->toolTip().contains(QStringLiteral("open a dataset first")));
  open();
  ASSERT_TRUE(waitFor([&] { return button->isEnabled(); }));
  EXPECT_TRUE(rail->buttonOf(&data())->isChecked());
  QTest::keyClick(&window_, Qt::Key_4, Qt::ControlModifier);
  EXPECT_EQ(window_.currentPage(), &anchors());
  QTest::mouseClick(rail->buttonOf(&data()), Qt::LeftButton);
  EXPECT_EQ(window_.currentPage(), &data());
  // Closing takes away what the page stood on.
  QTest::keyClick(&window_, Qt::Key_4, Qt::ControlModifier);
  state().document().close();
  EXPECT_EQ(window_.currentPage(), &data());
  EXPECT_FALSE(button->isEnabled());
}

TEST_F(WindowTest, AProblemLeadsToItsPicture) {
  writeText(folder_.path() + QStringLiteral("/Annotations/ghost.xml"), "<annotation/>\n");
  open();
  state().setFilter(QStringLiteral("split:val"));
  const int count = data().inspector()->problems()->model()->rowCount();
  ASSERT_GE(count, 2);
  int ghosts = 0;
  for (int i = 0; i < count; ++i) {
    const QModelIndex index = data().inspector()->problems()->model()->index(i, 0);
    QTest::mouseClick(data().inspector()->problems()->viewport(), Qt::LeftButton, {},
                      data().inspector()->problems()->visualRect(index).center());
    const int picture = state().document().pictureOfProblem(i);
    if (picture < 0) {
      ghosts += data().statusText().contains(QStringLiteral("ghost.xml"));
      continue;
    }
    EXPECT_EQ(state().picture(), picture);
    ASSERT_TRUE(waitFor([&] { return data().model().rowOf(picture) >= 0; }));
    EXPECT_EQ(data().grid()->currentIndex().row(), data().model().rowOf(picture));
  }
  EXPECT_EQ(ghosts, 1);
  // Enter leads there again.
  for (int i = 0; i < count; ++i) {
    const int picture = state().document().pictureOfProblem(i);
    if (picture < 0) continue;
    data().inspector()->problems()->setCurrentIndex(
        data().inspector()->problems()->model()->index(i, 0));
    state().select(picture == 0 ? 1 : 0);
    QTest::keyClick(data().inspector()->problems(), Qt::Key_Return);
    EXPECT_EQ(state().picture(), picture);
  }
}

TEST_F(WindowTest, AClickOnABoxLeavesTheFilterThatHidesItsPicture) {
  open();
  ASSERT_TRUE(waitFor([&] { return data().canvas()->boxes().size() == 3; }));
  state().setFilter(QStringLiteral("split:val"));
  ASSERT_TRUE(waitFor([&] { return data().model().isComplete(); }));
  ASSERT_LT(data().model().rowOf(state().picture()), 0);
  const quint32 box = data().canvas()->boxes().front().id;
  Q_EMIT data().canvas()->boxClicked(box);
  EXPECT_EQ(state().filter(), QStringLiteral("split:val"));
  EXPECT_EQ(state().box(), box);
}

TEST_F(WindowTest, TheKeysOfThePageWorkWithoutAClick) {
  auto* rail = window_.findChild<ModeRail*>();
  rail->buttonOf(&data())->setFocus();
  open();
  EXPECT_EQ(window_.focusWidget(), data().grid());
  window_.showPage(QStringLiteral("anchors"));
  rail->buttonOf(&data())->setFocus();
  QTest::mouseClick(rail->buttonOf(&data()), Qt::LeftButton);
  ASSERT_EQ(window_.currentPage(), &data());
  EXPECT_EQ(window_.focusWidget(), data().grid());
  // Who types a filter goes on typing.
  auto* filter = window_.findChild<QLineEdit*>(QStringLiteral("filter"));
  ASSERT_TRUE(filter);
  filter->setFocus();
  QTest::keyClicks(filter, QStringLiteral("nowhere"));
  QTest::keyClick(filter, Qt::Key_A, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([&] { return data().model().rowCount() == 0; }));
  QTest::keyClicks(filter, QStringLiteral("picture"));
  ASSERT_TRUE(waitFor([&] { return data().model().rowCount() == 12; }));
  EXPECT_EQ(window_.focusWidget(), filter);
}

TEST_F(WindowTest, ADatasetThatWasNotReadWholeSaysSo) {
  open();
  const std::filesystem::path path = state().document().path();
  // On a busy machine it may all be read before the cancel is heard.
  for (int attempt = 0; attempt < 20 && !data().errorBar()->isShowing(); ++attempt) {
    state().document().open(path);
    state().document().job().cancel();
    waitFor([&] { return data().errorBar()->isShowing(); }, 1);
  }
  ASSERT_TRUE(data().errorBar()->isShowing());
  QPushButton* again = nullptr;
  for (QPushButton* button : data().errorBar()->findChildren<QPushButton*>())
    if (button->isVisible()) again = button;
  ASSERT_TRUE(again);
  QTest::mouseClick(again, Qt::LeftButton);
  ASSERT_TRUE(waitFor(
      [&] { return !state().document().isOpening() && state().document().pictureCount() == 12; }));
  EXPECT_FALSE(data().errorBar()->isShowing());
}

/// A run that was made from the small dataset, anywhere.
class RunWindowTest : public WindowTest {
 protected:
  RunWindowTest() {
    run_ = std::filesystem::path(elsewhere_.path().toStdString()) / "runs" / "one";
    RunSettings settings;
    settings.dataset = folder_.path().toStdString();
    settings.size = 64;
    Run::create(run_, settings, openDataset(settings.dataset));
    std::ofstream(run_ / "metrics.jsonl") << toJson(MessageEvent{"a word"}) << "\n";
    // Another run, newer, where the dataset's runs go.
    const std::filesystem::path own = settings.dataset + "-runs";
    Run::create(own / "newest", settings, openDataset(settings.dataset));
    BatchEvent batch;
    batch.iteration = 1;
    std::ofstream(own / "newest" / "metrics.jsonl") << toJson(batch) << "\n";
    ownRuns_ = own;
  }
  ~RunWindowTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(ownRuns_, ignored);
  }

  TrainPage& train() { return *window_.findChild<TrainPage*>(); }
  static QString text(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
  }
  bool waitForRun(const std::filesystem::path& run) {
    return waitFor([&] { return train().shownRun() == std::filesystem::canonical(run); });
  }

  QTemporaryDir elsewhere_;
  std::filesystem::path run_, ownRuns_;
};

TEST_F(RunWindowTest, ARunIsShownWhereverItLies) {
  window_.openPath(text(run_));
  ASSERT_TRUE(waitForRun(run_));
  ASSERT_TRUE(waitFor([&] { return state().document().pictureCount() == 12; }));
  EXPECT_EQ(window_.currentPage(), &train());
  QTest::qWait(300);
  EXPECT_EQ(train().shownRun(), run_);
  EXPECT_EQ(state().run(), run_);
  // Both are listed; the next run still goes beside the dataset.
  EXPECT_EQ(train().pastRuns()->runs().size(), 2U);
  EXPECT_EQ(train().form()->runsFolder(), std::filesystem::canonical(ownRuns_));
}

TEST_F(RunWindowTest, ARunIsFoundThroughALink) {
  const std::filesystem::path link = run_.parent_path().parent_path() / "link";
  std::filesystem::create_directory_symlink(run_.parent_path(), link);
  window_.openPath(text(link / "one"));
  ASSERT_TRUE(waitForRun(run_));
}

TEST_F(RunWindowTest, ThePageThatWasAskedForComesToTheFront) {
  window_.openPath(text(run_), QStringLiteral("detect"));
  ASSERT_TRUE(waitFor([&] { return state().run() == run_; }));
  ASSERT_TRUE(waitFor([&] { return !state().document().isOpening(); }));
  EXPECT_EQ(window_.currentPage()->id(), QStringLiteral("detect"));
}

TEST_F(RunWindowTest, ARunWhoseDatasetIsGoneIsShownAndSaysSo) {
  QTemporaryDir other;
  makeSmallDataset(other.path());
  window_.openPath(other.path());
  ASSERT_TRUE(waitFor([&] { return state().document().pictureCount() == 12; }));
  ASSERT_TRUE(waitFor([&] { return !state().document().isOpening(); }));
  std::filesystem::rename(folder_.path().toStdString(), folder_.path().toStdString() + "-moved");
  window_.openPath(text(run_));
  ASSERT_TRUE(waitForRun(run_));
  EXPECT_EQ(window_.currentPage(), &train());
  ASSERT_TRUE(train().errorBar()->isShowing());
  EXPECT_TRUE(train().errorBar()->current().where.contains(folder_.path()));
  // It can be said where the dataset lies now; the run stays.
  QPushButton* seek = nullptr;
  for (QPushButton* button : train().errorBar()->findChildren<QPushButton*>())
    if (button->isVisible()) seek = button;
  ASSERT_TRUE(seek);
  EXPECT_EQ(seek->text().toStdString(), "Open the dataset…");
  QTest::mouseClick(seek, Qt::LeftButton);
  auto* dialog = train().findChild<QFileDialog*>();
  ASSERT_TRUE(dialog);
  const std::filesystem::path moved = folder_.path().toStdString() + "-moved";
  Q_EMIT dialog->fileSelected(text(moved));
  delete dialog;
  ASSERT_TRUE(waitFor([&] {
    return state().document().path() == moved && !state().document().isOpening() &&
           window_.currentPage() == &train();
  }));
  ASSERT_TRUE(waitForRun(run_));
  EXPECT_EQ(state().run(), run_);
  std::filesystem::rename(folder_.path().toStdString() + "-moved", folder_.path().toStdString());
}

TEST_F(RunWindowTest, AnotherDatasetForgetsTheRun) {
  window_.openPath(text(run_));
  ASSERT_TRUE(waitForRun(run_));
  QTemporaryDir other;
  makeSmallDataset(other.path());
  window_.openPath(other.path());
  ASSERT_TRUE(waitFor([&] {
    return state().document().path() == std::filesystem::path(other.path().toStdString()) &&
           !state().document().isOpening();
  }));
  EXPECT_TRUE(state().run().empty());
  ASSERT_TRUE(waitFor([&] { return train().pastRuns()->runs().empty(); }));
  state().document().close();
  EXPECT_FALSE(train().unavailableReason().isEmpty());
}

TEST_F(RunWindowTest, AnErrorOfTheLastMomentKeepsTheWindow) {
  open();
  Job job(QStringLiteral("Slow"), QStringLiteral("train"));
  job.start(
      [](std::stop_token stop, JobProgress&) {
        while (!stop.stop_requested())
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      },
      [] {});
  window_.close();
  Q_EMIT train().training()->failed({QStringLiteral("The disk is full"), {}, {}});
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }));
  QTest::qWait(50);
  EXPECT_TRUE(window_.isVisible());
  EXPECT_TRUE(window_.isEnabled());
  EXPECT_EQ(window_.currentPage(), &train());
  EXPECT_EQ(train().errorBar()->current().problem, QStringLiteral("The disk is full"));
}

TEST_F(WindowTest, TheSampleDoesNotTakeThePlaceOfWhatWasOpenedMeanwhile) {
  QTemporaryDir parent;
  window_.makeSample(parent.path(), {.images = 8});
  open();
  ASSERT_TRUE(waitFor([&] { return data().errorBar()->isShowing(); }, 60));
  EXPECT_EQ(state().document().path(), std::filesystem::path(folder_.path().toStdString()));
  EXPECT_TRUE(data().errorBar()->current().where.contains(QStringLiteral("boxwright-sample")));
}

TEST_F(WindowTest, WhatIsNoLongerThereIsNoLongerRecent) {
  const QString gone = folder_.path() + QStringLiteral("/gone");
  Recents().add(gone);
  MainWindow window;
  ASSERT_TRUE(Recents().paths().contains(gone));
  window.openPath(gone);
  EXPECT_TRUE(waitFor([&] { return !Recents().paths().contains(gone); }));
}

TEST_F(WindowTest, LongNamesDoNotWidenTheWindow) {
  const QString name(200, QLatin1Char('w'));
  QTemporaryDir parent;
  makeSmallDataset(parent.filePath(name));
  window_.resize(1024, 700);
  Job job(QStringLiteral("Opening ") + name, QStringLiteral("data"));
  job.start(
      [](std::stop_token stop, JobProgress& progress) {
        progress.set(0.37);
        while (!stop.stop_requested())
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
      },
      [] {});
  window_.openPath(parent.filePath(name));
  ASSERT_TRUE(waitFor([&] { return state().document().pictureCount() == 12; }));
  window_.showPage(QStringLiteral("train"));
  window_.currentPage()->setInspectorVisible(true);
  QTest::qWait(100);
  ASSERT_FALSE(window_.findChildren<JobChip*>().isEmpty());
  int seen = 0;
  for (const QWidget* widget : window_.findChildren<QWidget*>()) {
    if (!widget->isVisible()) continue;
    ++seen;
    EXPECT_LE(widget->mapTo(&window_, QPoint(widget->width(), 0)).x(), 1024)
        << widget->metaObject()->className();
  }
  EXPECT_GT(seen, 50);
  job.cancel();
  ASSERT_TRUE(waitFor([&] { return !job.isRunning() && !state().document().isOpening(); }));
}

TEST_F(WindowTest, KeysStepAndClassesFilter) {
  open();
  EXPECT_EQ(state().picture(), 0);
  data().grid()->setFocus();
  QTest::keyClick(data().grid(), Qt::Key_D);
  EXPECT_EQ(state().picture(), 1);
  QTest::keyClick(data().grid(), Qt::Key_A);
  EXPECT_EQ(state().picture(), 0);
  ASSERT_TRUE(waitFor([&] { return data().canvas()->boxes().size() == 3; }));
  QTest::keyClick(data().grid(), Qt::Key_N);
  EXPECT_NE(shownPath().find("picture_11"), std::string::npos);
  // The picture without boxes shows none of the last one's.
  ASSERT_TRUE(waitFor([&] { return data().canvas()->boxes().empty(); }));

  CountList* classes = data().inspector()->classes();
  ASSERT_TRUE(waitFor([&] { return classes->rows().size() == 2; }));
  int dog = classes->rows()[0].name == QStringLiteral("dog") ? 0 : 1;
  EXPECT_EQ(classes->rows()[static_cast<std::size_t>(dog)].count, 4U);
  const auto click = [&] {
    const QModelIndex index = classes->model()->index(dog, 0);
    QTest::mouseClick(classes->viewport(), Qt::LeftButton, {}, classes->visualRect(index).center());
  };
  click();
  EXPECT_EQ(state().filter(), QStringLiteral("class:dog"));
  ASSERT_TRUE(waitFor([&] { return data().model().isComplete(); }));
  EXPECT_EQ(data().model().rowCount(), 4);
  click();
  EXPECT_TRUE(state().filter().isEmpty());
  EXPECT_EQ(data().model().rowCount(), 12);
}

TEST_F(WindowTest, ClustersByClicksAndHandsOver) {
  open();
  QTest::keyClick(&window_, Qt::Key_4, Qt::ControlModifier);
  ASSERT_EQ(window_.currentPage(), &anchors());
  anchors().stepper()->setValue(3);
  EXPECT_FALSE(anchors().useButton()->isEnabled());
  QTest::mouseClick(anchors().clusterButton(), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return anchors().result().has_value(); }));
  ASSERT_EQ(anchors().result()->anchors.size(), 3U);
  EXPECT_EQ(anchors().table()->rowCount(), 3);
  EXPECT_EQ(anchors().scatter()->drawnPoints(), 24U);
  double share = 0;
  for (int i = 0; i < 3; ++i) {
    share += anchors().table()->item(i, 5)->text().chopped(2).toDouble();
    const double cells = anchors().table()->item(i, 1)->text().toDouble();
    const double pixels = anchors().table()->item(i, 3)->text().toDouble();
    EXPECT_NEAR(cells * 32, pixels, 0.1);
  }
  EXPECT_NEAR(share, 100, 0.2);
  ASSERT_TRUE(waitFor([&] { return !anchors().curve()->isEmpty(); }));

  QTest::mouseClick(anchors().useButton(), Qt::LeftButton);
  ASSERT_TRUE(state().anchors().has_value());
  EXPECT_EQ(state().anchors()->set.anchors, anchors().result()->anchors);
  EXPECT_EQ(state().anchors()->inputSize, 416);
  EXPECT_TRUE(waitFor([this] { return window_.currentPage()->id() == QStringLiteral("train"); }));

  // From the menu, which brings its own page to the front, the way goes on to Train as well.
  window_.showPage(QStringLiteral("data"));
  QAction* use = nullptr;
  for (QAction* menu : window_.menuBar()->actions()) {
    if (menu->text() == anchors().title()) use = menu->menu()->actions().at(1);
  }
  ASSERT_TRUE(use && use->isEnabled());
  use->trigger();
  QTest::qWait(50);
  EXPECT_EQ(window_.currentPage()->id(), QStringLiteral("train"));

  // A click on a point opens its picture with that box in view.
  window_.showPage(QStringLiteral("anchors"));
  QTest::qWait(60);
  const std::size_t point = 7;
  const QPoint where = anchors().scatter()->positionOf(point).toPoint();
  const auto near = anchors().scatter()->boxAt(where);
  ASSERT_TRUE(near.has_value());
  QTest::mouseClick(anchors().scatter(), Qt::LeftButton, {}, where);
  EXPECT_TRUE(waitFor([&] { return window_.currentPage() == &data(); }));
  ASSERT_TRUE(state().box().has_value());
  ASSERT_TRUE(waitFor([&] { return data().canvas()->highlighted() == state().box(); }));
  const auto& picture =
      state().document().dataset().pictures[static_cast<std::size_t>(state().picture())];
  bool has = false;
  for (const boxwright::Box& box : picture.annotation->boxes)
    has |= box.id == *state().box();
  EXPECT_TRUE(has);
}

TEST_F(WindowTest, WhatCannotBeClusteredIsSaidOnThePage) {
  open();
  window_.showPage(QStringLiteral("anchors"));
  // Dogs have four sizes; five anchors cannot come from fewer distinct sizes than that.
  Dataset few;
  few.root = "/nowhere";
  few.classes = {"one"};
  Annotation annotation;
  annotation.state = LabelState::Labelled;
  boxwright::Box box;
  box.id = 1;
  box.rect = {0, 0, 10, 10};
  annotation.boxes = {box};
  few.pictures.push_back({"a.jpg", 40, 40, std::make_shared<const Annotation>(annotation)});
  state().document().setDataset(std::move(few));
  window_.showPage(QStringLiteral("anchors"));
  QTest::mouseClick(anchors().clusterButton(), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return anchors().errorBar()->isShowing(); }));
  EXPECT_FALSE(anchors().errorBar()->current().problem.isEmpty());
  EXPECT_FALSE(anchors().result().has_value());
}

TEST_F(WindowTest, AFolderThatIsNotThereIsSaidInTheBar) {
  window_.openPath(folder_.path() + QStringLiteral("/not there"));
  ASSERT_TRUE(waitFor([&] { return data().errorBar()->isShowing(); }));
  EXPECT_TRUE((data().errorBar()->current().problem + data().errorBar()->current().where)
                  .contains(QStringLiteral("not there")));
  EXPECT_FALSE(state().document().isOpen());
}

TEST_F(WindowTest, ADamagedPictureIsSaidAndTheRestWorks) {
  writeText(folder_.path() + QStringLiteral("/JPEGImages/picture_00.jpg"), "this is no picture");
  window_.openPath(folder_.path());
  ASSERT_TRUE(
      waitFor([this] { return state().document().isOpen() && !state().document().isOpening(); }));
  state().select(1);
  ASSERT_TRUE(waitFor([&] { return data().canvas()->hasPicture(); }));
}

TEST_F(WindowTest, InspectorFoldsWhereThePageIsNarrow) {
  open();
  EXPECT_TRUE(data().isInspectorVisible());
  window_.resize(1024, 700);
  ASSERT_TRUE(waitFor([&] { return !data().isInspectorVisible(); }));
  QTest::keyClick(&window_, Qt::Key_I, Qt::ControlModifier);
  EXPECT_TRUE(data().isInspectorVisible());
  EXPECT_TRUE(data().inspector()->problems()->isVisible());
  window_.resize(1440, 900);
  ASSERT_TRUE(waitFor([&] { return data().isInspectorVisible(); }));
}

TEST_F(WindowTest, NothingAsksForMoreRoomThan1024By700) {
  open();
  window_.resize(1024, 700);
  for (Page* page : window_.findChildren<Page*>()) {
    window_.showPage(page->id());
    QTest::qWait(50);
    for (const bool inspector : {false, true}) {
      page->setInspectorVisible(inspector);
      QTest::qWait(20);
      EXPECT_LE(page->minimumSizeHint().width(), page->width()) << page->id().toStdString();
      EXPECT_LE(page->minimumSizeHint().height(), page->height()) << page->id().toStdString();
    }
    page->setInspectorVisible(false);
  }
  EXPECT_EQ(window_.size(), QSize(1024, 700));
}

TEST_F(WindowTest, EveryActionStandsInAMenuAndShortcutsAreUnique) {
  QList<QAction*> inMenus;
  const std::function<void(QMenu*)> walk = [&](QMenu* menu) {
    for (QAction* action : menu->actions()) {
      if (action->menu()) {
        walk(action->menu());
      } else if (!action->isSeparator()) {
        inMenus << action;
      }
    }
  };
  for (QAction* top : window_.menuBar()->actions())
    walk(top->menu());
  for (const Page* page : window_.findChildren<Page*>()) {
    for (QAction* action : page->actions()) {
      EXPECT_TRUE(inMenus.contains(action)) << action->text().toStdString();
    }
  }
  QHash<QString, QString> windowKeys;
  for (const QAction* action : inMenus) {
    if (action->shortcut().isEmpty() || action->shortcutContext() != Qt::WindowShortcut) continue;
    const QString key = action->shortcut().toString();
    EXPECT_FALSE(windowKeys.contains(key)) << key.toStdString();
    windowKeys.insert(key, action->text());
  }
}

TEST_F(WindowTest, EveryControlHasANameForAssistiveTechnology) {
  open();
  for (const char* id : {"data", "annotate", "anchors", "train", "evaluate", "detect"}) {
    for (const QWidget* widget : window_.page(QLatin1String(id))->findChildren<QWidget*>()) {
      if (widget->focusPolicy() == Qt::NoFocus) continue;
      if (!widget->isVisibleTo(window_.page(QLatin1String(id)))) continue;
      if (widget->objectName().startsWith(QStringLiteral("qt_"))) continue;
      QAccessibleInterface* access =
          QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
      ASSERT_NE(access, nullptr);
      EXPECT_FALSE(access->text(QAccessible::Name).isEmpty())
          << id << ": " << widget->metaObject()->className();
    }
  }
}

TEST_F(WindowTest, ClosingAsksJobsToStopAndClosesWhenTheyHave) {
  auto stopping = std::make_shared<std::atomic<bool>>(false);
  auto mayEnd = std::make_shared<std::atomic<bool>>(false);
  Job job(QStringLiteral("Slow"), QStringLiteral("data"));
  job.start(
      [stopping, mayEnd](std::stop_token stop, JobProgress&) {
        while (!stop.stop_requested())
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
        *stopping = true;
        while (!*mayEnd)
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
      },
      [] {});
  window_.close();  // who waited for the job here would wait for ever
  EXPECT_TRUE(window_.isVisible());
  *mayEnd = true;
  ASSERT_TRUE(waitFor([&] { return !window_.isVisible(); }));
  EXPECT_TRUE(*stopping);
}

}  // namespace
}  // namespace boxwright::ui
