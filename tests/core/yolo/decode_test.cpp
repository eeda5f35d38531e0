// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/geometry/iou.h"
#include "core/yolo/activation.h"
#include "tests/core/yolo/region_case.h"

namespace boxwright {
namespace {

class DecodeGolden : public testing::TestWithParam<NamedGolden> {};

TEST_P(DecodeGolden, GivesTheReferencesBoxes) {
  const nlohmann::json& golden = GetParam().golden;
  const RegionLayer region = regionOf(golden);
  const std::vector<float> input = valuesOf<float>(golden.at("input"));
  const std::vector<Candidate> candidates =
      decodeRegion(headOf<float>(golden, input), region, 0, golden.at("thresh"));
  const std::vector<double> boxes = goldenValues(golden.at("boxes_uncorrected"));
  const std::vector<double> corrected = goldenValues(golden.at("boxes"));
  const std::vector<double> probabilities = goldenValues(golden.at("prob"));

  // Letterbox correction, from fractions of the input to the picture's (spec section 9).
  const double netWidth = golden.at("net_width"), netHeight = golden.at("net_height");
  const double shareX = golden.at("embedded_width").get<double>() / netWidth;
  const double shareY = golden.at("embedded_height").get<double>() / netHeight;
  const bool relative = golden.at("relative") != 0;
  const double unitX = relative ? 1 : golden.at("image_width").get<double>();
  const double unitY = relative ? 1 : golden.at("image_height").get<double>();

  std::size_t next = 0;
  for (std::size_t index = 0; index < probabilities.size(); ++index) {
    if (probabilities[index] == 0) continue;
    ASSERT_LT(next, candidates.size());
    const Candidate& candidate = candidates[next++];
    const std::size_t box = index / region.classes;
    EXPECT_EQ(static_cast<int>(index % region.classes), candidate.classId);
    EXPECT_NEAR(probabilities[index], candidate.confidence, 1e-5);
    const CentreBox centre = centreBox(candidate.rect);
    const double actual[4] = {centre.x, centre.y, centre.w, centre.h};
    const double inPicture[4] = {(centre.x - (1 - shareX) / 2) / shareX * unitX,
                                 (centre.y - (1 - shareY) / 2) / shareY * unitY,
                                 centre.w / shareX * unitX, centre.h / shareY * unitY};
    for (int side = 0; side < 4; ++side) {
      const double expected = boxes[box * 4 + side], whole = corrected[box * 4 + side];
      EXPECT_NEAR(expected, actual[side], 1e-5 * std::max(1.0, std::abs(expected)));
      EXPECT_NEAR(whole, inPicture[side], 1e-5 * std::max(1.0, std::abs(whole)));
    }
  }
  EXPECT_EQ(next, candidates.size());
  EXPECT_GT(next, 0U);
}

INSTANTIATE_TEST_SUITE_P(Boxes, DecodeGolden,
                         testing::ValuesIn(namedGoldens("boxes.json", "decode")),
                         [](const testing::TestParamInfo<NamedGolden>& tested) {
                           return tested.param.name;
                         });

/// A head of one box and three cells over the tree a, b, and below b: c, d.
class DecodeTree : public testing::Test {
 protected:
  DecodeTree() {
    region_.classTree = std::make_shared<const ClassTree>(ClassNames{"a", "b", "c", "d"},
                                                          std::vector<int>{-1, -1, 1, 1});
    region_.classes = 4;
    region_.num = 1;
    region_.softmax = true;
    region_.anchors = {{1, 1}};
    RandomStream random(4, "decode tree");
    values_.resize(9 * 3);
    for (float& value : values_)
      value = static_cast<float>(random.normal());
    for (int cell = 0; cell < 3; ++cell)
      set(cell, 4, 2);  // objectness
  }
  void set(int cell, int entry, float value) {
    values_[static_cast<std::size_t>(entry * 3 + cell)] = value;
  }
  HeadView<float> head() const { return headView(region_, values_.data(), 1, 1, 3); }
  std::vector<float> absolute(int cell) const {
    std::vector<float> all(4);
    classProbabilities<float>(head(), region_, 0, 0, 0, cell, all);
    makeAbsolute<float>(*region_.classTree, all);
    return all;
  }

