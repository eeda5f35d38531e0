// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/verdicts.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/base/random.h"
#include "tests/core/evaluate/map_case.h"

namespace boxwright {
namespace {

Box truthOf(int classId, const Rect& rect) {
  Box box;
  box.classId = classId;
  box.rect = rect;
  return box;
}

constexpr Protocol kProtocols[] = {Protocol::Voc, Protocol::Voc07, Protocol::Coco};

/// Every number of the result, counted from the verdicts alone; every detection above the
/// confidence and every truth in exactly one verdict that speaks for it.
void expectAgrees(const std::vector<PictureResult>& pictures, int classes,
                  const ScoringOptions& options) {
  const DetailedScore detailed = scoreInDetail(pictures, classes, options);
  const EvaluationResult& result = detailed.result;
  const auto background = static_cast<std::size_t>(classes);
  std::vector<std::vector<std::size_t>> confusion(background + 1,
                                                  std::vector<std::size_t>(background + 1));
  std::vector<std::size_t> hits(background), misses(background), truths(background);
  std::vector<std::set<std::size_t>> judgedFinds(pictures.size()), stoodFor(pictures.size()),
      leftOut(pictures.size());
  for (const JudgedBox& box : detailed.boxes) {
    ASSERT_LT(box.picture, pictures.size());
    const PictureResult& picture = pictures[box.picture];
    if (const auto cell = confusionCell(box, background)) ++confusion[cell->first][cell->second];
    if (box.detection) {
      const Detection& found = picture.detections[*box.detection];
      EXPECT_EQ(found.classId, box.predictedClass);
      EXPECT_EQ(found.confidence, box.confidence);
      EXPECT_GT(double(found.confidence), options.operatingConfidence);
      EXPECT_TRUE(judgedFinds[box.picture].insert(*box.detection).second) << "judged twice";
    }
    if (box.truth) {
      EXPECT_EQ(picture.truths[*box.truth].classId, box.truthClass);
    }
    const auto predicted = static_cast<std::size_t>(box.predictedClass);
    switch (box.verdict) {
      case Verdict::TruePositive:
        EXPECT_EQ(box.truthClass, box.predictedClass);
        EXPECT_GE(box.iou, 0.5);
        ++hits[predicted];
        break;
      case Verdict::WrongClass:
        EXPECT_NE(box.truthClass, box.predictedClass);
        EXPECT_GE(box.iou, 0.5);
        ++misses[predicted];
        break;
      case Verdict::Duplicate:
        EXPECT_GE(box.iou, 0.5);
        ++misses[predicted];
        break;
      case Verdict::BadlyPlaced:
        EXPECT_EQ(box.truthClass, box.predictedClass);
        EXPECT_GE(box.iou, 0.1);
        EXPECT_LT(box.iou, 0.5);
        ++misses[predicted];
        break;
      case Verdict::Background:
        EXPECT_FALSE(box.truth.has_value());
        ++misses[predicted];
        break;
      case Verdict::Missed:
        EXPECT_FALSE(box.detection.has_value());
        break;
      case Verdict::Ignored:
        if (box.truth) leftOut[box.picture].insert(*box.truth);
        break;
    }
    const bool stands = box.verdict == Verdict::TruePositive ||
                        box.verdict == Verdict::WrongClass || box.verdict == Verdict::Missed;
    if (stands) {
      EXPECT_TRUE(stoodFor[box.picture].insert(*box.truth).second) << "a truth counted twice";
      ++truths[static_cast<std::size_t>(box.truthClass)];
    }
  }
  EXPECT_EQ(result.confusion, confusion);
  for (std::size_t c = 0; c < background; ++c) {
    EXPECT_EQ(result.classes[c].truePositives, hits[c]) << "class " << c;
    EXPECT_EQ(result.classes[c].falsePositives, misses[c]) << "class " << c;
    EXPECT_EQ(result.classes[c].truths, truths[c]) << "class " << c;
    EXPECT_EQ(result.confusion[c][c], hits[c]);
  }
  for (std::size_t p = 0; p < pictures.size(); ++p) {
    std::size_t above = 0;
    for (const Detection& found : pictures[p].detections)
      above += double(found.confidence) > options.operatingConfidence ? 1 : 0;
    EXPECT_EQ(above, judgedFinds[p].size());
    EXPECT_EQ(pictures[p].truths.size(), stoodFor[p].size() + leftOut[p].size());
  }
}

TEST(Verdicts, AddUpToEveryNumberOnRandomPictures) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    RandomStream random(seed, "verdicts");
    std::vector<PictureResult> pictures(40);
    const auto randomRect = [&] {
      const double x = random.uniform(0, 50), y = random.uniform(0, 50);
      return Rect{x, y, x + random.uniform(10, 40), y + random.uniform(10, 40)};
    };
    for (PictureResult& picture : pictures) {
      const auto truths = random.index(9);
      for (std::uint64_t i = 0; i < truths; ++i) {
        picture.truths.push_back(truthOf(static_cast<int>(random.index(4)), randomRect()));
        picture.truths.back().difficult = random.uniform() < 0.2;
        picture.truths.back().crowd = random.uniform() < 0.2;
      }
      const auto finds = random.index(16);
      for (std::uint64_t i = 0; i < finds; ++i) {
        // Half of them near a truth; confidences with ties.
        Rect rect = randomRect();
        if (!picture.truths.empty() && random.uniform() < 0.6) {
          rect = picture.truths[random.index(picture.truths.size())].rect;
          rect.left += random.uniform(0, 8);
          rect.bottom -= random.uniform(0, 8);
        }
        picture.detections.push_back(
            {rect, static_cast<int>(random.index(4)), static_cast<float>(random.index(11)) / 10});
      }
    }
    for (const Protocol protocol : kProtocols) {
      for (const double confidence : {0.0, 0.25, 0.5, 0.9, 1.0})
        expectAgrees(pictures, 4, {.protocol = protocol, .operatingConfidence = confidence});
    }
  }
}

