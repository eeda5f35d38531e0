// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/doubt.h"

#include <gtest/gtest.h>

#include <vector>

namespace boxwright {
namespace {

constexpr double threshold = 0.25;

Detection find(double left, int classId, float confidence, double size = 10) {
  return {{left, 0, left + size, size}, classId, confidence};
}

Box label(double left, int classId) {
  Box box;
  box.classId = classId;
  box.rect = {left, 0, left + 10, 10};
  return box;
}

TEST(Doubt, IsLargestAtTheThresholdAndNoneWhereTheModelIsSure) {
  const auto doubt = [](float confidence) {
    return pictureDoubt(std::vector{find(0, 0, confidence)}, threshold);
  };
  EXPECT_DOUBLE_EQ(doubt(0.25F), 1);
  EXPECT_DOUBLE_EQ(doubt(1), 0);
  EXPECT_DOUBLE_EQ(doubt(0.625F), 0.5);  // half-way up
  EXPECT_DOUBLE_EQ(doubt(0.125F), 0.5);  // half-way down
  EXPECT_DOUBLE_EQ(doubt(0.4375F), 0.75);
  EXPECT_EQ(pictureDoubt({}, threshold), 0);
}

TEST(Doubt, IsHowNearTheSecondClassComes) {
  // 0.75 alone: a third. With 0.6 of another class on it: 0.8. That is one place, not two.
  EXPECT_NEAR(pictureDoubt(std::vector{find(0, 0, 0.75F)}, threshold), 1 / 3., 1e-6);
  EXPECT_NEAR(pictureDoubt(std::vector{find(0, 0, 0.75F), find(1, 1, 0.6F)}, threshold), 0.8, 1e-6);
  // Elsewhere it is a place of its own: (1/3 + 0.4 / 0.75) / 2.
  EXPECT_NEAR(pictureDoubt(std::vector{find(0, 0, 0.75F), find(50, 1, 0.6F)}, threshold),
              (1 / 3. + 0.4 / 0.75) / 2, 1e-6);
  // Below the threshold nothing is shown, so a second class makes it no more doubtful.
  EXPECT_NEAR(pictureDoubt(std::vector{find(0, 0, 0.05F), find(0, 1, 0.05F)}, threshold), 0.2,
              1e-6);
}

TEST(Doubt, CountsTheThreeMostDoubtfulPlaces) {
  std::vector<Detection> found;
  for (int i = 0; i < 20; ++i)
    found.push_back(find(20 * i, 0, 1));
  EXPECT_EQ(pictureDoubt(found, threshold), 0);
  found.push_back(find(1000, 0, 0.25F));
  EXPECT_NEAR(pictureDoubt(found, threshold), 1 / 3., 1e-9) << "crowds do not hide it";
  found.push_back(find(1100, 0, 0.25F));
  found.push_back(find(1200, 0, 0.25F));
  found.push_back(find(1300, 0, 0.25F));
  EXPECT_DOUBLE_EQ(pictureDoubt(found, threshold), 1);
}

TEST(Doubt, OfALabelIsWhatItsClassIsNotAhead) {
  const std::vector<Detection> found = {find(0, 0, 0.75F), find(1, 1, 0.5F), find(50, 1, 0.25F)};
  EXPECT_DOUBLE_EQ(labelDoubt(label(0, 0), found), 0.75);
  EXPECT_DOUBLE_EQ(labelDoubt(label(0, 1), found), 1);  // the other class is ahead
  EXPECT_DOUBLE_EQ(labelDoubt(label(50, 1), found), 0.75);
  EXPECT_DOUBLE_EQ(labelDoubt(label(200, 0), found), 1);  // nothing is there
}

TEST(Doubt, DisagreementCountsWhatIsUnmatchedOnEitherSide) {
  const std::vector<Box> labels = {label(0, 0), label(50, 1)};
  const auto count = [&](const std::vector<Detection>& found) {
    return disagreement(labels, found, threshold);
  };
  EXPECT_EQ(count({find(1, 0, 0.9F), find(50, 1, 0.3F)}), 0U);
  EXPECT_EQ(count({}), 2U);
  EXPECT_EQ(count({find(1, 0, 0.9F), find(50, 1, 0.2F)}), 1U) << "below the threshold";
  EXPECT_EQ(count({find(1, 0, 0.9F), find(50, 0, 0.9F)}), 1U) << "another class at the place";
  EXPECT_EQ(count({find(1, 0, 0.9F), find(56, 1, 0.9F)}), 2U) << "too far off, twice";
  EXPECT_EQ(count({find(0, 0, 0.9F), find(1, 0, 0.8F), find(50, 1, 0.9F)}), 1U) << "found twice";
  std::vector<Box> lenient = labels;
  lenient[0].difficult = true;
  lenient[1].crowd = true;
  EXPECT_EQ(disagreement(lenient, {}, threshold), 0U);
  EXPECT_EQ(disagreement({}, std::vector{find(0, 0, 0.9F)}, threshold), 1U);
}

TEST(Doubt, AFindOfItsOwnClassTakesALabelBeforeOneOfAnother) {
  // The surer find is of the wrong class and overlaps as well: the right one still matches.
  const std::vector<Box> labels = {label(0, 1)};
  EXPECT_EQ(disagreement(labels, std::vector{find(0, 0, 0.9F), find(0, 1, 0.5F)}, threshold), 1U);
}

}  // namespace
}  // namespace boxwright
