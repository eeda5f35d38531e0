// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/evaluate/precision_curve.h"
#include "core/geometry/box.h"

namespace boxwright {

enum class Protocol { Voc, Voc07, Coco };
const char* protocolName(Protocol protocol);  ///< "voc", "voc07", "coco"

/// No confusion matrix is made of more classes: nobody could read it, and 9,418 would take 700 MB.
inline constexpr std::size_t kLargestConfusion = 1000;

/// Truths and detections of one picture. Rectangles are pixel edges, half-open (box.h), under every
/// protocol: VOC's inclusive corners x1..x2, whose width is x2 - x1 + 1, are right - left here once
/// read by rectFromVoc, and COCO's x, y, w, h are {x, y, x + w, y + h} without a +1. So one overlap
/// serves both, and it is each toolkit's own.
struct PictureResult {
  std::vector<Box> truths;
  std::vector<Detection> detections;
};

struct ClassResult {
  std::optional<double> ap;  ///< nothing where the class has no (non-difficult) truths
  std::size_t truths = 0;    ///< that count: not difficult (voc, voc07), not crowd (coco)
  std::size_t truePositives = 0, falsePositives = 0;  ///< at IOU .5 and the operating confidence
  double precision = 0, recall = 0;  ///< there; 0 where nothing was found, or there is no truth
};

/// The numbers of `evaluate`; rules of spec section 12.
struct EvaluationResult {
  Protocol protocol = Protocol::Voc;
  double map = 0;    ///< the protocol's own mean over classes with an AP; 0 where there is none
  double map50 = 0;  ///< mean AP at IOU .5 by the same protocol
  /// coco: mean AP at IOU .75, and by the truths' areas (nothing where none is that large).
  std::optional<double> map75, mapSmall, mapMedium, mapLarge;
  std::vector<double> mapByThreshold;  ///< coco: mean AP at IOU .50, .55 … .95
  double precision = 0, recall = 0;    ///< over all classes at the operating confidence
  std::vector<ClassResult> classes;
  /// [truth][predicted], last is background; empty beyond kLargestConfusion.
  std::vector<std::vector<std::size_t>> confusion;
  std::size_t images = 0;
};

struct ScoringOptions {
  Protocol protocol = Protocol::Voc;
  double operatingConfidence = 0.25;  ///< precision, recall, confusion: of finds above it
};

/// What a detection or truth is, at IOU .5.
enum class Verdict : std::uint8_t {
  TruePositive,
  Background,   ///< a find where nothing of its class is
  WrongClass,   ///< right on an object of another class
  BadlyPlaced,  ///< meant for an object of its class, with an IOU of .1 to .5
  Duplicate,    ///< a second find of an object
  Missed,       ///< a truth that nothing was found of
  Ignored,      ///< left out by the protocol's rules
};

/// A detection with the truth it is judged by, or a truth that no detection stands for.
struct JudgedBox {
  std::size_t picture = 0;               ///< place among the pictures scored
  std::optional<std::size_t> truth;      ///< place in PictureResult::truths
  std::optional<std::size_t> detection;  ///< place among the picture's detections as given
  Verdict verdict = Verdict::Ignored;
  int truthClass = -1, predictedClass = -1;  ///< -1: there is none
  float confidence = 0;
  double iou = 0;  ///< of the two
};

/// The numbers, and the boxes that they count: summed over `boxes` the verdicts are exactly the
/// confusion matrix and each class's true and false positives.
struct DetailedScore {
  EvaluationResult result;
  std::vector<JudgedBox> boxes;        ///< of finds above the operating confidence, and truths
  std::vector<PrecisionCurve> curves;  ///< at IOU .5, one a class; empty where it has no truths
};

DetailedScore scoreInDetail(std::span<const PictureResult> pictures, int classes,
                            const ScoringOptions& options = {});

/// Scores `pictures` by the rules of spec section 12. Equal confidences keep the order of the
/// pictures and within them of the detections. Throws Error for a class id outside 0..classes - 1
/// or a confidence that is no number.
EvaluationResult score(std::span<const PictureResult> pictures, int classes,
                       const ScoringOptions& options = {});

/// The same with other truths, one list a picture, than the pictures' own.
EvaluationResult score(std::span<const std::vector<Box>> truths,
                       std::span<const PictureResult> pictures, int classes,
                       const ScoringOptions& options = {});

/// A line of a detection file: the index of its picture, and what was found there.
struct FiledDetection {
  std::size_t picture = 0;
  Detection detection;
};

/// The same for detections in a file's own order, which decides VOC's ties across pictures.
/// `truths` holds each picture's boxes.
EvaluationResult score(std::span<const std::vector<Box>> truths,
                       std::span<const FiledDetection> detections, int classes,
                       const ScoringOptions& options = {});

}  // namespace boxwright
