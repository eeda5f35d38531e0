// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QComboBox>
#include <QSignalSpy>
#include <memory>
#include <string>

#include "tests/ui/gui_application.h"
#include "ui/charts/bar_chart.h"
#include "ui/charts/heat_map.h"
#include "ui/data/picture_filter.h"
#include "ui/data/statistics_view.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

/// 40 pictures of 200 x 100 with up to five boxes of three classes, of many sizes and places.
Dataset makeDataset() {
  Dataset dataset;
  dataset.root = "/nowhere";
  dataset.format = "voc";
  dataset.classes = {"red cell", "white cell", "platelet"};
  for (int i = 0; i < 40; ++i) {
    Annotation annotation;
    annotation.state = i % 6 == 0 ? LabelState::Negative : LabelState::Labelled;
    for (int k = 0; k < i % 6; ++k) {
      boxwright::Box box;
      box.id = static_cast<std::uint32_t>(k + 1);
      box.classId = (i + k) % 3;
      const double x = (i * 37 + k * 11) % 150, y = (i * 13 + k * 29) % 60;
      box.rect = {x, y, x + 2 + (i * 5 + k * 7) % 48, y + 1 + (i * 3 + k * 17) % 38};
      annotation.boxes.push_back(box);
    }
    dataset.pictures.push_back({"p" + std::to_string(i) + ".jpg", 200, 100,
                                std::make_shared<const Annotation>(std::move(annotation))});
    dataset.splits[i % 4 == 3 ? "val" : "train"].push_back(static_cast<std::size_t>(i));
  }
  return dataset;
}

class StatisticsTest : public testing::Test {
 protected:
  StatisticsTest() {
    state_.document().setDataset(makeDataset());
    view_.resize(900, 800);
    view_.show();
    settle();
  }
  ~StatisticsTest() override { endJobs(); }

  void settle() {
    ASSERT_TRUE(waitFor([&] { return view_.isCurrent(); }));
    QTest::qWait(60);
  }
  /// Boxes and pictures for which the filter holds.
  std::pair<int, int> behind(const QString& text) const {
    const DatasetDocument& document = state_.document();
    const PictureFilter filter(text, document.dataset().classes);
    EXPECT_TRUE(filter.problem().isEmpty()) << text.toStdString();
    int boxes = 0, pictures = 0;
    for (int i = 0; i < document.pictureCount(); ++i) {
      if (!filter.matches(document, i)) continue;
      ++pictures;
      const Picture& picture = document.dataset().pictures[static_cast<std::size_t>(i)];
      for (const boxwright::Box& box : picture.annotation->boxes)
        boxes += filter.matchesBox(box, picture) ? 1 : 0;
    }
    return {boxes, pictures};
  }
  void choose(QComboBox* box, const QString& text) {
    box->setCurrentText(text);
    Q_EMIT box->activated(box->currentIndex());
    ASSERT_FALSE(view_.isCurrent());
    settle();
  }
  int expectBarsToHoldWhatTheirFiltersFind(const BarChart* chart) {
    int sum = 0;
    for (const BarChart::Bar& bar : chart->bars()) {
      if (bar.tag.isEmpty()) {
        EXPECT_EQ(bar.value, 0);
        continue;
      }
      EXPECT_EQ(behind(bar.tag).first, static_cast<int>(bar.value)) << bar.tag.toStdString();
      sum += static_cast<int>(bar.value);
    }
    return sum;
  }

  StudioState state_;
  StatisticsView view_{state_};
};

TEST_F(StatisticsTest, EachBarHoldsWhatItsFilterFinds) {
  const auto boxes = static_cast<int>(state_.document().statistics().boxes);
  ASSERT_EQ(boxes, 96);
  for (const BarChart* chart : {view_.classes(), view_.splits(), view_.sizes(), view_.aspects()})
    EXPECT_EQ(expectBarsToHoldWhatTheirFiltersFind(chart), boxes);
  ASSERT_EQ(view_.perPicture()->bars().size(), 6U);
  for (const BarChart::Bar& bar : view_.perPicture()->bars())
    EXPECT_EQ(behind(bar.tag).second, static_cast<int>(bar.value)) << bar.tag.toStdString();
}

TEST_F(StatisticsTest, OfOneClassAndSplit) {
  choose(view_.classChoice(), QStringLiteral("white cell"));
  choose(view_.splitChoice(), QStringLiteral("val"));
  const QString both = QStringLiteral("class:\"white cell\" split:val");
  const int boxes = behind(both).first;
  ASSERT_GT(boxes, 0);
  EXPECT_EQ(expectBarsToHoldWhatTheirFiltersFind(view_.sizes()), boxes);
  EXPECT_EQ(expectBarsToHoldWhatTheirFiltersFind(view_.aspects()), boxes);
  EXPECT_EQ(expectBarsToHoldWhatTheirFiltersFind(view_.classes()),
            behind(QStringLiteral("split:val")).first);
}

TEST_F(StatisticsTest, AChosenBarBecomesTheFilterAndGoesAgain) {
  BarChart* sizes = view_.sizes();
  int bar = 0;
  while (sizes->bars()[static_cast<std::size_t>(bar)].tag.isEmpty())
    ++bar;
  const QString tag = sizes->bars()[static_cast<std::size_t>(bar)].tag;
  const auto click = [&] {
    QWidget* target = sizes->childAt(sizes->placeOf(bar));
    ASSERT_TRUE(target);
    QTest::mouseClick(target, Qt::LeftButton, {}, target->mapFrom(sizes, sizes->placeOf(bar)));
  };
  click();
  EXPECT_EQ(state_.filter(), tag);
  EXPECT_FALSE(sizes->readOut().isEmpty());
  click();
  EXPECT_EQ(state_.filter(), QString());
  // With the keyboard.
  view_.classes()->setFocus();
  QTest::keyClick(view_.classes(), Qt::Key_Home);
  QTest::keyClick(view_.classes(), Qt::Key_Down);
  QTest::keyClick(view_.classes(), Qt::Key_Return);
  EXPECT_EQ(state_.filter(), view_.classes()->bars()[1].tag);
}

TEST_F(StatisticsTest, AFieldOfTheMapFindsItsBoxes) {
  QSignalSpy chosen(view_.places(), &ChartPanel::chosen);
  int sum = 0;
  for (int field = 0; field < 400; ++field) {
    const QPoint place = view_.places()->placeOf(field);
    QWidget* target = view_.places()->childAt(place);
    ASSERT_TRUE(target);
    chosen.clear();
    QTest::mouseClick(target, Qt::LeftButton, {}, target->mapFrom(view_.places(), place));
    if (chosen.isEmpty()) continue;
    const QString tag = chosen.at(0).at(0).toString();
    const int boxes = behind(tag).first;
    EXPECT_GT(boxes, 0) << tag.toStdString();
    EXPECT_TRUE(view_.places()->readOut().endsWith(
        boxes == 1 ? QStringLiteral(": 1 box") : QStringLiteral(": %1 boxes").arg(boxes)));
    sum += boxes;
  }
  EXPECT_EQ(sum, 96);
}

TEST_F(StatisticsTest, FollowsTheLabels) {
  Edit edit;
  const AnnotationPtr before = state_.document().dataset().pictures[5].annotation;
  edit.pictures.push_back({5, before, std::make_shared<const Annotation>()});
  state_.document().setReadOnly({});
  state_.document().edit(std::move(edit));
  EXPECT_FALSE(view_.isCurrent());
  settle();
  EXPECT_EQ(expectBarsToHoldWhatTheirFiltersFind(view_.sizes()), 91);
}

}  // namespace
}  // namespace boxwright::ui