TEST(Verdicts, AddUpToEveryNumberOnTheGoldens) {
  for (const nlohmann::json& golden : goldenCases("map.json")) {
    SCOPED_TRACE(golden.at("name").get<std::string>());
    for (const Protocol protocol : kProtocols) {
      const MapCase given(golden, protocol);
      for (const double confidence : {0.0, 0.25, 0.6})
        expectAgrees(given.pictures(), given.classes,
                     {.protocol = protocol, .operatingConfidence = confidence});
    }
  }
}

TEST(Verdicts, CocoCountsAHundredOfAClassAndPicture) {
  std::vector<PictureResult> pictures(1);
  pictures[0].truths = {truthOf(0, {0, 0, 10, 10})};
  for (int i = 0; i < 130; ++i)
    pictures[0].detections.push_back({{50, 50, 60, 60}, 0, 0.9F - 0.001F * static_cast<float>(i)});
  expectAgrees(pictures, 1, {.protocol = Protocol::Coco});
  EXPECT_EQ(
      100U,
      scoreInDetail(pictures, 1, {.protocol = Protocol::Coco}).result.classes[0].falsePositives);
}

TEST(Verdicts, OneOfEach) {
  PictureResult picture;
  picture.truths = {truthOf(0, {0, 0, 10, 10}), truthOf(1, {20, 0, 30, 10}),
                    truthOf(1, {40, 0, 50, 10}), truthOf(0, {60, 0, 70, 10})};
  picture.truths[3].difficult = true;
  picture.detections = {{{0, 0, 10, 10}, 0, 0.9F},    // 0: right
                        {{0, 0, 10, 9}, 0, 0.8F},     // 1: the same again
                        {{20, 0, 30, 10}, 0, 0.7F},   // 2: class 1 taken for 0
                        {{80, 80, 90, 90}, 1, 0.6F},  // 3: nothing there
                        {{46, 0, 56, 10}, 1, 0.5F},   // 4: beside the third truth, IOU 4 / 16
                        {{60, 0, 70, 10}, 0, 0.4F},   // 5: on a difficult one
                        {{40, 0, 50, 10}, 1, 0.2F}};  // 6: not above the confidence
  const std::vector<JudgedBox> boxes = scoreInDetail({&picture, 1}, 2).boxes;
  struct Expected {
    Verdict verdict;
    std::optional<std::size_t> detection, truth;
    double iou;
  };
  const Expected expected[] = {
      {Verdict::TruePositive, 0, 0, 1},     {Verdict::Duplicate, 1, 0, 0.9},
      {Verdict::WrongClass, 2, 1, 1},       {Verdict::Background, 3, std::nullopt, 0},
      {Verdict::BadlyPlaced, 4, 2, 0.25},   {Verdict::Ignored, 5, 3, 1},
      {Verdict::Missed, std::nullopt, 2, 0}};
  ASSERT_EQ(std::size(expected), boxes.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(expected[i].verdict, boxes[i].verdict);
    EXPECT_EQ(expected[i].detection, boxes[i].detection);
    EXPECT_EQ(expected[i].truth, boxes[i].truth);
    EXPECT_DOUBLE_EQ(expected[i].iou, boxes[i].iou);
  }
}

TEST(Verdicts, CurvesKnowTheConfidenceOfEachPoint) {
  PictureResult picture;
  picture.truths = {truthOf(0, {0, 0, 10, 10}), truthOf(0, {20, 0, 30, 10})};
  picture.detections = {
      {{20, 0, 30, 10}, 0, 0.3F}, {{0, 0, 10, 10}, 0, 0.9F}, {{50, 50, 60, 60}, 0, 0.6F}};
  for (const Protocol protocol : kProtocols) {
    const DetailedScore detailed = scoreInDetail({&picture, 1}, 2, {.protocol = protocol});
    ASSERT_EQ(2U, detailed.curves.size());
    const PrecisionCurve& curve = detailed.curves[0];
    EXPECT_EQ((std::vector<float>{0.9F, 0.6F, 0.3F}), curve.confidence);
    EXPECT_EQ((std::vector<double>{0.5, 0.5, 1}), curve.recall);
    EXPECT_EQ((std::vector<double>{1, 0.5, 2.0 / 3}), curve.precision);
    EXPECT_TRUE(detailed.curves[1].confidence.empty());  // a class without truths
    // The operating point lies on the curve.
    EXPECT_EQ(curve.recall.back(), detailed.result.classes[0].recall);
    EXPECT_EQ(curve.precision.back(), detailed.result.classes[0].precision);
  }
}

}  // namespace
}  // namespace boxwright
