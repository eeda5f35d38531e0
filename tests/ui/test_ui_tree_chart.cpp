// SPDX-License-Identifier: GPL-3.0-or-later
//
// The picture of a class tree, with the pointer and the keyboard, and how a run fills it.
#include <gtest/gtest.h>

#include <QImage>
#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "tests/ui/big_tree.h"
#include "tests/ui/gui_application.h"
#include "ui/charts/accuracy_colour.h"
#include "ui/charts/tree_chart.h"
#include "ui/theme.h"
#include "ui/train/tree_accuracy.h"

namespace boxwright::ui {
namespace {

constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();

// animal
//   dog: pug, husky
//   cat
// thing
enum Node { kAnimal, kThing, kDog, kCat, kPug, kHusky };
std::shared_ptr<const ClassTree> smallTree() {
  return std::make_shared<const ClassTree>(
      ClassNames{"animal", "thing", "dog", "cat", "pug", "husky"},
      std::vector<int>{-1, -1, 0, 0, 2, 2});
}

class TreeChartTest : public testing::Test {
 protected:
  void SetUp() override {
    guiApplication();
    chart_.resize(824, 224);
    chart_.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&chart_));
  }

  void setSmall(std::vector<float> scores = {.9F, kNothing, .7F, .2F, 1, .4F}) {
    tree_ = smallTree();
    names_ = std::make_shared<const ClassNames>(tree_->labels());
    chart_.setTree(tree_, names_);
    chart_.setScores(std::move(scores), [this](int node) {
      return QString::fromStdString((*names_)[static_cast<std::size_t>(node)]);
    });
  }

  /// The child that is painted on: events go to whatever lies at the point.
  void pointAt(int node) {
    const QPoint at = chart_.placeOf(node).center();
    QWidget* const under = chart_.childAt(at);
    ASSERT_TRUE(under);
    QTest::mouseMove(under, under->mapFrom(&chart_, at));
    QCoreApplication::processEvents();
  }
  void click(int node) {
    const QPoint at = chart_.placeOf(node).center();
    QWidget* const under = chart_.childAt(at);
    ASSERT_TRUE(under);
    QTest::mouseClick(under, Qt::LeftButton, {}, under->mapFrom(&chart_, at));
  }
  QColor colourAt(int node) {
    // A corner without words.
    const QRect place = chart_.placeOf(node);
    return chart_.grab().toImage().pixelColor(place.left() + 1, place.bottom() - 3);
  }

  std::shared_ptr<const ClassTree> tree_;
  std::shared_ptr<const ClassNames> names_;
  TreeChart chart_{QStringLiteral("tree")};
};

TEST_F(TreeChartTest, NodesStandAboveWhatIsWithinThemInTheirColours) {
  setSmall();
  const QRect animal = chart_.placeOf(kAnimal), dog = chart_.placeOf(kDog),
              pug = chart_.placeOf(kPug), thing = chart_.placeOf(kThing);
  EXPECT_EQ(dog.top(), animal.bottom() + 1);
  EXPECT_EQ(dog.left(), animal.left());
  EXPECT_NEAR(animal.width(), 3 * pug.width(), 3) << "three leaves of four";
  EXPECT_EQ(thing.bottom(), pug.bottom()) << "a leaf reaches to the bottom";
  EXPECT_EQ(colourAt(kPug), accuracyColour(1));
  EXPECT_EQ(colourAt(kCat), accuracyColour(static_cast<double>(.2F)));
  EXPECT_EQ(colourAt(kThing), colours().line) << "nothing was measured";
}

TEST_F(TreeChartTest, APointerReadsAClickZoomsAndEscGoesBack) {
  setSmall();
  pointAt(kHusky);
  EXPECT_EQ(chart_.readOut(), QStringLiteral("husky"));
  const int narrow = chart_.placeOf(kPug).width();
  click(kDog);
  EXPECT_EQ(chart_.shownNode(), kDog);
  EXPECT_NEAR(chart_.placeOf(kPug).width(), 2 * narrow, 2);
  EXPECT_EQ(chart_.placeOf(kAnimal).width(), chart_.placeOf(kDog).width()) << "what is above it";
  EXPECT_TRUE(chart_.placeOf(kThing).isEmpty());
  EXPECT_TRUE(chart_.hasFocus());
  QTest::keyClick(&chart_, Qt::Key_Escape);
  EXPECT_EQ(chart_.shownNode(), kAnimal);
  QTest::keyClick(&chart_, Qt::Key_Escape);
  EXPECT_EQ(chart_.shownNode(), -1);
  click(kPug);
  EXPECT_EQ(chart_.shownNode(), kDog) << "a leaf is shown among its like";
  click(kDog);
  EXPECT_EQ(chart_.shownNode(), kAnimal) << "what fills the width leads back";
}

