// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/average_precision.h"

#include <array>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/evaluate/detection_matching.h"
#include "core/evaluate/mean.h"
#include "core/evaluate/precision_curve.h"
#include "core/evaluate/sorted_boxes.h"
#include "core/evaluate/verdicts.h"

namespace boxwright {
namespace {

void addOperatingPoint(ClassResult& result, const RankedMarks& ranked, double confidence) {
  result.truths = ranked.truths;
  for (std::size_t i = 0; i < ranked.marks.size(); ++i) {
    if (!(double(ranked.detections[i].detection->confidence) > confidence)) continue;
    result.truePositives += ranked.marks[i] == Mark::TruePositive ? 1 : 0;
    result.falsePositives += ranked.marks[i] == Mark::FalsePositive ? 1 : 0;
  }
  const std::size_t found = result.truePositives + result.falsePositives;
  if (found > 0) result.precision = double(result.truePositives) / double(found);
  if (result.truths > 0) result.recall = double(result.truePositives) / double(result.truths);
}

/// The score, and the marks at IOU .5 of each class, which its boxes are judged by.
struct Scored {
  DetailedScore score;
  std::vector<RankedMarks> marks;
};

void scoreVoc(const SortedBoxes& boxes, const ScoringOptions& options, Scored& scored) {
  EvaluationResult& result = scored.score.result;
  Mean mean;
  for (std::size_t c = 0; c < boxes.classes().size(); ++c) {
    ClassResult& own = result.classes[c];
    RankedMarks& ranked = scored.marks[c];
    ranked = matchVoc(boxes.classes()[c], 0.5);
    addOperatingPoint(own, ranked, options.operatingConfidence);
    if (ranked.truths == 0) continue;
    PrecisionCurve& curve = scored.score.curves[c];
    curve = precisionCurve(ranked);
    own.ap = options.protocol == Protocol::Voc07 ? elevenPointAp(curve) : allPointAp(curve);
    mean.add(*own.ap);
  }
  result.map = result.map50 = mean.value().value_or(0);
}

constexpr int kThresholds = 10;  // .50, .55 … .95

double cocoThreshold(int index) {  // as numpy's linspace rounds them
  return index == kThresholds - 1 ? 0.95 : 0.5 + index * ((0.95 - 0.5) / (kThresholds - 1));
}

void scoreCoco(const SortedBoxes& boxes, const ScoringOptions& options, Scored& scored) {
  EvaluationResult& result = scored.score.result;
  constexpr std::array<AreaRange, 4> kRanges = {
      AreaRange{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}};
  std::array<Mean, kRanges.size()> means;
  std::array<Mean, kThresholds> byThreshold;
  for (std::size_t c = 0; c < boxes.classes().size(); ++c) {
    ClassResult& own = result.classes[c];
    const CocoMatcher matcher(boxes.classes()[c]);
    for (std::size_t range = 0; range < kRanges.size(); ++range) {
      Mean ap;
      for (int t = 0; t < kThresholds; ++t) {
        RankedMarks ranked = matcher.match(cocoThreshold(t), kRanges[range]);
        const bool operating = range == 0 && t == 0;
        if (operating) addOperatingPoint(own, ranked, options.operatingConfidence);
        const bool hasTruths = ranked.truths > 0;
        if (hasTruths) {
          PrecisionCurve curve = precisionCurve(ranked);
          const double area = cocoAp(curve);
          ap.add(area);
          if (range == 0) byThreshold[t].add(area);
          if (operating) scored.score.curves[c] = std::move(curve);
        }
        if (operating) scored.marks[c] = std::move(ranked);
        if (!hasTruths) break;  // the class has none in this range, at any threshold
      }
      if (!ap.value()) continue;
      if (range == 0) own.ap = ap.value();
      means[range].add(*ap.value());
    }
  }
  result.map = means[0].value().value_or(0);
  result.mapSmall = means[1].value();
  result.mapMedium = means[2].value();
  result.mapLarge = means[3].value();
  for (const Mean& mean : byThreshold)
    result.mapByThreshold.push_back(mean.value().value_or(0));
  result.map50 = result.mapByThreshold[0];
  result.map75 = byThreshold[5].value();
}

DetailedScore scoreSorted(const SortedBoxes& boxes, const ScoringOptions& options) {
  const std::size_t classes = boxes.classes().size();
  Scored scored;
  scored.marks.resize(classes);
  scored.score.curves.resize(classes);
  EvaluationResult& result = scored.score.result;
  result.protocol = options.protocol;
  result.images = boxes.pictures();
  result.classes.resize(classes);
  if (options.protocol == Protocol::Coco) {
    scoreCoco(boxes, options, scored);
  } else {
    scoreVoc(boxes, options, scored);
  }
  std::size_t hits = 0, misses = 0, truths = 0;
  for (const ClassResult& own : result.classes) {
    hits += own.truePositives;
    misses += own.falsePositives;
    truths += own.truths;
  }
  if (hits + misses > 0) result.precision = double(hits) / double(hits + misses);
  if (truths > 0) result.recall = double(hits) / double(truths);
  scored.score.boxes = judge(boxes, scored.marks, options);
  if (classes > kLargestConfusion) return std::move(scored.score);
  result.confusion.assign(classes + 1, std::vector<std::size_t>(classes + 1));
  for (const JudgedBox& box : scored.score.boxes) {
    if (const auto cell = confusionCell(box, classes))
      ++result.confusion[cell->first][cell->second];
  }
  return std::move(scored.score);
}

std::size_t classCount(int classes) {
  if (classes < 1) throw Error("there are no classes to score");
  return static_cast<std::size_t>(classes);
}

}  // namespace

const char* protocolName(Protocol protocol) {
  switch (protocol) {
    case Protocol::Voc:
      return "voc";
    case Protocol::Voc07:
      return "voc07";
    case Protocol::Coco:
      return "coco";
  }
  return "voc";
}

DetailedScore scoreInDetail(std::span<const PictureResult> pictures, int classes,
                            const ScoringOptions& options) {
  SortedBoxes boxes(classCount(classes), pictures.size());
  for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
    boxes.addTruths(picture, pictures[picture].truths);
    for (const Detection& found : pictures[picture].detections)
      boxes.addDetection(picture, found);
  }
  return scoreSorted(boxes, options);
}

EvaluationResult score(std::span<const PictureResult> pictures, int classes,
                       const ScoringOptions& options) {
  return scoreInDetail(pictures, classes, options).result;
}

EvaluationResult score(std::span<const std::vector<Box>> truths,
                       std::span<const PictureResult> pictures, int classes,
                       const ScoringOptions& options) {
  SortedBoxes boxes(classCount(classes), pictures.size());
  for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
    boxes.addTruths(picture, truths[picture]);
    for (const Detection& found : pictures[picture].detections)
      boxes.addDetection(picture, found);
  }
  return scoreSorted(boxes, options).result;
}

EvaluationResult score(std::span<const std::vector<Box>> truths,
                       std::span<const FiledDetection> detections, int classes,
                       const ScoringOptions& options) {
  SortedBoxes boxes(classCount(classes), truths.size());
  for (std::size_t picture = 0; picture < truths.size(); ++picture) {
    boxes.addTruths(picture, truths[picture]);
  }
  for (const FiledDetection& filed : detections) {
    if (filed.picture >= truths.size()) {
      throw Error("a detection is of picture " + std::to_string(filed.picture + 1) + " of " +
                  std::to_string(truths.size()));
    }
    boxes.addDetection(filed.picture, filed.detection);
  }
  return scoreSorted(boxes, options).result;
}

}  // namespace boxwright
