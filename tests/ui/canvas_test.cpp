// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QPainter>
#include <QSignalSpy>
#include <QWheelEvent>

#include "core/image/class_colours.h"
#include "tests/ui/gui_application.h"
#include "ui/picture_canvas.h"

namespace boxwright::ui {
namespace {

CanvasBox box(std::uint32_t id, Rect rect, int classId = 0) {
  CanvasBox out;
  out.id = id;
  out.rect = rect;
  out.classId = classId;
  return out;
}

class CanvasTest : public testing::Test {
 protected:
  CanvasTest() {
    canvas_.resize(500, 400);
    QImage image(200, 100, QImage::Format_RGB32);
    image.fill(Qt::gray);
    canvas_.setPicture(makePyramid(image));
    canvas_.show();
  }
  PictureCanvas canvas_;
};

TEST_F(CanvasTest, FitsAndMapsBothWays) {
  const QRectF shown(canvas_.toWidget({0, 0}), canvas_.toWidget({200, 100}));
  EXPECT_TRUE(QRectF(canvas_.rect()).contains(shown));
  EXPECT_GT(shown.width(), 450);
  const QPointF p(37.5, 61.25);
  const QPointF back = canvas_.toPicture(canvas_.toWidget(p));
  EXPECT_NEAR(back.x(), p.x(), 1e-9);
  EXPECT_NEAR(back.y(), p.y(), 1e-9);
}

TEST_F(CanvasTest, WheelZoomsAtThePointer) {
  const QPointF at(300, 210);
  const QPointF before = canvas_.toPicture(at);
  const double zoom = canvas_.zoom();
  QWheelEvent wheel(at, canvas_.mapToGlobal(at), {}, {0, 240}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(&canvas_, &wheel);
  EXPECT_GT(canvas_.zoom(), zoom * 1.3);
  const QPointF after = canvas_.toPicture(at);
  EXPECT_NEAR(after.x(), before.x(), 0.5);
  EXPECT_NEAR(after.y(), before.y(), 0.5);
  QTest::keyClick(&canvas_, Qt::Key_F);
  EXPECT_NEAR(canvas_.zoom(), zoom, 1e-9);
  QTest::keyClick(&canvas_, Qt::Key_1);
  EXPECT_NEAR(canvas_.zoom(), 1, 1e-9);
}

TEST_F(CanvasTest, DragPansAndAClickPicksTheSmallestBox) {
  canvas_.setBoxes({box(1, {10, 10, 190, 90}), box(2, {80, 30, 120, 60})});
  QSignalSpy clicked(&canvas_, &PictureCanvas::boxClicked);
  QSignalSpy missed(&canvas_, &PictureCanvas::emptyClicked);
  const QPoint inner = canvas_.toWidget({100, 45}).toPoint();
  QTest::mouseClick(&canvas_, Qt::LeftButton, {}, inner);
  QTest::mouseClick(&canvas_, Qt::LeftButton, {}, canvas_.toWidget({30, 45}).toPoint());
  QTest::mouseClick(&canvas_, Qt::LeftButton, {}, QPoint(5, 5));
  ASSERT_EQ(clicked.count(), 2);
  EXPECT_EQ(clicked[0][0].toUInt(), 2U);
  EXPECT_EQ(clicked[1][0].toUInt(), 1U);
  EXPECT_EQ(missed.count(), 1);

  const QPointF corner = canvas_.toWidget({0, 0});
  QTest::mousePress(&canvas_, Qt::LeftButton, {}, inner);
  QTest::mouseMove(&canvas_, inner + QPoint(40, 25));
  QTest::mouseRelease(&canvas_, Qt::LeftButton, {}, inner + QPoint(40, 25));
  EXPECT_EQ(clicked.count(), 2);  // a drag is no click
  EXPECT_NEAR(canvas_.toWidget({0, 0}).x(), corner.x() + 40, 1);
  EXPECT_NEAR(canvas_.toWidget({0, 0}).y(), corner.y() + 25, 1);
}

TEST_F(CanvasTest, PaintsBoxesInTheirColourAndHidesThem) {
  canvas_.setBoxes({box(1, {50, 20, 150, 80}, 1)});
  const Colour rgb = classColour(1);
  const QColor colour(rgb.red, rgb.green, rgb.blue);
  const auto count = [&] {
    const QImage shot = canvas_.grab().toImage();
    int found = 0;
    for (int y = 0; y < shot.height(); ++y) {
      for (int x = 0; x < shot.width(); ++x)
        found += shot.pixelColor(x, y) == colour;
    }
    return found;
  };
  const double z = canvas_.zoom();
  // A line of one pixel around the box.
  EXPECT_NEAR(count(), 2 * (100 + 60) * z, 12);
  canvas_.setBoxesVisible(false);
  EXPECT_EQ(count(), 0);
}

TEST_F(CanvasTest, ShowsABoxLargeEnoughToSee) {
  canvas_.showRect({90, 45, 100, 50});
  EXPECT_GT(canvas_.zoom(), 5);
  EXPECT_TRUE(QRectF(canvas_.rect()).contains(canvas_.toWidget({95, 47.5})));
}

TEST_F(CanvasTest, WhatIsSaidAlreadyIsNotPaintedAgain) {
  /// Counts repaints.
  class Paints : public QObject {
   public:
    int count = 0;
    bool eventFilter(QObject*, QEvent* event) override {
      count += event->type() == QEvent::Paint;
      return false;
    }
  } paints;
  canvas_.clear();
  canvas_.setMessage(QStringLiteral("Press Detect."));
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&canvas_));
  QTest::qWait(50);
  canvas_.installEventFilter(&paints);
  for (int i = 0; i < 10; ++i) {
    canvas_.setMessage(QStringLiteral("Press Detect."));
    QTest::qWait(10);
  }
  EXPECT_EQ(paints.count, 0);
  canvas_.setMessage(QStringLiteral("Loading the model…"));
  EXPECT_TRUE(waitFor([&] { return paints.count > 0; }, 2));
}

TEST(PicturePyramid, HalvesDownToTheScreen) {
  const PicturePyramid pyramid = makePyramid(QImage(2000, 1000, QImage::Format_RGB32));
  ASSERT_EQ(pyramid.levels.size(), 3U);
  EXPECT_EQ(pyramid.levels[2].size(), QSize(500, 250));
  EXPECT_EQ(pyramid.fullSize, QSize(2000, 1000));
  EXPECT_TRUE(makePyramid(QImage()).empty());
}

TEST_F(CanvasTest, TheTagOfAVeryLongNameLeavesThePictureFree) {
  const ClassPalette palette(ClassNames{"a"}, {});
  CanvasBox named = box(1, {10, 30, 40, 60});
  PictureView view;
  view.screen = {0, 0, 1200, 200};
  const auto widthOfTag = [&](const QString& label) {
    named.label = label;
    QImage image(1200, 200, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    paintBoxes(painter, view, {named}, palette, {});
    painter.end();
    int last = 0;
    for (int x = 0; x < image.width(); ++x) {
      for (int y = 0; y < 28; ++y)
        if (image.pixelColor(x, y) != QColor(Qt::white)) last = x;
    }
    return last;
  };
  const int usual = widthOfTag(QStringLiteral("cat"));
  EXPECT_GT(usual, 10);
  EXPECT_LT(usual, 120);
  for (const int letters : {100, 10000}) {
    const int width = widthOfTag(QString(letters, QLatin1Char('w')));
    EXPECT_GT(width, 120);
    EXPECT_LT(width, 300) << letters;
  }
}

}  // namespace
}  // namespace boxwright::ui
