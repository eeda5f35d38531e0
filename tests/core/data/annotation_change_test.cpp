// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/annotation_change.h"

#include <gtest/gtest.h>

#include "tests/core/data/random_annotations.h"

namespace boxwright {
namespace {

Annotation withBoxes(int count) {
  RandomStream random(1, "boxes");
  Annotation annotation;
  annotation.state = LabelState::Labelled;
  for (int i = 1; i <= count; ++i)
    annotation.boxes.push_back(randomBox(random, static_cast<std::uint32_t>(i), 3));
  return annotation;
}

TEST(AnnotationChange, IsAsSmallAsTheEdit) {
  const Annotation before = withBoxes(5000);
  Annotation after = before;
  after.boxes[2500].rect.left += 0.25;
  const AnnotationChange moved = changeBetween(before, after);
  ASSERT_EQ(moved.removed.size(), 1U);
  ASSERT_EQ(moved.added.size(), 1U);
  EXPECT_EQ(moved.removed[0].place, 2500U);
  EXPECT_EQ(changed(before, moved), after);

  after.boxes.erase(after.boxes.begin() + 10);
  after.boxes.push_back(after.boxes[3]);
  after.boxes.back().id = 9000;
  const AnnotationChange more = changeBetween(before, after);
  EXPECT_EQ(more.removed.size(), 2U);
  EXPECT_EQ(more.added.size(), 2U);
  EXPECT_EQ(changed(before, more), after);

  const AnnotationChange none = changeBetween(before, before);
  EXPECT_TRUE(none.removed.empty() && none.added.empty());
  EXPECT_EQ(none.before, none.after);
}

TEST(AnnotationChange, LeadsFromAnyAnnotationToAnyOther) {
  RandomStream random(7, "changes");
  for (int round = 0; round < 500; ++round) {
    std::uint32_t nextId = 1;
    Annotation before;
    for (int i = 0; i < 12; ++i)
      before = randomlyEdited(random, before, nextId, 4);
    Annotation after = before;
    for (std::uint64_t i = random.index(6); i > 0; --i)
      after = randomlyEdited(random, after, nextId, 4);
    // Others may turn the order round as well.
    if (random.index(3) == 0) std::reverse(after.boxes.begin(), after.boxes.end());
    EXPECT_EQ(changed(before, changeBetween(before, after)), after);
    EXPECT_EQ(changed(after, changeBetween(after, before)), before);
  }
}

TEST(AnnotationChange, FitsOnlyWhatItBeginsWith) {
  const Annotation before = withBoxes(4);
  Annotation after = before;
  after.boxes[1].classId += 1;
  const AnnotationChange change = changeBetween(before, after);
  EXPECT_FALSE(changed(after, change));
  EXPECT_FALSE(changed(Annotation(), change));
  Annotation verified = before;
  verified.verified = true;
  EXPECT_FALSE(changed(verified, change));
  AnnotationChange beyond = change;
  beyond.added[0].place = 10;
  EXPECT_FALSE(changed(before, beyond));
  beyond = change;
  beyond.removed[0].place = 10;
  EXPECT_FALSE(changed(before, beyond));
}

}  // namespace
}  // namespace boxwright
