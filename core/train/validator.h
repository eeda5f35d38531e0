// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/compute/backend.h"
#include "core/data/dataset.h"
#include "core/evaluate/average_precision.h"
#include "core/evaluate/tree_classification.h"
#include "core/evaluate/tree_score.h"
#include "core/network/model.h"
#include "core/train/picture_cache.h"
#include "core/train/read_ahead.h"
#include "core/yolo/region_head.h"
#include "core/yolo/region_loss.h"

namespace boxwright {

class Parameters;

/// Measures a network in training on the validation pictures, as `evaluate` does (the same
/// detector, thresholds and scoring), with the loss beside. Used on the training thread.
class Validator {
 public:
  struct Result {
    EvaluationResult score;
    double loss = 0;  ///< true loss a picture
    std::size_t pictures = 0;
    /// Of pictures of which the class alone is known (over a class tree): how many, and the share
    /// of them whose class the most certain box puts first, or among the first five.
    std::size_t wholePictures = 0;
    double top1 = 0, top5 = 0;
    TreeScore tree;                ///< of the boxes, over a class tree
    TreeClassification wholeTree;  ///< of those pictures
  };

  /// The dataset, backend and cache must outlive it.
  Validator(const Dataset& dataset, std::vector<std::size_t> pictures, Backend& backend,
            PictureCache& cache, CoordinateWeight coordinateWeight, int threads);

  std::size_t pictures() const { return pictures_.size(); }
  /// Measures `model` (weights not folded) on the first `atMost` pictures, in the activation memory
  /// of `lender`'s training; nothing when stopped midway.
  std::optional<Result> measure(Model model, Parameters& lender, std::stop_token stop,
                                std::size_t atMost = SIZE_MAX);
  /// Pictures that could not be read, or not wholly, in sentences: each once.
  std::vector<std::string> takeFaults() { return faults_.take(); }

 private:
  const Dataset& dataset_;
  std::vector<std::size_t> pictures_;
  std::vector<std::vector<Truth>> truths_;  ///< of each picture, in its fractions
  std::vector<int> nodes_;                  ///< classes that have truths, ascending
  Backend& backend_;
  PictureCache& cache_;
  CoordinateWeight coordinateWeight_;
  int threads_;
  FaultList faults_;
};

}  // namespace boxwright
