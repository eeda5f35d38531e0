// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_outliers.h"

#include <gtest/gtest.h>

#include <memory>

namespace boxwright {
namespace {

class LabelOutliersTest : public testing::Test {
 protected:
  LabelOutliersTest() { dataset_.classes = {"cell", "dot"}; }

  /// Ids from 1.
  void picture(std::vector<std::pair<int, Rect>> boxes, bool crowd = false) {
    Annotation annotation;
    annotation.state = LabelState::Labelled;
    for (const auto& [classId, rect] : boxes) {
      Box box;
      box.id = static_cast<std::uint32_t>(annotation.boxes.size() + 1);
      box.classId = classId;
      box.rect = rect;
      box.crowd = crowd;
      annotation.boxes.push_back(box);
    }
    dataset_.pictures.push_back({"p" + std::to_string(dataset_.pictures.size()), 500, 500,
                                 std::make_shared<const Annotation>(annotation)});
  }

  Dataset dataset_;
};

TEST_F(LabelOutliersTest, OverlapsOfOneClass) {
  picture({{0, {10, 10, 50, 50}}, {0, {11, 11, 51, 51}}, {0, {100, 100, 140, 140}}});
  picture({{0, {10, 10, 50, 50}}, {1, {11, 11, 51, 51}}});                         // two classes
  picture({{0, {10, 10, 50, 50}}, {0, {30, 30, 70, 70}}});                         // a quarter
  picture({{1, {20, 20, 30, 30}}, {1, {10, 10, 90, 90}}, {1, {15, 15, 95, 95}}});  // within
  picture({{0, {10, 10, 50, 50}}, {0, {10, 10, 50, 50}}}, true);                   // crowds
  const std::vector<LabelFinding> found = overlappingBoxes(dataset_);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].box, (BoxRef{0, 2}));
  EXPECT_NE(found[0].what.find("cell twice on one place"), std::string::npos);
  EXPECT_NE(found[0].what.find("91 %"), std::string::npos) << found[0].what;
  EXPECT_EQ(found[1].box, (BoxRef{3, 1}));
  EXPECT_NE(found[1].what.find("within"), std::string::npos);
}

TEST_F(LabelOutliersTest, SizesFarFromTheirClass) {
  for (int i = 0; i < 50; ++i)
    picture({{0, {0, 0, 40.0 + i % 7, 40.0 + i % 5}}, {1, {0, 0, 5, 5}}});
  picture({{0, {0, 0, 6, 6}}, {1, {0, 0, 5.1, 5}}});
  picture({{0, {0, 0, 400, 400}}, {0, {0, 0, 55, 50}}});
  const std::vector<LabelFinding> found = unusualSizes(dataset_);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].box, (BoxRef{51, 1}));  // a hundredfold; the other is a fiftieth
  EXPECT_EQ(found[0].what, "unusually large for cell: 400 x 400 px, the median is 43 x 42 px");
  EXPECT_EQ(found[1].box, (BoxRef{50, 1}));
  EXPECT_EQ(found[1].what.find("unusually small for cell: 6 x 6 px"), 0U);
}

TEST_F(LabelOutliersTest, FewBoxesAreNotJudged) {
  for (int i = 0; i < 20; ++i)
    picture({{0, {0, 0, 40, 40}}});
  picture({{0, {0, 0, 400, 400}}});
  EXPECT_TRUE(unusualSizes(dataset_).empty());
}

}  // namespace
}  // namespace boxwright
