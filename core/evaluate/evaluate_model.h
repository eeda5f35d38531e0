// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/problem.h"
#include "core/data/dataset.h"
#include "core/detect/detector.h"
#include "core/evaluate/average_precision.h"
#include "core/evaluate/tree_score.h"
#include "core/taxonomy/class_map.h"

namespace boxwright {

struct EvaluateOptions {
  ScoringOptions scoring;
  DetectSettings detect{.threshold = 0.005, .nms = 0.45, .perClass = 100};
  int loaderThreads = 1;
  ClassMap map;  ///< of a model over a class tree: the node of each of the dataset's classes;
                 ///< empty: by name
  /// Over a class tree answers from this confidence on are kept, at the latest those above the
  /// operating one.
  double answersFrom = 1;
};

/// What was found, and what stood against finding more.
struct EvaluateOutput {
  EvaluationResult result;
  std::vector<PictureResult>
      pictures;                      ///< one a picture that was evaluated, in the order asked for
  std::vector<std::size_t> indices;  ///< the dataset's picture of each of `pictures`
  std::optional<TreeScore> tree;     ///< of a model over a class tree
  std::vector<std::vector<Detection>> answers;  ///< then: of each picture, one a box
  std::vector<Problem> problems;  ///< pictures that could not be read, classes the model lacks
};

/// Runs the detector over pictures of a dataset (decoding ahead on threads of its own) and scores;
/// the same numbers with any number of loader threads and any batch. Called on the detector's
/// thread; `progress` (0..1) too. Truths in the output carry the model's class ids. Unlabelled
/// pictures, and those with classes but no boxes (a Problem), are left out. Truth classes are
/// matched to the model's by name; a class that the model lacks is a Problem. Over a class tree the
/// classes of the truths are scored each by itself, those above them go into `tree` alone. When
/// stopped it returns what it has, with fewer pictures. Throws Error when no picture is left to
/// evaluate or the model knows none of the classes of the truths.
EvaluateOutput evaluateModel(Detector& detector, const Dataset& dataset,
                             std::span<const std::size_t> indices, const EvaluateOptions& options,
                             std::stop_token stop = {},
                             const std::function<void(double)>& progress = {});

}  // namespace boxwright
