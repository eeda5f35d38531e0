// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/bulk_edit.h"

#include <gtest/gtest.h>

#include <memory>

namespace boxwright {
namespace {

Dataset makeDataset() {
  Dataset dataset;
  dataset.classes = {"a", "b"};
  for (int i = 0; i < 3; ++i) {
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    annotation.verified = true;
    for (std::uint32_t id = 1; id <= 2; ++id) {
      Box box;
      box.id = id;
      box.classId = static_cast<int>(id) - 1;
      box.rect = {0, 0, 4, 4};
      annotation.boxes.push_back(box);
    }
    dataset.pictures.push_back(
        {"p" + std::to_string(i), 9, 9, std::make_shared<const Annotation>(annotation)});
  }
  return dataset;
}

TEST(BulkEdit, RelabelsAcrossPicturesInOneEdit) {
  const Dataset dataset = makeDataset();
  // In any order; the second box of picture 1 is of the class already; 7 and picture 9 are not
  // there.
  const Edit edit =
      relabelEdit(dataset, {{2, 1}, {0, 1}, {1, 2}, {0, 2}, {0, 7}, {9, 1}}, 1, "name");
  EXPECT_EQ(edit.name, "name");
  ASSERT_EQ(edit.pictures.size(), 2U);
  EXPECT_EQ(edit.pictures[0].picture, 0U);
  EXPECT_EQ(edit.pictures[0].before, dataset.pictures[0].annotation);
  EXPECT_EQ(edit.pictures[0].after->boxes[0].classId, 1);
  EXPECT_EQ(edit.pictures[1].picture, 2U);
  EXPECT_EQ(edit.pictures[1].after->boxes[0].classId, 1);
  EXPECT_EQ(edit.pictures[1].after->boxes[1], dataset.pictures[2].annotation->boxes[1]);
  EXPECT_TRUE(relabelEdit(dataset, {}, 1, "name").pictures.empty());
}

TEST(BulkEdit, DeletesAndLeavesNothingNegative) {
  const Edit edit = deleteEdit(makeDataset(), {{0, 1}, {0, 2}, {1, 2}}, "name");
  ASSERT_EQ(edit.pictures.size(), 2U);
  EXPECT_TRUE(edit.pictures[0].after->boxes.empty());
  EXPECT_EQ(edit.pictures[0].after->state, LabelState::Unlabelled);
  EXPECT_FALSE(edit.pictures[0].after->verified);
  ASSERT_EQ(edit.pictures[1].after->boxes.size(), 1U);
  EXPECT_EQ(edit.pictures[1].after->boxes[0].id, 1U);
  EXPECT_EQ(edit.pictures[1].after->state, LabelState::Labelled);
}

}  // namespace
}  // namespace boxwright
