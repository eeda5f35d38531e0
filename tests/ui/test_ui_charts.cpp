// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "tests/ui/gui_application.h"
#include "ui/charts/axis_ticker.h"
#include "ui/charts/chart.h"
#include "ui/charts/chart_group.h"
#include "ui/charts/series_colours.h"

namespace boxwright::ui {
namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

TEST(UiCharts, ReducingKeepsTheExtremesOfEveryStretch) {
  LineData data;
  const int count = 100000;
  for (int i = 0; i < count; ++i)
    data.append(i, std::sin(i * 0.7) + (i == 51234 ? 40 : 0) - (i == 70001 ? 30 : 0));
  std::vector<double> xs, ys;
  data.reduce(0, count, 400, xs, ys);
  EXPECT_LT(xs.size(), 4000U);
  EXPECT_GE(xs.size(), 800U);
  EXPECT_TRUE(std::is_sorted(xs.begin(), xs.end()));
  EXPECT_NE(std::find(xs.begin(), xs.end(), 51234.0), xs.end());
  EXPECT_NE(std::find(xs.begin(), xs.end(), 70001.0), xs.end());
  EXPECT_EQ(xs.front(), 0);
  EXPECT_EQ(xs.back(), count - 1);
  // A part of few points is given whole, with a neighbour on either side.
  data.reduce(1000, 1100, 400, xs, ys);
  EXPECT_EQ(xs.size(), 103U);
  EXPECT_EQ(xs.front(), 999);
  EXPECT_EQ(xs.back(), 1101);
}

TEST(UiCharts, GapsStayGapsAndAreNoZeros) {
  LineData data;
  for (int i = 0; i < 100000; ++i)
    data.append(i, i >= 40000 && i < 60000 ? kGap : 1.0);
  std::vector<double> xs, ys;
  data.reduce(0, 1e5, 300, xs, ys);
  const auto gaps = std::count_if(ys.begin(), ys.end(), [](double y) { return std::isnan(y); });
  EXPECT_GT(gaps, 10);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (std::isnan(ys[i])) continue;
    EXPECT_EQ(ys[i], 1.0);
  }
  EXPECT_EQ(data.nearest(45000), std::nullopt);  // far from any point
  EXPECT_EQ(data.nearest(40001), std::optional<std::size_t>(39999));
}

TEST(UiCharts, DroppingTheEndLeavesWhatNeverHadIt) {
  LineSeries cut(true), plain(true);
  for (int i = 0; i < 1000; ++i)
    cut.append(i, std::cos(i));
  cut.dropFrom(600);
  for (int i = 0; i < 600; ++i)
    plain.append(i, std::cos(i));
  EXPECT_EQ(cut.raw.y(), plain.raw.y());
  EXPECT_EQ(cut.mean.y(), plain.mean.y());
  cut.append(600, 2);
  plain.append(600, 2);
  EXPECT_EQ(cut.mean.y(), plain.mean.y());
}

TEST(UiCharts, RunningMeanPassesOverGapsAndStartsAtTheFirstValue) {
  LineSeries series(true);
  for (const double y : {4.0, kGap, 4.0, 4.0})
    series.append(double(series.raw.size()), y);
  EXPECT_NEAR(series.mean.y()[0], 4, 1e-12);
  EXPECT_TRUE(std::isnan(series.mean.y()[1]));
  EXPECT_NEAR(series.mean.y()[3], 4, 1e-12);
}

TEST(UiCharts, TickLabelsAreTheTicksThemselves) {
  EXPECT_EQ(tickText(2.5, 2.5), QStringLiteral("2.5"));
  EXPECT_EQ(tickText(7.5, 2.5), QStringLiteral("7.5"));
  EXPECT_EQ(tickText(0.025, 0.025), QStringLiteral("0.025"));
  EXPECT_EQ(tickText(0.3, 0.1), QStringLiteral("0.3"));
  EXPECT_EQ(tickText(0.6000000001, 0.2), QStringLiteral("0.6"));
  EXPECT_EQ(tickText(12000, 2000), QStringLiteral("12,000"));
  EXPECT_EQ(tickText(1e-18, 0.1), QStringLiteral("0.0"));
}

