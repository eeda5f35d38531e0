// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// One picture as a classifier saw it.
struct ClassifiedPicture {
  int truth = 0;
  int predicted = 0;      ///< the most probable class, the first of equals
  int rank = 0;           ///< how many classes were put before the truth
  double confidence = 0;  ///< of the predicted class
  double loss = 0;        ///< -ln of the truth's probability
};

/// `probabilities` (one a class) judged by the truth; of equal ones the lower id stands first.
ClassifiedPicture judge(std::span<const float> probabilities, int truth);

/// The same over a class tree, of absolute probabilities: leaves alone are put in order (spec
/// section 11), and a truth that is no leaf is found by any leaf below it.
ClassifiedPicture judge(std::span<const float> probabilities, int truth, const ClassTree& tree);

/// How a classifier does on pictures of known class.
struct ClassificationScore {
  std::size_t pictures = 0;
  double top1 = 0;  ///< share of pictures whose class is put first
  double top5 = 0;  ///< among the first five
  double loss = 0;  ///< cross-entropy a picture
  struct PerClass {
    std::size_t truths = 0;     ///< pictures of it
    std::size_t found = 0;      ///< of these, put first
    std::size_t foundTop5 = 0;  ///< of these, among the first five
    std::size_t predicted = 0;  ///< pictures that were taken for it
    std::size_t right = 0;      ///< of these: of it or, over a class tree, of one it is within
  };
  std::vector<PerClass> classes;
  std::vector<std::vector<std::size_t>> confusion;  ///< [truth][predicted], see kLargestConfusion
};

ClassificationScore score(std::span<const ClassifiedPicture> pictures, int classes);

}  // namespace boxwright
