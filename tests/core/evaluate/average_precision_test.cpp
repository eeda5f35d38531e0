// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/average_precision.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/evaluate/detection_matching.h"
#include "core/evaluate/precision_curve.h"
#include "tests/core/evaluate/map_case.h"

namespace boxwright {
namespace {

void expectValue(const nlohmann::json& expected, const std::optional<double>& actual,
                 const std::string& what) {
  if (expected.is_null()) {
    EXPECT_FALSE(actual.has_value()) << what;
  } else {
    ASSERT_TRUE(actual.has_value()) << what;
    EXPECT_NEAR(expected.get<double>(), *actual, 1e-8) << what;  // the file has nine digits
  }
}

class MapGolden : public testing::TestWithParam<int> {
 protected:
  MapGolden() : golden_(goldenCases("map.json").at(std::size_t(GetParam()))) {}

  nlohmann::json golden_;
};

TEST_P(MapGolden, VocAllPoints) {
  const MapCase given(golden_, Protocol::Voc);
  const nlohmann::json& voc = golden_.at("voc");
  const EvaluationResult result = given.scored(Protocol::Voc);
  EXPECT_NEAR(voc.at("map").get<double>(), result.map, 1e-8);
  EXPECT_EQ(result.map, result.map50);
  for (int c = 0; c < given.classes; ++c) {
    expectValue(voc.at("ap_per_class")[c], result.classes[c].ap, "class " + std::to_string(c));
    EXPECT_EQ(voc.at("npos")[c].get<std::size_t>(), result.classes[c].truths);
  }
}

TEST_P(MapGolden, Voc07) {
  const MapCase given(golden_, Protocol::Voc07);
  const nlohmann::json& voc = golden_.at("voc");
  const EvaluationResult result = given.scored(Protocol::Voc07);
  EXPECT_NEAR(voc.at("map07").get<double>(), result.map, 1e-8);
  for (int c = 0; c < given.classes; ++c) {
    expectValue(voc.at("ap07_per_class")[c], result.classes[c].ap, "class " + std::to_string(c));
  }
}

TEST_P(MapGolden, VocMarks) {
  const MapCase given(golden_, Protocol::Voc);
  for (int c = 0; c < given.classes; ++c) {
    const nlohmann::json& expected = golden_.at("voc").at("marks")[c];
    if (expected.is_null()) continue;
    ClassCase own;
    for (std::size_t picture = 0; picture < given.truths.size(); ++picture) {
      for (const Box& box : given.truths[picture]) {
        if (box.classId == c) own.truths.push_back({picture, &box});
      }
    }
    for (const FiledDetection& filed : given.detections) {
      if (filed.detection.classId == c) own.detections.push_back({filed.picture, &filed.detection});
    }
    std::string letters;
    for (const Mark mark : matchVoc(own, 0.5).marks) {
      letters += mark == Mark::TruePositive ? 't' : mark == Mark::FalsePositive ? 'f' : 'i';
    }
    EXPECT_EQ(expected.get<std::string>(), letters) << "class " << c;
  }
}

TEST_P(MapGolden, Coco) {
  const MapCase given(golden_, Protocol::Coco);
  const nlohmann::json& coco = golden_.at("coco");
  const EvaluationResult result = given.scored(Protocol::Coco);
  EXPECT_NEAR(coco.at("AP").get<double>(), result.map, 1e-8);
  EXPECT_NEAR(coco.at("AP50").get<double>(), result.map50, 1e-8);
  expectValue(coco.at("AP75"), result.map75, "AP75");
  expectValue(coco.at("AP_small"), result.mapSmall, "small");
  expectValue(coco.at("AP_medium"), result.mapMedium, "medium");
  expectValue(coco.at("AP_large"), result.mapLarge, "large");
  for (int c = 0; c < given.classes; ++c) {
    expectValue(coco.at("AP_per_class")[c], result.classes[c].ap, "class " + std::to_string(c));
  }
  ASSERT_EQ(10U, result.mapByThreshold.size());
  for (std::size_t t = 0; t < 10; ++t) {
    EXPECT_NEAR(coco.at("AP_per_iou_threshold")[t].get<double>(), result.mapByThreshold[t], 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(AveragePrecision, MapGolden, testing::Range(0, 8), [](const auto& tested) {
  return goldenCases("map.json")
      .at(std::size_t(tested.param))
      .at("name")
      .template get<std::string>();
});

TEST(MapGoldens, AreAllTested) {
  EXPECT_EQ(8U, goldenCases("map.json").size());
}

/// Where no confidence is equal to another, pictures and files say the same.
TEST(AveragePrecision, PicturesAndFilesAgree) {
  const MapCase given(goldenCases("map.json").at(1), Protocol::Coco);
  const std::vector<PictureResult> pictures = given.pictures();
  for (const Protocol protocol : {Protocol::Voc, Protocol::Voc07, Protocol::Coco}) {
    ScoringOptions options;
    options.protocol = protocol;
    const EvaluationResult result = score(pictures, given.classes, options);
    EXPECT_EQ(given.scored(protocol).map, result.map);
    EXPECT_EQ(given.truths.size(), result.images);
    EXPECT_EQ(protocol, result.protocol);
  }
}

Box truthOf(int classId, double left, double top, double right, double bottom) {
  Box box;
  box.classId = classId;
  box.rect = {left, top, right, bottom};
  return box;
}

TEST(OperatingPoint, CountsFindsAboveTheConfidence) {
  PictureResult picture;
  picture.truths = {truthOf(0, 0, 0, 10, 10), truthOf(0, 20, 0, 30, 10), truthOf(1, 0, 50, 9, 60)};
  picture.detections = {{{0, 0, 10, 10}, 0, 0.9F},    // hit
                        {{0, 0, 10, 9}, 0, 0.8F},     // the same truth again
                        {{20, 0, 30, 10}, 0, 0.25F},  // a hit, but not above .25
                        {{50, 50, 60, 60}, 1, 0.3F}};
  const EvaluationResult result = score({&picture, 1}, 2);
  EXPECT_EQ(1U, result.classes[0].truePositives);
  EXPECT_EQ(1U, result.classes[0].falsePositives);
  EXPECT_DOUBLE_EQ(0.5, result.classes[0].precision);
  EXPECT_DOUBLE_EQ(0.5, result.classes[0].recall);
  EXPECT_EQ(0U, result.classes[1].truePositives);
  EXPECT_EQ(1U, result.classes[1].falsePositives);
  EXPECT_DOUBLE_EQ(1.0 / 3, result.precision);
  EXPECT_DOUBLE_EQ(1.0 / 3, result.recall);
}

TEST(Confusion, CountsWhatWasTakenForWhat) {
  PictureResult picture;
  picture.truths = {truthOf(0, 0, 0, 10, 10), truthOf(1, 20, 0, 30, 10), truthOf(1, 40, 0, 50, 10),
                    truthOf(0, 60, 0, 70, 10)};
  picture.truths.back().difficult = true;
  picture.detections = {{{0, 0, 10, 10}, 0, 0.9F},    // right
                        {{20, 0, 30, 10}, 0, 0.8F},   // class 1 taken for 0
                        {{80, 80, 90, 90}, 1, 0.7F},  // background taken for 1
                        {{60, 0, 70, 10}, 0, 0.6F},   // on a difficult truth: left out
                        {{40, 0, 50, 10}, 1, 0.1F}};  // too quiet: its truth is missed
  const EvaluationResult voc = score({&picture, 1}, 2);
  const std::vector<std::vector<std::size_t>> expected = {{1, 0, 0}, {1, 0, 1}, {0, 1, 0}};
  EXPECT_EQ(expected, voc.confusion);
  ScoringOptions coco;
  coco.protocol = Protocol::Coco;  // knows no difficult truths: that find is right
  EXPECT_EQ(2U, score({&picture, 1}, 2, coco).confusion[0][0]);
}

TEST(Confusion, ARightPairIsNeverSplit) {
  PictureResult picture;  // two classes at the same place; the wrong order of confidences
  picture.truths = {truthOf(0, 0, 0, 10, 10), truthOf(1, 0, 0, 10, 10)};
  picture.detections = {{{0, 0, 10, 10}, 1, 0.9F}, {{0, 0, 10, 10}, 0, 0.8F}};
  const std::vector<std::vector<std::size_t>> expected = {{1, 0, 0}, {0, 1, 0}, {0, 0, 0}};
  EXPECT_EQ(expected, score({&picture, 1}, 2).confusion);
}

/// Every counted truth is in its row once; every find above the confidence in its column at most
/// once.
TEST(Confusion, RowsAndColumnsAddUp) {
  RandomStream random(5, "confusion");
  std::vector<PictureResult> pictures(30);
  std::vector<std::size_t> truths(4), finds(4);
  const auto randomRect = [&] {
    const double x = random.uniform(0, 60), y = random.uniform(0, 60);
    return Rect{x, y, x + random.uniform(10, 40), y + random.uniform(10, 40)};
  };
  for (PictureResult& picture : pictures) {
    for (int i = 0; i < 6; ++i) {
      Box box;
      box.classId = static_cast<int>(random.index(4));
      box.rect = randomRect();
      picture.truths.push_back(box);
      ++truths[box.classId];
    }
    for (int i = 0; i < 12; ++i) {
      const Detection found{randomRect(), static_cast<int>(random.index(4)),
                            static_cast<float>(random.uniform())};
      picture.detections.push_back(found);
      if (found.confidence > 0.25F) ++finds[found.classId];
    }
  }
  const EvaluationResult result = score(pictures, 4);
  for (std::size_t c = 0; c < 4; ++c) {
    std::size_t row = 0, column = 0;
    for (std::size_t other = 0; other < 5; ++other) {
      row += result.confusion[c][other];
      column += result.confusion[other][c];
    }
    EXPECT_EQ(truths[c], row);
    EXPECT_EQ(finds[c], column);
  }
  EXPECT_EQ(0U, result.confusion[4][4]);
}

TEST(PrecisionCurve, CocosRecallsLieAboveHundredthsWhereNumpysDo) {
  // One hit in 100 truths a step: recall i/100 exactly; at i = 35, 41 … numpy's grid is above it.
  for (const int reached : {34, 35, 41, 47, 57, 58, 69, 70, 82, 83, 94, 95}) {
    const Detection found;
    RankedMarks ranked;
    ranked.detections.assign(std::size_t(reached), {0, &found, 0});
    ranked.marks.assign(std::size_t(reached), Mark::TruePositive);
    ranked.truths = 100;
    const bool isAbove = reached != 34 && reached != 58;
    const int points = reached + 1 - (isAbove ? 1 : 0);  // recalls 0 … reached
    EXPECT_NEAR(points / 101.0, cocoAp(precisionCurve(ranked)), 1e-12) << reached;
  }
}

TEST(AveragePrecision, NothingAtAll) {
  for (const Protocol protocol : {Protocol::Voc, Protocol::Voc07, Protocol::Coco}) {
    ScoringOptions options;
    options.protocol = protocol;
    const EvaluationResult result = score(std::span<const PictureResult>{}, 2, options);
    EXPECT_EQ(0, result.map);
    EXPECT_FALSE(result.classes[0].ap.has_value());
    EXPECT_EQ(0, result.recall);
  }
}

TEST(AveragePrecision, RefusesBadInput) {
  PictureResult picture;
  picture.detections = {{{0, 0, 1, 1}, 2, 0.5F}};
  EXPECT_THROW(score({&picture, 1}, 2), Error);
  EXPECT_THROW(score({&picture, 1}, 0), Error);
  picture.detections = {{{0, 0, 1, 1}, 0, std::numeric_limits<float>::quiet_NaN()}};
  EXPECT_THROW(score({&picture, 1}, 2), Error);
  picture.detections.clear();
  picture.truths = {truthOf(-1, 0, 0, 1, 1)};
  EXPECT_THROW(score({&picture, 1}, 2), Error);
  const std::vector<std::vector<Box>> truths(1);
  const std::vector<FiledDetection> filed = {{1, {{0, 0, 1, 1}, 0, 0.5F}}};
  EXPECT_THROW(score(truths, filed, 1), Error);
}

}  // namespace
}  // namespace boxwright
