// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/box_interpolation.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace boxwright {
namespace {

Box boxOf(int classId, double left, double top, double side = 10) {
  Box box;
  box.id = 7;
  box.classId = classId;
  box.rect = {left, top, left + side, top + side};
  return box;
}

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

TEST(SeriesPlace, TakesTheNumberAtTheEndOfTheName) {
  const auto place = seriesPlaceOf("day 1/clip_000120.jpg");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->number, 120u);
  EXPECT_EQ(place->series, "day 1/clip_*.jpg");
  EXPECT_NE(place->series, seriesPlaceOf("day 2/clip_000120.jpg")->series);
  EXPECT_EQ(seriesPlaceOf("7.png")->number, 7u);
  EXPECT_EQ(seriesPlaceOf("v2/12")->number, 12u);
}

TEST(SeriesPlace, NamesWithoutANumberAtTheirEndAreOfNoSeries) {
  for (const char* path :
       {"clip.jpg", "12/clip.jpg", "a12b.jpg", "", ".jpg", "clip_99999999999999999999999.jpg"}) {
    EXPECT_FALSE(seriesPlaceOf(path)) << path;
  }
}

TEST(MatchedBoxes, OverlapCountsFirstAndClassesNeverMix) {
  const std::vector<Box> first = {boxOf(0, 0, 0), boxOf(1, 50, 50), boxOf(0, 100, 0)};
  const std::vector<Box> second = {boxOf(0, 103, 1), boxOf(1, 2, 2), boxOf(0, 4, 0)};
  EXPECT_EQ(matchedBoxes(first, second), (Pairs{{0, 2}, {2, 0}}));
}

TEST(MatchedBoxes, WhatMovedByLessThanTwiceItsSizeIsFoundAgain) {
  EXPECT_EQ(matchedBoxes(std::vector{boxOf(0, 0, 0)}, std::vector{boxOf(0, 19, 0)}),
            (Pairs{{0, 0}}));
  EXPECT_TRUE(matchedBoxes(std::vector{boxOf(0, 0, 0)}, std::vector{boxOf(0, 21, 0)}).empty());
  // The nearer one is it, in whatever order they stand.
  EXPECT_EQ(
      matchedBoxes(std::vector{boxOf(0, 0, 0)}, std::vector{boxOf(0, 18, 0), boxOf(0, 12, 0)}),
      (Pairs{{0, 1}}));
}

TEST(MatchedBoxes, EachAtMostOnceOnRandomBoxes) {
  RandomStream random(3, "match", 0, 0);
  for (int round = 0; round < 50; ++round) {
    std::vector<Box> lists[2];
    for (std::vector<Box>& list : lists) {
      const int count = static_cast<int>(random.uniform() * 12);
      for (int i = 0; i < count; ++i)
        list.push_back(boxOf(static_cast<int>(random.uniform() * 2), random.uniform() * 60,
                             random.uniform() * 60, 2 + random.uniform() * 20));
    }
    std::vector<bool> seen(lists[1].size());
    std::size_t last = 0;
    for (const auto& [a, b] : matchedBoxes(lists[0], lists[1])) {
      ASSERT_LT(a, lists[0].size());
      ASSERT_LT(b, lists[1].size());
      EXPECT_GE(a, last);
      last = a;
      EXPECT_FALSE(seen[b]);
      seen[b] = true;
      EXPECT_EQ(lists[0][a].classId, lists[1][b].classId);
    }
  }
}

TEST(BoxBetween, IsLinearAndKeepsWholePixelsWhole) {
  Box from = boxOf(2, 0, 0), to = boxOf(2, 30, 10, 20);
  from.difficult = true;
  from.score = 0.5F;
  from.area = 100;
  const Box third = boxBetween(from, to, 1.0 / 3);
  EXPECT_EQ(third.rect, (Rect{10, 3, 23, 17}));
  EXPECT_EQ(third.classId, 2);
  EXPECT_TRUE(third.difficult);
  EXPECT_FALSE(third.score);
  EXPECT_FALSE(third.area);
  EXPECT_EQ(third.id, 0u);
  to.rect.left = 30.5;
  EXPECT_DOUBLE_EQ(boxBetween(from, to, 0.5).rect.left, 15.25);
  EXPECT_EQ(boxBetween(from, to, 0).rect, from.rect);
  EXPECT_EQ(boxBetween(from, to, 1).rect, to.rect);
}

