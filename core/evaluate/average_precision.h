// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/geometry/box.h"

namespace boxwright {

enum class Protocol { Voc, Voc07, Coco };
const char* protocolName(Protocol protocol);  ///< "voc", "voc07", "coco"

/// Truths and detections of one picture.
struct PictureResult {
  std::vector<Box> truths;
  std::vector<Detection> detections;
};

struct ClassResult {
  std::optional<double> ap;  ///< nothing where the class has no (non-difficult) truths
  std::size_t truths = 0;    ///< without difficult and crowd
  std::size_t truePositives = 0, falsePositives = 0;  ///< at IOU .5 and the operating confidence
  double precision = 0, recall = 0;                   ///< there
  std::vector<double> curveRecall, curvePrecision;    ///< the whole curve at IOU .5
};

/// The numbers of `evaluate` (cli.md); rules of spec section 12.
struct EvaluationResult {
  Protocol protocol = Protocol::Voc;
  double map = 0;    ///< the protocol's own mean
  double map50 = 0;  ///< mean AP at IOU .5 by the same protocol
  std::optional<double> map75, mapSmall, mapMedium, mapLarge;  ///< coco
  double precision = 0, recall = 0;  ///< over all classes at the operating confidence
  std::vector<ClassResult> classes;
  std::vector<std::vector<std::size_t>> confusion;  ///< [truth][predicted], last is background
  std::size_t images = 0;
};

struct ScoringOptions {
  Protocol protocol = Protocol::Voc;
  double operatingConfidence = 0.25;  ///< for precision, recall and confusion
};

EvaluationResult score(std::span<const PictureResult> pictures, int classes,
                       const ScoringOptions& options = {});

}  // namespace boxwright