  RegionLayer region_;
  std::vector<float> values_;
};

TEST_F(DecodeTree, EveryBoxGivesOneAnswerWithItsWay) {
  set(0, 5, 3), set(0, 6, 0);                              // a
  set(1, 5, 0), set(1, 6, 4), set(1, 7, 0), set(1, 8, 4);  // d
  set(2, 5, 0), set(2, 6, 4), set(2, 7, 0), set(2, 8, 0);  // b, but which one of it?
  const std::vector<Candidate> found = decodeRegion(head(), region_, 0, .5, {.threshold = .6});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].classId, 0);
  EXPECT_EQ(found[1].classId, 3);
  EXPECT_EQ(found[2].classId, 1);
  for (const Candidate& candidate : found)
    EXPECT_NEAR(candidate.confidence, logistic(2.F), 1e-6);
  ASSERT_EQ(found[1].path.size(), 2U);
  EXPECT_NEAR(found[1].path[0] * found[1].path[1], absolute(1)[3], 1e-6);
  // With no demands at all every answer is a leaf; with the highest none leaves the roots.
  for (const Candidate& candidate : decodeRegion(head(), region_, 0, .5, {.threshold = 0}))
    EXPECT_TRUE(region_.classTree->isLeaf(candidate.classId));
  for (const Candidate& candidate : decodeRegion(head(), region_, 0, .5, {.threshold = 1}))
    EXPECT_EQ(region_.classTree->parentOf(candidate.classId), -1);
  EXPECT_TRUE(decodeRegion(head(), region_, 0, .9).empty());
}

TEST_F(DecodeTree, AskedForClassesItScoresEach) {
  const std::vector<Candidate> found = decodeRegion(head(), region_, 0, .001, {.nodes = {1, 3}});
  ASSERT_EQ(found.size(), 6U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].classId, i % 2 == 0 ? 1 : 3);
    EXPECT_NEAR(found[i].confidence,
                logistic(2.F) * absolute(static_cast<int>(i / 2))[i % 2 == 0 ? 1 : 3], 1e-6);
  }
  EXPECT_THROW(decodeRegion(head(), region_, 0, .001, {.nodes = {4}}), Error);
}

TEST_F(DecodeTree, WholePictureIsWhatItsMostCertainBoxSays) {
  set(1, 4, 5);
  EXPECT_EQ(wholePicture(head(), region_, 0), absolute(1));
}

TEST(Suppress, AnswersOfOneObjectGiveWayToTheSurest) {
  const std::vector<Candidate> found = {
      {{0, 0, 1, 1}, 1, .8F, {}}, {{0, 0, 1, 1.1}, 2, .9F, {}}, {{3, 0, 4, 1}, 1, .7F, {}}};
  EXPECT_EQ(suppress(found, .45).size(), 3U);
  const std::vector<Candidate> kept = suppress(found, .45, 100, Rivals::All);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].classId, 2);
  EXPECT_EQ(kept[1].classId, 1);
}

TEST(Decode, RefusesAHeadThatDoesNotFit) {
  const NamedGolden named = namedGoldens("boxes.json", "decode").front();
  const std::vector<float> input = valuesOf<float>(named.golden.at("input"));
  RegionLayer region = regionOf(named.golden);
  region.num = 5;
  EXPECT_THROW(decodeRegion(headOf<float>(named.golden, input), region, 0, 0.1), Error);
}

TEST(Decode, NanAndHugeHeadsGiveNoNanBoxes) {
  const NamedGolden named = namedGoldens("boxes.json", "decode").front();
  std::vector<float> input = valuesOf<float>(named.golden.at("input"));
  const RegionLayer region = regionOf(named.golden);
  std::fill(input.begin(), input.end(), std::nanf(""));
  EXPECT_TRUE(decodeRegion(headOf<float>(named.golden, input), region, 0, 0).empty());
  std::fill(input.begin(), input.end(), 1e30F);
  for (const Candidate& candidate :
       decodeRegion(headOf<float>(named.golden, input), region, 0, 0)) {
    EXPECT_FALSE(std::isnan(candidate.rect.left) || std::isnan(candidate.rect.right));
  }
}

TEST(Boxes, IouEqualsTheReferences) {
  for (const NamedGolden& named : namedGoldens("boxes.json", "iou")) {
    const std::vector<double> a = goldenValues(named.golden.at("a"));
    const std::vector<double> b = goldenValues(named.golden.at("b"));
    const std::vector<double> expected = goldenValues(named.golden.at("expected"));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Rect first = rectFromCentre({a[4 * i], a[4 * i + 1], a[4 * i + 2], a[4 * i + 3]});
      const Rect second = rectFromCentre({b[4 * i], b[4 * i + 1], b[4 * i + 2], b[4 * i + 3]});
      EXPECT_NEAR(expected[i], iou(first, second), 1e-5) << named.golden.at("labels")[i];
    }
  }
}