TEST_F(TreeChartTest, TheKeyboardGoesEverywhere) {
  setSmall();
  chart_.clearFocus();
  chart_.setFocus(Qt::TabFocusReason);
  EXPECT_EQ(chart_.readOut(), QStringLiteral("animal"));
  QTest::keyClick(&chart_, Qt::Key_Down);
  EXPECT_EQ(chart_.markedNode(), kDog);
  QTest::keyClick(&chart_, Qt::Key_Right);
  EXPECT_EQ(chart_.markedNode(), kCat);
  QTest::keyClick(&chart_, Qt::Key_Left);
  QTest::keyClick(&chart_, Qt::Key_Down);
  EXPECT_EQ(chart_.markedNode(), kPug);
  QTest::keyClick(&chart_, Qt::Key_Up);
  QTest::keyClick(&chart_, Qt::Key_Return);
  EXPECT_EQ(chart_.shownNode(), kDog);
  QTest::keyClick(&chart_, Qt::Key_Right);
  EXPECT_EQ(chart_.markedNode(), kDog) << "the cat is not in view";
  EXPECT_EQ(chart_.accessibleDescription(), QStringLiteral("dog"));
}

TEST_F(TreeChartTest, ManyThousandNodesAreSmoothAndMixedByPixels) {
  tree_ = bigTree();
  names_ = std::make_shared<const ClassNames>(tree_->labels());
  auto& application = guiApplication();
  QTest::qWait(20);
  application.resetClock();
  chart_.setTree(tree_, names_);
  std::vector<float> scores;
  for (int node = 0; node < tree_->size(); ++node)
    scores.push_back(node % 5 == 0 ? kNothing : .5F);
  chart_.setScores(scores, [](int node) { return QString::number(node); });
  chart_.repaint();
  for (int x = 20; x < 800; x += 7) {
    const QPoint at(x, 150);
    QWidget* const under = chart_.childAt(at);
    QTest::mouseMove(under, under->mapFrom(&chart_, at));
    QCoreApplication::processEvents();
  }
  EXPECT_GE(chart_.markedNode(), 0);
  for (int depth = 0; depth < 4; ++depth) {
    chart_.setFocus(Qt::TabFocusReason);
    QTest::keyClick(&chart_, Qt::Key_Down);
    QTest::keyClick(&chart_, Qt::Key_Return);
  }
  QTest::qWait(20);
  std::cout << "  longest handler " << application.worstMilliseconds() << " ms ("
            << application.worstName() << ")\n";
  EXPECT_LT(application.worstMilliseconds(), 50) << application.worstName();
  // Where a pixel holds what is measured and what is not, it shows what is.
  chart_.zoomTo(-1);
  const QImage image = chart_.grab().toImage();
  int grey = 0, measured = 0;
  const int y = chart_.placeOf(0).bottom() + 120;
  for (int x = chart_.placeOf(0).left(); x < 780; ++x) {
    const QColor colour = image.pixelColor(x, y);
    measured += colour == accuracyColour(.5);
    grey += colour == colours().line;
  }
  EXPECT_GT(measured, 6 * std::max(1, grey));
}

ValidationEvent validation(std::int64_t iteration, double dog) {
  ValidationEvent event;
  event.iteration = iteration;
  event.epoch = double(iteration) / 10;
  event.map50 = .5;
  event.wholeTop1 = .25;
  event.nodes = {{kAnimal, "animal", .8, 20, .9, 40},
                 {kDog, "dog", dog, 12, std::nullopt, 0},
                 {kCat, "cat", std::nullopt, 0, .25, 8}};
  return event;
}