TEST(UiCharts, EveryLineColourReadsAsText) {
  for (const bool dark : {true, false}) {
    const ThemeColours& theme = dark ? darkColours() : lightColours();
    for (int i = 0; i < seriesColourCount; ++i)
      EXPECT_GE(contrast(seriesColour(i, dark), theme.canvas), 4.5) << i << " dark " << dark;
  }
}

/// A shown chart with a line of a hundred points.
class ShownChart {
 public:
  ShownChart() {
    guiApplication();
    chart.setTitle("Loss");
    chart.setKeyName("iteration");
    chart.addLine({.name = "total", .colour = 0});
    chart.addLine({.name = "box", .colour = 1});
    for (int i = 0; i < 100; ++i) {
      chart.append(0, i, 10.0 - i * 0.05);
      chart.append(1, i, i % 10 == 5 ? kGap : 2.0);
    }
    chart.resize(600, 300);
    chart.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&chart));
    QTest::qWait(30);
  }

  void wheel(const QPoint& at, int steps) {
    QWheelEvent event(at, chart.mapToGlobal(at), {}, QPoint(0, 120 * steps), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&chart, &event);
    QTest::qWait(20);
  }

  Chart chart;
};

TEST(UiCharts, WheelZoomsDragPansAndDoubleClickShowsAll) {
  ShownChart shown;
  Chart& chart = shown.chart;
  const QCPRange whole = chart.xAxis->range();
  EXPECT_EQ(whole.lower, 0);
  EXPECT_EQ(whole.upper, 99);
  const QPoint middle = chart.axisRect()->center();
  shown.wheel(middle, 4);
  const QCPRange zoomed = chart.xAxis->range();
  EXPECT_TRUE(chart.isZoomed());
  EXPECT_LT(zoomed.size(), 0.6 * whole.size());
  EXPECT_NEAR(zoomed.center(), whole.center(), 1);
  QTest::mousePress(&chart, Qt::LeftButton, {}, middle);
  QTest::mouseMove(&chart, middle + QPoint(60, 0));
  QTest::mouseRelease(&chart, Qt::LeftButton, {}, middle + QPoint(60, 0));
  EXPECT_LT(chart.xAxis->range().center(), zoomed.center() - 1);
  EXPECT_NEAR(chart.xAxis->range().size(), zoomed.size(), 1e-6);
  QTest::mouseDClick(&chart, Qt::LeftButton, {}, middle);
  QTest::qWait(30);
  EXPECT_FALSE(chart.isZoomed());
  EXPECT_EQ(chart.xAxis->range(), whole);
  // The same by keys.
  chart.setFocus();
  QTest::keyClick(&chart, Qt::Key_Plus);
  EXPECT_TRUE(chart.isZoomed());
  QTest::keyClick(&chart, Qt::Key_Home);
  EXPECT_FALSE(chart.isZoomed());
}

TEST(UiCharts, CrossHairReadsTheNearestPoints) {
  ShownChart shown;
  Chart& chart = shown.chart;
  const QPoint at(static_cast<int>(chart.xAxis->coordToPixel(40)), chart.axisRect()->center().y());
  QTest::mouseMove(&chart, at);
  ASSERT_TRUE(chart.cursor().has_value());
  EXPECT_NEAR(*chart.cursor(), 40, 0.3);
  EXPECT_EQ(chart.readOut().toStdString(), "total 8.000  box 2.000");
  // In a gap the nearest point that is there is read.
  QTest::mouseMove(&chart, QPoint(static_cast<int>(chart.xAxis->coordToPixel(45)), at.y()));
  EXPECT_NE(chart.readOut().indexOf("box 2.000"), -1);
}

