// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/average_precision.h"

#include <array>
#include <cmath>
#include <string>

#include "core/base/error.h"
#include "core/evaluate/confusion_matrix.h"
#include "core/evaluate/detection_matching.h"
#include "core/evaluate/precision_curve.h"

namespace boxwright {
namespace {

/// One evaluation sorted by class and by picture; owns no boxes.
struct Sorted {
  std::vector<ClassCase> classes;
  std::vector<std::span<const Box>> truths;               ///< of each picture
  std::vector<std::vector<const Detection*>> detections;  ///< of each picture

  Sorted(std::size_t classCount, std::size_t pictures)
      : classes(classCount), truths(pictures), detections(pictures) {}

  void addTruths(std::size_t picture, std::span<const Box> boxes) {
    truths[picture] = boxes;
    for (const Box& box : boxes) {
      checkClass(box.classId, "a true box", picture);
      classes[box.classId].truths.push_back({picture, &box});
    }
  }

  void addDetection(std::size_t picture, const Detection& found) {
    checkClass(found.classId, "a detection", picture);
    if (!std::isfinite(found.confidence)) {
      throw Error("a detection's confidence is not a number", pictureText(picture));
    }
    classes[found.classId].detections.push_back({picture, &found});
    detections[picture].push_back(&found);
  }

 private:
  static std::string pictureText(std::size_t picture) {
    return "picture " + std::to_string(picture + 1);
  }

  void checkClass(int id, const char* what, std::size_t picture) const {
    if (id >= 0 && std::size_t(id) < classes.size()) return;
    throw Error(std::string(what) + " has class " + std::to_string(id) + " of " +
                    std::to_string(classes.size()),
                pictureText(picture), "evaluate with the class names of the dataset");
  }
};

/// A mean that may be over nothing.
struct Mean {
  double sum = 0;
  std::size_t count = 0;

  void add(double value) {
    sum += value;
    ++count;
  }
  std::optional<double> value() const {
    return count > 0 ? std::optional(sum / double(count)) : std::nullopt;
  }
};

void addOperatingPoint(ClassResult& result, const RankedMarks& ranked, double confidence) {
  result.truths = ranked.truths;
  for (std::size_t i = 0; i < ranked.marks.size(); ++i) {
    if (!(double(ranked.confidences[i]) > confidence)) continue;
    result.truePositives += ranked.marks[i] == Mark::TruePositive ? 1 : 0;
    result.falsePositives += ranked.marks[i] == Mark::FalsePositive ? 1 : 0;
  }
  const std::size_t found = result.truePositives + result.falsePositives;
  if (found > 0) result.precision = double(result.truePositives) / double(found);
  if (result.truths > 0) result.recall = double(result.truePositives) / double(result.truths);
}

void scoreVoc(const Sorted& sorted, const ScoringOptions& options, EvaluationResult& result) {
  Mean mean;
  for (std::size_t c = 0; c < sorted.classes.size(); ++c) {
    ClassResult& own = result.classes[c];
    const RankedMarks ranked = matchVoc(sorted.classes[c], 0.5);
    addOperatingPoint(own, ranked, options.operatingConfidence);
    if (ranked.truths == 0) continue;
    PrecisionCurve curve = precisionCurve(ranked.marks, ranked.truths);
    own.ap = options.protocol == Protocol::Voc07 ? elevenPointAp(curve) : allPointAp(curve);
    mean.add(*own.ap);
  }
  result.map = result.map50 = mean.value().value_or(0);
}

constexpr int kThresholds = 10;  // .50, .55 … .95

double cocoThreshold(int index) {  // as numpy's linspace rounds them
  return index == kThresholds - 1 ? 0.95 : 0.5 + index * ((0.95 - 0.5) / (kThresholds - 1));
}

void scoreCoco(const Sorted& sorted, const ScoringOptions& options, EvaluationResult& result) {
  constexpr std::array<AreaRange, 4> kRanges = {
      AreaRange{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}};
  std::array<Mean, kRanges.size()> means;
  std::array<Mean, kThresholds> byThreshold;
  for (std::size_t c = 0; c < sorted.classes.size(); ++c) {
    ClassResult& own = result.classes[c];
    const CocoMatcher matcher(sorted.classes[c]);
    for (std::size_t range = 0; range < kRanges.size(); ++range) {
      Mean ap;
      for (int t = 0; t < kThresholds; ++t) {
        const RankedMarks ranked = matcher.match(cocoThreshold(t), kRanges[range]);
        const bool operating = range == 0 && t == 0;
        if (operating) addOperatingPoint(own, ranked, options.operatingConfidence);
        if (ranked.truths == 0) break;  // the class has none in this range, at any threshold
        PrecisionCurve curve = precisionCurve(ranked.marks, ranked.truths);
        const double area = cocoAp(curve);
        ap.add(area);
        if (range == 0) byThreshold[t].add(area);
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

void addConfusion(const Sorted& sorted, const ScoringOptions& options, EvaluationResult& result) {
  const std::size_t rows = sorted.classes.size() + 1;
  result.confusion.assign(rows, std::vector<std::size_t>(rows));
  const bool coco = options.protocol == Protocol::Coco;
  std::vector<const Detection*> found;
  for (std::size_t picture = 0; picture < sorted.truths.size(); ++picture) {
    found.clear();
    for (const Detection* detection : sorted.detections[picture]) {
      if (double(detection->confidence) > options.operatingConfidence) found.push_back(detection);
    }
    addToConfusion(result.confusion, sorted.truths[picture], found,
                   [coco](const Box& box) { return coco ? box.crowd : box.difficult; });
  }
}

EvaluationResult scoreSorted(const Sorted& sorted, const ScoringOptions& options) {
  EvaluationResult result;
  result.protocol = options.protocol;
  result.images = sorted.truths.size();
  result.classes.resize(sorted.classes.size());
  if (options.protocol == Protocol::Coco) {
    scoreCoco(sorted, options, result);
  } else {
    scoreVoc(sorted, options, result);
  }
  std::size_t hits = 0, misses = 0, truths = 0;
  for (const ClassResult& own : result.classes) {
    hits += own.truePositives;
    misses += own.falsePositives;
    truths += own.truths;
  }
  if (hits + misses > 0) result.precision = double(hits) / double(hits + misses);
  if (truths > 0) result.recall = double(hits) / double(truths);
  addConfusion(sorted, options, result);
  return result;
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

EvaluationResult score(std::span<const PictureResult> pictures, int classes,
                       const ScoringOptions& options) {
  Sorted sorted(classCount(classes), pictures.size());
  for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
    sorted.addTruths(picture, pictures[picture].truths);
    for (const Detection& found : pictures[picture].detections)
      sorted.addDetection(picture, found);
  }
  return scoreSorted(sorted, options);
}

EvaluationResult score(std::span<const std::vector<Box>> truths,
                       std::span<const FiledDetection> detections, int classes,
                       const ScoringOptions& options) {
  Sorted sorted(classCount(classes), truths.size());
  for (std::size_t picture = 0; picture < truths.size(); ++picture) {
    sorted.addTruths(picture, truths[picture]);
  }
  for (const FiledDetection& filed : detections) {
    if (filed.picture >= truths.size()) {
      throw Error("a detection is of picture " + std::to_string(filed.picture + 1) + " of " +
                  std::to_string(truths.size()));
    }
    sorted.addDetection(filed.picture, filed.detection);
  }
  return scoreSorted(sorted, options);
}

}  // namespace boxwright
