// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/box_statistics.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <numeric>

namespace boxwright {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
using Bin = BoxStatistics::Bin;

void add(Dataset& dataset, std::vector<std::pair<int, Rect>> boxes, int width = 200,
         int height = 100) {
  Annotation annotation;
  for (const auto& [classId, rect] : boxes) {
    Box box;
    box.id = static_cast<std::uint32_t>(annotation.boxes.size() + 1);
    box.classId = classId;
    box.rect = rect;
    annotation.boxes.push_back(box);
  }
  annotation.state = boxes.empty() ? LabelState::Unlabelled : LabelState::Labelled;
  dataset.pictures.push_back({"p" + std::to_string(dataset.pictures.size()), width, height,
                              std::make_shared<const Annotation>(annotation)});
}

Dataset makeDataset() {
  Dataset dataset;
  dataset.classes = {"a", "b", "never"};
  add(dataset, {{0, {0, 0, 12, 10}}, {1, {100, 50, 116, 58}}});
  add(dataset, {{0, {190, 90, 200, 100}}});
  add(dataset, {});
  add(dataset, {{0, {0, 0, 5, 5}}}, 0, 0);  // of unknown size
  return dataset;
}

BoxStatistics of(const Dataset& dataset, std::optional<int> classId = {}) {
  std::vector<std::size_t> all(dataset.pictures.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return boxStatistics(dataset, all, classId);
}

TEST(BoxStatistics, CountsClassesSizesAspectsAndPlaces) {
  const BoxStatistics all = of(makeDataset());
  EXPECT_EQ(all.pictures, 4U);
  EXPECT_EQ(all.boxes, 4U);
  EXPECT_EQ(all.classes, (std::vector<std::size_t>{3, 1, 0}));
  // The longer sides are 12, 16, 10 and 5: what is on an edge belongs to the bin that begins there.
  EXPECT_EQ(all.sizes,
            (std::vector<Bin>{{4, 6, 1}, {6, 8, 0}, {8, 12, 1}, {12, 16, 1}, {16, 24, 1}}));
  // 1.2, 2, 1, 1.
  EXPECT_EQ(all.aspects,
            (std::vector<Bin>{{0.8, 1.25, 3}, {1.25, 1.5, 0}, {1.5, 2, 0}, {2, 3, 1}}));
  EXPECT_EQ(all.perPicture, (std::vector<Bin>{{0, 0, 1}, {1, 1, 2}, {2, 2, 1}}));
  EXPECT_EQ(all.places[20 + 0], 1U);        // centre 6, 5: 3 % and 5 %
  EXPECT_EQ(all.places[10 * 20 + 10], 1U);  // 54 % and 54 %
  EXPECT_EQ(all.places[19 * 20 + 19], 1U);  // 97.5 % and 95 %
  EXPECT_EQ(std::accumulate(all.places.begin(), all.places.end(), std::size_t{0}), 3U);
}

TEST(BoxStatistics, OfOneClassAndOfSomePictures) {
  const Dataset dataset = makeDataset();
  const BoxStatistics b = of(dataset, 1);
  EXPECT_EQ(b.boxes, 1U);
  EXPECT_EQ(b.pictures, 4U);
  EXPECT_EQ(b.perPicture, (std::vector<Bin>{{0, 0, 3}, {1, 1, 1}}));
  const std::vector<std::size_t> some{1, 2};
  const BoxStatistics two = boxStatistics(dataset, some);
  EXPECT_EQ(two.pictures, 2U);
  EXPECT_EQ(two.sizes, (std::vector<Bin>{{8, 12, 1}}));
}

TEST(BoxStatistics, ManyBoxesAPictureAreCountedInEqualSteps) {
  Dataset dataset;
  dataset.classes = {"a"};
  add(dataset, std::vector<std::pair<int, Rect>>(60, {0, {0, 0, 1e6, 1}}));
  add(dataset, std::vector<std::pair<int, Rect>>(5, {0, {0, 0, 0.5, 8}}));
  const BoxStatistics all = of(dataset);
  ASSERT_EQ(all.perPicture.size(), 13U);
  EXPECT_EQ(all.perPicture[0], (Bin{0, 0, 0}));
  EXPECT_EQ(all.perPicture[1], (Bin{1, 5, 1}));
  EXPECT_EQ(all.perPicture[12], (Bin{56, 60, 1}));
  EXPECT_EQ(all.sizes.back(), (Bin{8192, kInfinity, 60}));
  EXPECT_EQ(all.aspects.front(), (Bin{-kInfinity, 0.12, 5}));
  EXPECT_EQ(all.aspects.back(), (Bin{8, kInfinity, 60}));
}

TEST(BoxStatistics, PicturesInTheTrashAreNotCounted) {
  Dataset dataset;
  dataset.classes = {"a"};
  add(dataset, {{0, {0, 0, 8, 8}}});
  add(dataset, {});
  Annotation trashed;
  trashed.trashed = true;
  dataset.pictures[1].annotation = std::make_shared<const Annotation>(trashed);
  const BoxStatistics all = of(dataset);
  EXPECT_EQ(all.pictures, 1U);
  EXPECT_EQ(all.perPicture, (std::vector<Bin>{{0, 0, 0}, {1, 1, 1}}));
}

TEST(BoxStatistics, ADatasetWithoutBoxes) {
  Dataset dataset;
  add(dataset, {});
  const BoxStatistics none = of(dataset);
  EXPECT_TRUE(none.sizes.empty());
  EXPECT_TRUE(none.aspects.empty());
  EXPECT_EQ(none.perPicture, (std::vector<Bin>{{0, 0, 1}}));
  EXPECT_TRUE(boxStatistics(dataset, {}).perPicture.empty());
}

}  // namespace
}  // namespace boxwright
