// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/evaluate/classification_score.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// How a classifier over a class tree does at each depth and as one of each of its classes. Its
/// answer is the most probable leaf and, at any depth, the class there which that leaf is within:
/// one answer a picture, so that depths, nodes and top-1 are about the same pictures found.
struct TreeClassification {
  struct Share {
    std::size_t pictures = 0;  ///< that can be judged by it
    std::size_t found = 0;     ///< of these

    double value() const {
      return pictures == 0 ? 0 : static_cast<double>(found) / static_cast<double>(pictures);
    }
  };
  struct Node {
    int node = 0;
    Share share;  ///< of the pictures within it those whose answer is within it, too
  };
  std::vector<Node> nodes;    ///< that have pictures, ascending
  std::vector<Share> depths;  ///< 0 the roots; a picture counts down to its label's own depth
  /// The mean of the share of their way that the answers know (see shareOfWay); an answer below
  /// what is labelled knows all of it.
  double hierarchicalPrecision = 0;
};

/// Of pictures that were judged over `tree`.
TreeClassification scoreTree(std::span<const ClassifiedPicture> pictures, const ClassTree& tree);

}  // namespace boxwright