TEST(TreeAccuracyTest, FollowsTheValidationsOfARun) {
  guiApplication();
  TreeAccuracy chart;
  chart.resize(700, 200);
  const auto curves = std::make_shared<RunCurves>();
  chart.showCurves(curves);
  EXPECT_TRUE(chart.isHidden()) << "no tree";
  const auto tree = smallTree();
  curves->setTree(std::make_shared<const RunTree>(
      RunTree{tree, std::make_shared<const ClassNames>(tree->labels())}));
  chart.showCurves(curves);
  EXPECT_FALSE(chart.isHidden()) << "before the first validation, too";
  BatchEvent batch;
  batch.iteration = 10;
  curves->add(batch);
  curves->add(validation(10, .3));
  chart.showCurves(curves);
  const auto read = [&](Node node) {
    const QPoint at = chart.placeOf(node).center();
    QWidget* const under = chart.childAt(at);
    QTest::mouseMove(under, under->mapFrom(&chart, at));
    QCoreApplication::processEvents();
    return chart.readOut().toStdString();
  };
  chart.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&chart));
  EXPECT_EQ(read(kDog), "dog: AP50 0.300 of 12 boxes");
  EXPECT_EQ(read(kCat), "cat: top-1 0.250 of 8 whole pictures");
  EXPECT_EQ(read(kAnimal), "animal: AP50 0.800 of 20 boxes, top-1 0.900 of 40 whole pictures");
  EXPECT_EQ(read(kHusky), "husky: not measured");
  batch.iteration = 20;
  curves->add(batch);
  curves->add(validation(20, .6));
  chart.showCurves(curves);
  EXPECT_EQ(read(kDog), "dog: AP50 0.600 of 12 boxes");
  // The run goes back: so does the picture.
  batch.iteration = 15;
  curves->add(batch);
  chart.showCurves(curves);
  EXPECT_EQ(read(kDog), "dog: AP50 0.300 of 12 boxes");
  // An old run over a tree, whose log does not tell of its nodes.
  const auto old = std::make_shared<RunCurves>();
  old->setTree(curves->tree());
  ValidationEvent bare;
  bare.map50 = .5;
  old->add(bare);
  chart.showCurves(old);
  EXPECT_TRUE(chart.isHidden());
  chart.showCurves(nullptr);
  EXPECT_TRUE(chart.isHidden());
}

TEST(TreeAccuracyTest, AValidationOfManyThousandNodesIsTakenAtOnce) {
  guiApplication();
  const auto tree = bigTree();
  const auto curves = std::make_shared<RunCurves>();
  curves->setTree(std::make_shared<const RunTree>(
      RunTree{tree, std::make_shared<const ClassNames>(tree->labels())}));
  TreeAccuracy chart;
  chart.resize(700, 200);
  chart.showCurves(curves);
  double longest = 0;
  for (int i = 1; i <= 10; ++i) {
    ValidationEvent event = validation(10 * i, .5);
    event.nodes.clear();
    for (int node = 0; node < tree->size(); ++node)
      event.nodes.push_back({node, tree->labels()[static_cast<std::size_t>(node)], .5, 3, .25, 8});
    const double before = GuiApplication::threadMilliseconds();
    curves->add(event);
    chart.showCurves(curves);
    chart.grab();
    longest = std::max(longest, GuiApplication::threadMilliseconds() - before);
    EXPECT_EQ(curves->nodes()->iteration, 10 * i);
  }
  std::cout << "  a validation: " << longest << " ms at most\n";
  EXPECT_LT(longest, 50);
}

TEST(AccuracyColour, GetsLighterAllTheWayAndWordsOnItCanBeRead) {
  double before = 0;
  for (int i = 0; i <= 100; ++i) {
    const QColor colour = accuracyColour(i / 100.0);
    const double lightness = contrast(colour, Qt::black);
    EXPECT_GT(lightness, before) << i;
    before = lightness;
    EXPECT_GE(contrast(colour, wordsOn(colour)), 4.5) << i;
  }
  EXPECT_EQ(accuracyColour(-1), accuracyColour(0));
  EXPECT_EQ(accuracyColour(2), accuracyColour(1));
}

}  // namespace
}  // namespace boxwright::ui
