// SPDX-License-Identifier: GPL-3.0-or-later
// The boxes of a dataset side by side: listed, selected, given another class, on files of its own.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QFile>
#include <QTemporaryDir>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "core/train/box_losses.h"
#include "core/train/training_pictures.h"
#include "tests/ui/gui_application.h"
#include "tests/ui/shown_colour.h"
#include "tests/ui/small_dataset.h"
#include "ui/data/box_grid.h"
#include "ui/data/boxes_view.h"
#include "ui/data/count_list.h"
#include "ui/data/data_inspector.h"
#include "ui/data/data_page.h"
#include "ui/data/picture_grid.h"
#include "ui/keys/key_bindings.h"
#include "ui/studio_state.h"
#include "ui/window/main_window.h"

namespace boxwright::ui {
namespace {

class BoxesTest : public testing::Test {
 protected:
  BoxesTest() {
    makeSmallDataset(folder_.path());
    window_.resize(1200, 800);
    window_.show();
    window_.openPath(folder_.path());
    EXPECT_TRUE(waitFor([&] { return document().isOpen() && !document().isOpening(); }));
    page_ = window_.findChild<DataPage*>();
    page_->setView(DataPage::View::Boxes);
    settle();
  }
  ~BoxesTest() override { endJobs(); }

  StudioState& state() { return window_.state(); }
  DatasetDocument& document() { return window_.state().document(); }
  BoxesView& view() { return *page_->boxesView(); }
  BoxGrid& grid() { return *view().grid(); }
  BoxList& boxes() { return view().boxes(); }
  void settle() {
    QTest::qWait(400);  // filters and lists wait for more
    ASSERT_TRUE(waitFor([&] { return view().isCurrent() && page_->model().isComplete(); }));
    QTest::qWait(60);
  }
  int count(int classId) {
    const auto& classes = document().statistics().classes;
    return static_cast<int>(classes[static_cast<std::size_t>(classId)].boxes);
  }
  double side(int row) {
    const boxwright::Box& box = *boxes().box(row);
    return std::max(box.rect.width(), box.rect.height());
  }
  void choose(QComboBox* box, const QString& text) {
    ASSERT_GE(box->findText(text), 0) << text.toStdString();
    box->setCurrentText(text);
    Q_EMIT box->activated(box->currentIndex());
    settle();
  }
  void click(int row, Qt::KeyboardModifiers modifiers = {}) {
    const QRect rect = grid().visualRect(boxes().index(row));
    QTest::mouseClick(grid().viewport(), Qt::LeftButton, modifiers, rect.center());
  }
  QByteArray xml(int picture) const {
    QFile file(folder_.path() +
               QStringLiteral("/Annotations/picture_%1.xml").arg(picture, 2, 10, QLatin1Char('0')));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }

