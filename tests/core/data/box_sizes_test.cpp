// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/box_sizes.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace boxwright {
namespace {

Box boxAt(std::uint32_t id, const Rect& rect) {
  Box box;
  box.id = id;
  box.rect = rect;
  return box;
}

TEST(BoxSizes, AreThoseThatTrainingLearnsFrom) {
  Annotation annotation;
  annotation.state = LabelState::Labelled;
  annotation.boxes = {boxAt(1, {0, 0, 50, 10}), boxAt(2, {0, 0, 10, 10}), boxAt(3, {0, 0, 20, 20}),
                      boxAt(4, {90, 40, 120, 60}), boxAt(5, {100, 0, 120, 10})};
  annotation.boxes[1].difficult = true;
  annotation.boxes[2].crowd = true;
  const auto shared = std::make_shared<const Annotation>(annotation);
  Dataset dataset;
  dataset.pictures = {
      {"a", 100, 50, shared}, {"unknown size", 0, 0, shared}, {"b", 200, 100, shared}};

  // The fourth is cut at the edge, the fifth lies outside.
  const std::vector<std::size_t> some = {0, 1};
  EXPECT_EQ(boxFractions(dataset, some), (std::vector<Size>{{0.5, 0.2}, {0.1, 0.2}}));

  const std::vector<std::size_t> last = {2};
  std::vector<std::uint32_t> ids;
  eachLearnedBox(dataset, last, [&](std::size_t picture, const Box& box, const Size& size) {
    EXPECT_EQ(picture, 2U);
    EXPECT_DOUBLE_EQ(size.width, box.rect.width() / 200);
    ids.push_back(box.id);
  });
  EXPECT_EQ(ids, (std::vector<std::uint32_t>{1, 4, 5}));
}

}  // namespace
}  // namespace boxwright
