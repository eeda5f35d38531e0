// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "core/data/dataset.h"
#include "core/detect/detector.h"
#include "core/evaluate/average_precision.h"

namespace boxwright {

struct EvaluateOptions {
  ScoringOptions scoring;
  DetectSettings detect{.threshold = 0.005, .nms = 0.45, .perClass = 100};
  int loaderThreads = 1;
};

struct EvaluateOutput {
  EvaluationResult result;
  std::vector<PictureResult> pictures;  ///< in the order of `indices`
  std::vector<Problem> problems;        ///< pictures that could not be read
};

/// Runs the detector over pictures of a dataset (decoding ahead on threads of its own) and scores.
/// Unlabelled pictures are left out. Truth classes are matched to the model's by name; a class that the
/// model lacks is a Problem. When stopped it returns what it has, with fewer pictures.
EvaluateOutput evaluateModel(Detector& detector, const Dataset& dataset,
                             std::span<const std::size_t> indices, const EvaluateOptions& options,
                             std::stop_token stop = {},
                             const std::function<void(double)>& progress = {});

}  // namespace boxwright
