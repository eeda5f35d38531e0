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
#include "core/detect/classifier.h"
#include "core/evaluate/classification_score.h"
#include "core/evaluate/tree_classification.h"
#include "core/taxonomy/class_map.h"

namespace boxwright {

struct ClassifierOutput {
  ClassificationScore score;                ///< over a class tree top-1 and top-5 of the leaves
  std::optional<TreeClassification> tree;   ///< of a model over a class tree
  std::vector<ClassifiedPicture> pictures;  ///< one a picture that was evaluated, in order
  std::vector<std::size_t> indices;         ///< the dataset's picture of each of `pictures`
  struct Size {
    int width = 0, height = 0;
  };
  std::vector<Size> sizes;        ///< of each of `pictures`, pixels
  std::vector<Problem> problems;  ///< pictures that could not be read, classes lacking
};

/// Runs the classifier over pictures of a dataset (decoding ahead on threads of its own) and
/// scores; the same numbers with any number of loader threads and any batch. Called on the
/// classifier's thread; `progress` (0..1) too. Pictures that are not of exactly one class as a
/// whole are left out (a Problem), classes meet as modelClasses() says (`map` over a class tree), a
/// class that the model lacks is a Problem. A truth may be any node: any leaf below it finds it.
/// When stopped it returns what it has. Throws Error when no picture is left to evaluate.
ClassifierOutput evaluateClassifier(Classifier& classifier, const Dataset& dataset,
                                    std::span<const std::size_t> indices, int loaderThreads,
                                    std::stop_token stop = {},
                                    const std::function<void(double)>& progress = {},
                                    const ClassMap& map = {});

}  // namespace boxwright