TEST(UiCharts, GroupSharesAxisAndCrossHair) {
  guiApplication();
  QWidget window;
  Chart first, second;
  for (Chart* chart : {&first, &second}) {
    chart->setParent(&window);
    chart->addLine({.name = "a", .colour = 0});
  }
  for (int i = 0; i < 50; ++i)
    first.append(0, i, i);
  second.append(0, 10, 1);
  second.append(0, 20, 2);
  first.setGeometry(0, 0, 400, 200);
  second.setGeometry(0, 200, 400, 200);
  ChartGroup group;
  group.add(&first);
  group.add(&second);
  window.resize(400, 400);
  window.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
  group.refresh();
  QTest::qWait(40);
  EXPECT_EQ(second.xAxis->range(), first.xAxis->range());
  QTest::mouseMove(&first, first.axisRect()->center());
  ASSERT_TRUE(second.cursor().has_value());
  EXPECT_EQ(*second.cursor(), *first.cursor());
  first.setFocus();
  QTest::keyClick(&first, Qt::Key_Plus);
  EXPECT_TRUE(second.isZoomed());
  EXPECT_EQ(second.xAxis->range(), first.xAxis->range());
  QTest::keyClick(&first, Qt::Key_Home);
  EXPECT_FALSE(second.isZoomed());
}

TEST(UiCharts, CsvHoldsEveryPointAndLeavesGapsEmpty) {
  guiApplication();
  Chart chart;
  chart.setKeyName("iteration");
  chart.addLine({.name = "loss, total", .colour = 0});
  chart.addLine({.name = "mAP50", .colour = 1});
  chart.setPoints(0, {1, 2, 3}, {0.5, kGap, 0.25});
  chart.setPoints(1, {2}, {0.75});
  EXPECT_EQ(chart.csv(), "iteration,\"loss, total\",mAP50\n1,0.5,\n2,,0.75\n3,0.25,\n");
}

TEST(UiCharts, SavesPictureAndPointsAndTellsWhyNot) {
  ShownChart shown;
  QTemporaryDir folder;
  const QString csv = folder.filePath("points.csv"), png = folder.filePath("chart.png");
  shown.chart.saveCsv(csv);
  ASSERT_TRUE(waitFor([&] { return QFile::exists(csv); }, 5));
  std::ifstream in(csv.toStdString());
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), shown.chart.csv());
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }, 5));
  shown.chart.saveImage(png);
  ASSERT_TRUE(waitFor([&] { return QFile::exists(png); }, 5));
  EXPECT_EQ(QImage(png).size(), QSize(1200, 600));
  ASSERT_TRUE(waitFor([] { return Jobs::instance().threads() == 0; }, 5));
  JobError error;
  QObject::connect(&shown.chart, &Chart::failed, [&](const JobError& told) { error = told; });
  shown.chart.saveCsv(folder.filePath("not there/points.csv"));
  EXPECT_TRUE(waitFor([&] { return !error.problem.isEmpty(); }, 5));
  endJobs();
}

TEST(UiCharts, MenuSwitchesToTheLogarithmicAxis) {
  ShownChart shown;
  shown.chart.setPoints(1, {0, 1, 2}, {0, -3, 100});  // what no logarithm has becomes a gap
  std::unique_ptr<QMenu> menu(shown.chart.makeMenu(&shown.chart));
  QAction* log = nullptr;
  for (QAction* action : menu->actions())
    if (action->isCheckable()) log = action;
  ASSERT_TRUE(log);
  log->trigger();
  QTest::qWait(30);
  EXPECT_EQ(shown.chart.yAxis->scaleType(), QCPAxis::stLogarithmic);
  EXPECT_GT(shown.chart.yAxis->range().lower, 0);
}

TEST(UiCharts, AMillionPointsArePaintedWithinAnEventsBudget) {
  GuiApplication& application = guiApplication();
  Chart chart;
  auto series = std::make_shared<LineSeries>(true);
  for (int i = 0; i < 1000000; ++i)
    series->append(i, 5 + std::sin(i * 0.001) + (i % 1000 * 7919 % 100) * 0.01);
  chart.addLine({.name = "total", .colour = 0, .smooth = true});
  chart.setSeries(0, series);
  chart.resize(700, 360);
  chart.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&chart));
  QTest::qWait(50);
  application.resetClock();
  for (int i = 0; i < 10; ++i) {
    chart.setKeyRange(i * 1000, 1000000 - i * 20000);
    QTest::qWait(20);
  }
  EXPECT_LT(application.worstMilliseconds(), 50) << application.worstName();
  RecordProperty("worst_ms", std::to_string(application.worstMilliseconds()));
}

}  // namespace
}  // namespace boxwright::ui