class SuppressGolden : public testing::TestWithParam<NamedGolden> {
 protected:
  SuppressGolden() {
    boxes_ = goldenValues(GetParam().golden.at("boxes"));
    objectness_ = goldenValues(GetParam().golden.at("objectness"));
  }

  Rect rect(std::size_t box) const {
    return rectFromCentre(
        {boxes_[4 * box], boxes_[4 * box + 1], boxes_[4 * box + 2], boxes_[4 * box + 3]});
  }

  /// The index of the first box with this rectangle that is not in `used`.
  std::size_t indexOf(const Rect& wanted, const std::vector<std::size_t>& used) const {
    for (std::size_t box = 0; box < objectness_.size(); ++box) {
      const bool isUsed = std::find(used.begin(), used.end(), box) != used.end();
      if (!isUsed && rect(box) == wanted) return box;
    }
    return objectness_.size();
  }

  std::vector<double> boxes_, objectness_;
};

TEST_P(SuppressGolden, KeepsTheReferencesBoxesOfEachClass) {
  const nlohmann::json& golden = GetParam().golden;
  const std::vector<double> probabilities = goldenValues(golden.at("prob"));
  const std::vector<double> after = goldenValues(golden.at("prob_after"));
  const std::size_t classes = probabilities.size() / objectness_.size();
  std::vector<Candidate> candidates;  // what decoding leaves: neither zero objectness nor zero prob
  for (std::size_t box = 0; box < objectness_.size(); ++box) {
    for (std::size_t k = 0; k < classes; ++k) {
      const auto confidence = static_cast<float>(probabilities[box * classes + k]);
      if (objectness_[box] == 0 || confidence == 0) continue;
      candidates.push_back({rect(box), static_cast<int>(k), confidence});
    }
  }
  const std::vector<Candidate> kept = suppress(candidates, golden.at("nms_thresh"));
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end(), [](const Candidate& a, const Candidate& b) {
    return a.confidence > b.confidence;
  }));
  std::vector<std::vector<std::size_t>> keptOf(classes);
  std::vector<double> remaining(after.size());
  for (const Candidate& candidate : kept) {
    std::vector<std::size_t>& own = keptOf[candidate.classId];
    own.push_back(indexOf(candidate.rect, own));
    remaining[own.back() * classes + candidate.classId] = candidate.confidence;
  }
  const auto expected =
      golden.at("kept_per_class_by_descending_prob").get<std::vector<std::vector<std::size_t>>>();
  EXPECT_EQ(expected, keptOf);
  for (std::size_t index = 0; index < after.size(); ++index) {
    const bool dropped = objectness_[index / classes] == 0;
    EXPECT_NEAR(dropped ? 0 : after[index], remaining[index], 1e-6) << index;
  }
}

/// do_nms_obj is the same pass over one class, by objectness.
TEST_P(SuppressGolden, KeepsTheReferencesBoxesOfAnyClass) {
  std::vector<Candidate> candidates;
  for (std::size_t box = 0; box < objectness_.size(); ++box) {
    if (objectness_[box] == 0) continue;
    candidates.push_back({rect(box), 0, static_cast<float>(objectness_[box])});
  }
  std::vector<std::size_t> kept;
  for (const Candidate& candidate : suppress(candidates, GetParam().golden.at("nms_thresh"))) {
    kept.push_back(indexOf(candidate.rect, kept));
  }
  std::sort(kept.begin(), kept.end());
  EXPECT_EQ(
      GetParam().golden.at("kept_class_agnostic_by_objectness").get<std::vector<std::size_t>>(),
      kept);
}

INSTANTIATE_TEST_SUITE_P(Boxes, SuppressGolden,
                         testing::ValuesIn(namedGoldens("boxes.json", "nms")),
                         [](const testing::TestParamInfo<NamedGolden>& tested) {
                           return tested.param.name;
                         });

TEST(Suppress, KeepsAtMostSoManyOfEachClass) {
  std::vector<Candidate> candidates;
  for (int i = 0; i < 300; ++i) {
    const double left = 10 * i;
    candidates.push_back({{left, 0, left + 5, 5}, i % 2, 0.001F * static_cast<float>(i + 1)});
  }
  const std::vector<Candidate> kept = suppress(candidates, 0.45, 100);
  ASSERT_EQ(200U, kept.size());
  EXPECT_FLOAT_EQ(0.3F, kept.front().confidence);
  EXPECT_FLOAT_EQ(0.101F, kept.back().confidence);
  EXPECT_TRUE(suppress({}, 0.45).empty());
}

}  // namespace
}  // namespace boxwright