/// Frames 0, 10, 20 … of "v_", each with these boxes; none: unlabelled.
Dataset seriesOf(const std::vector<std::vector<Box>>& frames) {
  Dataset dataset;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    Annotation annotation;
    annotation.boxes = frames[i];
    if (!frames[i].empty()) annotation.state = LabelState::Labelled;
    dataset.pictures.push_back({"v_" + std::to_string(100 + 10 * i) + ".jpg", 200, 100,
                                std::make_shared<const Annotation>(annotation)});
  }
  return dataset;
}

using Outcome = SeriesFill::Outcome;

TEST(SeriesFill, FillsTheUnlabelledOnesByTheirNumbers) {
  Dataset dataset = seriesOf({{boxOf(0, 0, 0), boxOf(1, 80, 80)}, {}, {}, {boxOf(0, 15, 9)}});
  dataset.pictures[1].path = "v_101.jpg";
  dataset.pictures.push_back({"v_105.jpg", 200, 100, std::make_shared<const Annotation>()});
  dataset.pictures.push_back({"w_115.jpg", 200, 100, std::make_shared<const Annotation>()});
  const SeriesFill fill = seriesFillOf(dataset, 3);
  ASSERT_EQ(fill.outcome, Outcome::Filled);
  EXPECT_EQ(fill.first, 0u);
  EXPECT_EQ(fill.unmatched, 1u);
  ASSERT_EQ(fill.pictures.size(), 3u);
  EXPECT_EQ(fill.pictures[0].first, 1u);
  EXPECT_EQ(fill.pictures[1].first, 4u);
  EXPECT_EQ(fill.pictures[2].first, 2u);
  EXPECT_EQ(fill.pictures[0].second.at(0).rect, (Rect{1, 0, 11, 10}));
  EXPECT_EQ(fill.pictures[1].second.at(0).rect, (Rect{3, 2, 13, 12}));
  EXPECT_EQ(fill.pictures[2].second.at(0).rect, (Rect{10, 6, 20, 16}));
  EXPECT_EQ(fill.pictures[2].second.size(), 1u);
}

TEST(SeriesFill, NegativeOnesBetweenStayAndTheNearestLabelledOneIsTheStart) {
  Dataset dataset = seriesOf({{boxOf(0, 0, 0)}, {boxOf(0, 4, 0)}, {}, {}, {boxOf(0, 10, 0)}});
  Annotation negative;
  negative.state = LabelState::Negative;
  dataset.pictures[2].annotation = std::make_shared<const Annotation>(negative);
  const SeriesFill fill = seriesFillOf(dataset, 4);
  ASSERT_EQ(fill.outcome, Outcome::Filled);
  EXPECT_EQ(fill.first, 1u);
  ASSERT_EQ(fill.pictures.size(), 1u);
  EXPECT_EQ(fill.pictures[0].first, 3u);
  EXPECT_EQ(fill.pictures[0].second.at(0).rect.left, 8);
}

TEST(SeriesFill, WhatIsInTheTrashOrOfAnotherSizeStays) {
  Dataset dataset = seriesOf({{boxOf(0, 0, 0)}, {}, {}, {}, {boxOf(0, 8, 0)}});
  Annotation trashed;
  trashed.trashed = true;
  dataset.pictures[1].annotation = std::make_shared<const Annotation>(trashed);
  dataset.pictures[2].width = 0;
  const SeriesFill fill = seriesFillOf(dataset, 4);
  ASSERT_EQ(fill.pictures.size(), 1u);
  EXPECT_EQ(fill.pictures[0].first, 3u);
}

TEST(SeriesFill, SaysWhyThereIsNothingToFill) {
  EXPECT_EQ(seriesFillOf(seriesOf({{}, {boxOf(0, 0, 0)}}), 1).outcome, Outcome::NothingBefore);
  EXPECT_EQ(seriesFillOf(seriesOf({{boxOf(0, 0, 0)}, {}}), 1).outcome, Outcome::NoBoxes);
  EXPECT_EQ(seriesFillOf(seriesOf({{boxOf(0, 0, 0)}, {boxOf(0, 0, 0)}}), 1).outcome,
            Outcome::NothingBetween);
  EXPECT_EQ(seriesFillOf(seriesOf({{boxOf(0, 0, 0)}, {}, {boxOf(1, 0, 0)}}), 2).outcome,
            Outcome::NoMatch);
  Dataset other = seriesOf({{boxOf(0, 0, 0)}, {}, {boxOf(0, 0, 0)}});
  other.pictures[0].width = 300;
  EXPECT_EQ(seriesFillOf(other, 2).outcome, Outcome::OtherSize);
  other.pictures[2].path = "last.jpg";
  EXPECT_EQ(seriesFillOf(other, 2).outcome, Outcome::NoSeries);
}

}  // namespace
}  // namespace boxwright
