// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QAccessible>
#include <QAction>
#include <QHash>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "tests/ui/gui_application.h"
#include "tests/ui/small_dataset.h"
#include "ui/anchors/anchor_scatter.h"
#include "ui/anchors/anchors_page.h"
#include "ui/charts/chart.h"
#include "ui/data/count_list.h"
#include "ui/data/data_page.h"
#include "ui/data/picture_grid.h"
#include "ui/data/problem_list.h"
#include "ui/error_bar.h"
#include "ui/picture_canvas.h"
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

TEST_F(WindowTest, PagesWithoutTheirDataAreDisabledAndSayWhy) {
  auto* rail = window_.findChild<ModeRail*>();
  RailButton* button = rail->buttonOf(&anchors());
  EXPECT_FALSE(button->isEnabled());
  EXPECT_TRUE(button->toolTip().contains(QStringLiteral("open a dataset first")));
  open();
  ASSERT_TRUE(waitFor([&] { return button->isEnabled(); }));
  EXPECT_TRUE(rail->buttonOf(&data())->isChecked());
  QTest::keyClick(&window_, Qt::Key_2, Qt::ControlModifier);
  EXPECT_EQ(window_.currentPage(), &anchors());
  QTest::mouseClick(rail->buttonOf(&data()), Qt::LeftButton);
  EXPECT_EQ(window_.currentPage(), &data());
  // Closing takes away what the page stood on.
  QTest::keyClick(&window_, Qt::Key_2, Qt::ControlModifier);
  state().document().close();
  EXPECT_EQ(window_.currentPage(), &data());
  EXPECT_FALSE(button->isEnabled());
}

TEST_F(WindowTest, AProblemLeadsToItsPicture) {
  open();
  state().setFilter(QStringLiteral("split:val"));
  const int count = data().problems()->model()->rowCount();
  ASSERT_GE(count, 1);
  for (int i = 0; i < count; ++i) {
    const QModelIndex index = data().problems()->model()->index(i, 0);
    QTest::mouseClick(data().problems()->viewport(), Qt::LeftButton, {},
                      data().problems()->visualRect(index).center());
    const int picture = state().document().pictureOfProblem(i);
    EXPECT_EQ(state().picture(), picture);
    ASSERT_TRUE(waitFor([&] { return data().model().rowOf(picture) >= 0; }));
    EXPECT_EQ(data().grid()->currentIndex().row(), data().model().rowOf(picture));
  }
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

  CountList* classes = data().classes();
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
  QTest::keyClick(&window_, Qt::Key_2, Qt::ControlModifier);
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

  // A click on a point opens its picture with that box in view.
  window_.showPage(QStringLiteral("anchors"));
  QTest::qWait(60);
  const std::size_t point = 7;
  const QPoint where = anchors().scatter()->positionOf(point).toPoint();
  const auto near = anchors().scatter()->boxAt(where);
  ASSERT_TRUE(near.has_value());
  QTest::mouseClick(anchors().scatter(), Qt::LeftButton, {}, where);
  EXPECT_EQ(window_.currentPage(), &data());
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
  ASSERT_TRUE(waitFor([this] { return !state().document().isOpening(); }));
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
  EXPECT_TRUE(data().problems()->isVisible());
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
  for (const char* id : {"data", "anchors", "train", "detect"}) {
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
  Job job(QStringLiteral("Slow"), QStringLiteral("data"));
  job.start(
      [stopping](std::stop_token stop, JobProgress&) {
        while (!stop.stop_requested())
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
        *stopping = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
      },
      [] {});
  QElapsedTimer clock;
  clock.start();
  window_.close();
  EXPECT_LT(clock.elapsed(), 150);
  EXPECT_TRUE(window_.isVisible());
  ASSERT_TRUE(waitFor([&] { return !window_.isVisible(); }));
  EXPECT_TRUE(*stopping);
}

}  // namespace
}  // namespace boxwright::ui
