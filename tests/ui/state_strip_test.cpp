// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/state_strip.h"

#include <gtest/gtest.h>

#include <QScrollBar>
#include <QSignalSpy>
#include <iostream>
#include <memory>
#include <string>

#include "tests/ui/gui_application.h"
#include "ui/data/picture_grid.h"
#include "ui/data/picture_list_model.h"
#include "ui/data/thumbnail_store.h"
#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

/// The first half unlabelled, the second labelled, the last tenth verified; picture 0 has a
/// problem.
Dataset makeDataset(int count) {
  Annotation annotation;
  const auto unlabelled = std::make_shared<const Annotation>(annotation);
  annotation.state = LabelState::Labelled;
  annotation.boxes.resize(1);
  annotation.boxes[0].id = 1;
  annotation.boxes[0].rect = {1, 1, 9, 9};
  const auto labelled = std::make_shared<const Annotation>(annotation);
  annotation.verified = true;
  const auto verified = std::make_shared<const Annotation>(annotation);
  Dataset dataset;
  dataset.root = "/nowhere";
  dataset.format = "voc";
  dataset.classes = {"a"};
  for (int i = 0; i < count; ++i) {
    dataset.pictures.push_back({"p" + std::to_string(i) + ".jpg", 20, 20,
                                i < count / 2        ? unlabelled
                                : i < count * 9 / 10 ? labelled
                                                     : verified});
  }
  dataset.problems = {{"p0.jpg", 0, Severity::Warning, "cut short"}};
  return dataset;
}

class StateStripTest : public testing::Test {
 protected:
  StateStripTest()
      : model_(document_),
        thumbnails_(document_),
        grid_(document_, thumbnails_),
        strip_(document_, model_) {
    grid_.setModel(&model_);
    grid_.resize(240, 400);
    grid_.show();
    strip_.follow(&grid_);
    strip_.resize(14, 400);
    strip_.show();
  }
  ~StateStripTest() override { endJobs(); }

  void open(int count) {
    document_.setDataset(makeDataset(count));
    ASSERT_TRUE(waitFor([&] { return model_.isComplete(); }));
    settle();
  }
  void settle() { QTest::qWait(200); }

  DatasetDocument document_;
  PictureListModel model_;
  ThumbnailStore thumbnails_;
  PictureGrid grid_;
  StateStrip strip_;
};

TEST_F(StateStripTest, ShowsTheStatesOfTheWholeList) {
  open(1000);
  const QColor unlabelled = strip_.colourAt(20), labelled = strip_.colourAt(300),
               verified = strip_.colourAt(390);
  EXPECT_EQ(unlabelled, colours().line);
  EXPECT_EQ(verified, colours().good);
  EXPECT_NE(labelled, unlabelled);
  EXPECT_NE(labelled, verified);
  EXPECT_EQ(strip_.rowAt(0), 0);
  EXPECT_EQ(strip_.rowAt(399.9), 999);
  // The problem of the first stands at the edge, and nowhere else.
  grid_.verticalScrollBar()->setValue(grid_.verticalScrollBar()->maximum());  // not in the frame
  settle();
  const QImage drawn = strip_.grab().toImage();
  EXPECT_EQ(drawn.pixelColor(12, 0), colours().warn);
  EXPECT_EQ(drawn.pixelColor(12, 200), colours().panel);
  model_.setFilter(QStringLiteral("verified:yes"));
  settle();
  EXPECT_EQ(strip_.colourAt(20), colours().good);
}

TEST_F(StateStripTest, FollowsAnEdit) {
  open(100);
  ASSERT_EQ(strip_.colourAt(2), colours().line);
  auto after = std::make_shared<Annotation>();
  after->state = LabelState::Negative;
  Edit edit;
  edit.pictures.push_back({0, document_.dataset().pictures[0].annotation, after});
  document_.edit(std::move(edit));
  settle();
  EXPECT_EQ(strip_.colourAt(2), colours().dim);
  EXPECT_EQ(strip_.colourAt(10), colours().line);
  EXPECT_TRUE(document_.hasProblem(0)) << "an edit of the labels does not lift a problem";
}

TEST_F(StateStripTest, AClickChoosesADragScrolls) {
  open(1000);
  QSignalSpy picked(&strip_, &StateStrip::picked);
  QTest::mouseClick(&strip_, Qt::LeftButton, {}, {7, 200});
  ASSERT_EQ(picked.size(), 1);
  EXPECT_EQ(picked.at(0).at(0).toInt(), 500);
  QScrollBar* bar = grid_.verticalScrollBar();
  const int middle = bar->value();
  EXPECT_NEAR(middle, bar->maximum() / 2, bar->pageStep());
  QTest::mousePress(&strip_, Qt::LeftButton, {}, {7, 200});
  QTest::mouseMove(&strip_, {7, 260});
  QTest::mouseMove(&strip_, {7, 399});
  QTest::mouseRelease(&strip_, Qt::LeftButton, {}, {7, 399});
  EXPECT_NEAR(bar->value(), bar->maximum(), bar->pageStep());
  EXPECT_EQ(picked.size(), 1) << "a drag chooses nothing";
  QTest::keyClick(&strip_, Qt::Key_Home);
  EXPECT_EQ(bar->value(), 0);
}

TEST_F(StateStripTest, AMillionPicturesHoldNothingUp) {
  open(1000000);
  ASSERT_TRUE(waitFor([&] { return strip_.colourAt(399) == colours().good; }));
  GuiApplication& application = guiApplication();
  application.resetClock();
  Q_EMIT document_.problemsPlaced();
  QTest::qWait(400);
  strip_.grab();
  std::cout << "  longest handler " << application.worstMilliseconds() << " ms ("
            << application.worstName() << ")\n";
  EXPECT_LT(application.worstMilliseconds(), 20);
}

}  // namespace
}  // namespace boxwright::ui