  QTemporaryDir folder_;
  MainWindow window_;
  DataPage* page_ = nullptr;
};

TEST_F(BoxesTest, ShowsWhatPassesTheFilterInTheChosenOrder) {
  ASSERT_EQ(boxes().rowCount(), 24);  // two cats in each of ten pictures, a dog in every third
  choose(view().orderChoice(), QStringLiteral("Smallest first"));
  for (int row = 1; row < boxes().rowCount(); ++row)
    EXPECT_LE(side(row - 1), side(row));
  choose(view().orderChoice(), QStringLiteral("Largest first"));
  for (int row = 1; row < boxes().rowCount(); ++row)
    EXPECT_GE(side(row - 1), side(row));
  EXPECT_EQ(view().orderChoice()->findText(QStringLiteral("Lowest score first")), -1)
      << "these labels carry no scores";
  choose(view().classChoice(), QStringLiteral("dog"));
  EXPECT_EQ(state().filter(), QStringLiteral("class:dog"));
  EXPECT_EQ(boxes().rowCount(), 4);
  state().setFilter(QStringLiteral("class:cat size<33"));
  settle();
  ASSERT_GT(boxes().rowCount(), 0);
  for (int row = 0; row < boxes().rowCount(); ++row)
    EXPECT_LT(side(row), 33);
  EXPECT_EQ(view().classChoice()->currentText(), QStringLiteral("cat"));
}

TEST_F(BoxesTest, CropsShowWhatIsInTheBox) {
  CropStore crops(document());
  const boxwright::Box box = *boxes().box(0);
  const int picture = static_cast<int>(boxes().at(0).picture);
  EXPECT_EQ(crops.crop(picture, box.rect), nullptr);
  ASSERT_TRUE(waitFor([&] { return crops.crop(picture, box.rect) != nullptr; }));
  const Crop* crop = crops.crop(picture, box.rect);
  EXPECT_LE(crop->area.left, box.rect.left);
  EXPECT_GE(crop->area.right, box.rect.right);
  EXPECT_EQ(crop->image.width(), static_cast<int>(crop->area.width()));
  Rect moved = box.rect;
  moved.right += 20;
  EXPECT_EQ(crops.crop(picture, moved), nullptr);
  ASSERT_TRUE(waitFor([&] { return crops.crop(picture, moved) != nullptr; }));
}

TEST_F(BoxesTest, ChosenColoursAreShownHereAndOnTheThumbnails) {
  const QColor chosen(123, 47, 217);
  auto* pictures = page_->findChild<PictureGrid*>();
  ASSERT_TRUE(pictures && pictures->isVisible());
  QImage before;
  ASSERT_TRUE(waitFor([&] {  // until all thumbnails are there
    QTest::qWait(200);
    const QImage last = std::exchange(before, pictures->viewport()->grab().toImage());
    return last == before;
  }));
  EXPECT_FALSE(showsColour(grid().viewport(), chosen));
  document().chooseColours({{"cat", {123, 47, 217}}});
  EXPECT_TRUE(showsColour(grid().viewport(), chosen));
  EXPECT_NE(pictures->viewport()->grab().toImage(), before);
  document().chooseColours({});
  EXPECT_FALSE(showsColour(grid().viewport(), chosen));
  EXPECT_EQ(pictures->viewport()->grab().toImage(), before);
}

TEST_F(BoxesTest, ADigitRelabelsAllSelectedInOneEditAndTheFilesFollow) {
  const QByteArray untouched = xml(2);
  const int cats = count(0), dogs = count(1);
  ASSERT_FALSE(QFile::exists(folder_.path() + QStringLiteral("/.boxwright")))
      << "a folder that is only looked at";
  click(0);
  click(4, Qt::ShiftModifier);
  ASSERT_EQ(grid().selectedRows(), (std::vector<int>{0, 1, 2, 3, 4}));
  int chosenCats = 0;
  for (int row = 0; row < 5; ++row)
    chosenCats += boxes().box(row)->classId == 0 ? 1 : 0;
  ASSERT_GT(chosenCats, 2);
  QTest::keyClick(&grid(), Qt::Key_2);
  ASSERT_TRUE(waitFor([&] { return count(1) == dogs + chosenCats; }))
      << document().readOnlyReason().toStdString();
  EXPECT_EQ(count(0), cats - chosenCats);
  EXPECT_EQ(document().history().inForce(), 1U);
  ASSERT_TRUE(waitFor([&] { return !state().labels().isBusy() && xml(0).count("dog") == 3; }));
  EXPECT_EQ(xml(2), untouched);
  // Back, by the page's own key.
  QTest::keyClick(&grid(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(count(0), cats);
  ASSERT_TRUE(waitFor([&] { return !state().labels().isBusy() && xml(0).count("dog") == 1; }));
}

TEST_F(BoxesTest, TheCountsAtTheRightAreThoseAfterTheEdit) {
  const auto shown = [&](std::size_t classId) {
    return static_cast<int>(page_->inspector()->classes()->rows().at(classId).count);
  };
  ASSERT_EQ(shown(1), 4);
  bool atOnce = false;
  QObject::connect(&document(), &DatasetDocument::historyChanged, &document(),
                   [&] { atOnce = shown(1) == count(1) && shown(0) == count(0); });
  click(0);
  QTest::keyClick(&grid(), Qt::Key_2);
  ASSERT_TRUE(waitFor([&] { return count(1) == 5; }));
  EXPECT_TRUE(atOnce);
  EXPECT_EQ(shown(1), 5);
}

TEST_F(BoxesTest, DeletesAndKeepsTheRestSelectable) {
  click(1);
  click(3, Qt::ControlModifier);
  ASSERT_EQ(grid().selectedRows(), (std::vector<int>{1, 3}));
  QTest::keyClick(&grid(), Qt::Key_Delete);
  ASSERT_TRUE(waitFor([&] { return document().statistics().boxes == 22; }));
  settle();
  EXPECT_EQ(boxes().rowCount(), 22);
  QTest::keyClick(&grid(), Qt::Key_A, Qt::ControlModifier);
  EXPECT_EQ(grid().selectedRows().size(), 22U);
}

TEST_F(BoxesTest, ADragSelectsWhatItTouches) {
  const QPoint from = grid().visualRect(boxes().index(0)).topLeft() - QPoint(2, 2);
  const QPoint to = grid().visualRect(boxes().index(1)).center();
  QWidget* viewport = grid().viewport();
  QTest::mousePress(viewport, Qt::LeftButton, {}, from);
  QTest::mouseMove(viewport, (from + to) / 2);
  QTest::mouseMove(viewport, to);
  QTest::mouseRelease(viewport, Qt::LeftButton, {}, to);
  EXPECT_EQ(grid().selectedRows(), (std::vector<int>{0, 1}));
}

TEST_F(BoxesTest, EnterOpensTheBoxOnTheAnnotatePage) {
  click(2);
  const BoxRef box = boxes().at(2);
  QTest::keyClick(&grid(), Qt::Key_Return);
  ASSERT_TRUE(waitFor([&] { return !page_->isVisible(); }));
  EXPECT_EQ(state().picture(), static_cast<int>(box.picture));
  EXPECT_EQ(state().box(), box.id);
}

TEST_F(BoxesTest, TheMostDoubtfulComeFirstOnceAModelWasAsked) {
  const QString name = QStringLiteral("Most doubtful first");
  EXPECT_LT(view().orderChoice()->findText(name), 0) << "nobody was asked";
  // A model that is sure of the first box of picture 3 and half sure of its second, and has seen no
  // other picture.
  const std::vector<boxwright::Box> labels = document().dataset().pictures[3].annotation->boxes;
  auto found = std::make_shared<const std::vector<Detection>>(
      std::vector<Detection>{{labels[0].rect, 0, 0.9F}, {labels[1].rect, 0, 0.5F}});
  Predictions predictions;
  predictions.names = {"cat"};
  predictions.found = [found](std::size_t picture) { return picture == 3 ? found : nullptr; };
  state().setPredictions(predictions);
  choose(view().orderChoice(), name);
  ASSERT_EQ(boxes().rowCount(), 3);
  EXPECT_EQ(boxes().at(0).id, labels[2].id) << "the dog, which it does not see at all";
  EXPECT_EQ(boxes().at(1).id, labels[1].id);
  EXPECT_EQ(boxes().at(2).id, labels[0].id);
  state().setPredictions({});
  settle();
  EXPECT_EQ(boxes().rowCount(), 24) << "as in the dataset again";
  EXPECT_LT(view().orderChoice()->findText(name), 0);
}

TEST_F(BoxesTest, LossIsOfferedWhereARunRecordedIt) {
  const QString name = QStringLiteral("Highest loss first");
  EXPECT_LT(view().orderChoice()->findText(name), 0);
  const std::vector<boxwright::Box>& labels = document().dataset().pictures[3].annotation->boxes;
  const Picture& picture = document().dataset().pictures[3];
  const std::filesystem::path file = document().dataset().absolutePath(3);
  const std::vector<LoaderPicture> pictures = {
      {file, picture.path, truthsOf(picture, file).truths}};
  QTemporaryDir run;
  BoxLosses losses(pictures);
  for (int visit = 0; visit < 5; ++visit) {
    for (std::size_t i = 0; i < labels.size(); ++i)
      losses.add(0, i, i == 1 ? 9 : static_cast<double>(i));
  }
  losses.write(std::filesystem::path(run.path().toStdString()) / "box_losses.jsonl", pictures);
  state().setRun(run.path().toStdString());
  ASSERT_TRUE(waitFor([&] { return view().orderChoice()->findText(name) >= 0; }));
  choose(view().orderChoice(), name);
  ASSERT_EQ(boxes().rowCount(), static_cast<int>(labels.size()));
  EXPECT_EQ(boxes().at(0).id, labels[1].id);
}

TEST_F(BoxesTest, AFilterLeavesThePictureInViewChosen) {
  state().select(5);
  state().setFilter(QStringLiteral("name:*nothing*"));
  settle();
  EXPECT_EQ(state().picture(), 5);
  page_->setView(DataPage::View::Picture);
  state().setFilter(QStringLiteral("picture_01"));
  QTest::qWait(500);
  EXPECT_EQ(state().picture(), 5);
  state().setFilter({});
  QTest::qWait(500);
  EXPECT_EQ(state().picture(), 5);
}

TEST_F(BoxesTest, WhatIsListedOfAnotherDatasetIsNotShown) {
  choose(view().orderChoice(), QStringLiteral("Smallest first"));
  choose(view().orderChoice(), QStringLiteral("As in the dataset"));
  view().orderChoice()->setCurrentIndex(1);
  Q_EMIT view().orderChoice()->activated(1);  // a job begins
  document().close();
  QTest::qWait(300);
  EXPECT_EQ(boxes().rowCount(), 0);
}

TEST_F(BoxesTest, ItsKeysCanBeChanged) {
  KeyBindings* keys = &window_.keys();
  const auto entry = [&](const char* id) {
    for (int i = 0; i < keys->count(); ++i) {
      if (keys->entry(i).id == QLatin1String(id)) return i;
    }
    return -1;
  };
  ASSERT_GE(entry("data/box-class-2"), 0);
  ASSERT_GE(entry("data/delete-boxes"), 0);
  keys->bind(entry("data/box-class-2"), {QKeySequence(Qt::Key_J)});
  keys->bind(entry("data/delete-boxes"), {QKeySequence(Qt::Key_X)});
  click(0);
  const int cats = count(0);
  ASSERT_EQ(boxes().box(0)->classId, 0);
  QTest::keyClick(&grid(), Qt::Key_2);
  QTest::keyClick(&grid(), Qt::Key_J);
  ASSERT_TRUE(waitFor([&] { return count(0) == cats - 1; }));
  QTest::keyClick(&grid(), Qt::Key_X);
  ASSERT_TRUE(waitFor([&] { return document().statistics().boxes == 23; }));
  keys->resetAll();
}

TEST_F(BoxesTest, WhatCannotBeEditedSaysWhy) {
  click(0);
  QTest::keyClick(&grid(), Qt::Key_9);
  EXPECT_TRUE(page_->statusText().contains(QStringLiteral("9")));
  EXPECT_EQ(document().history().size(), 0U);
}

}  // namespace
}  // namespace boxwright::ui
