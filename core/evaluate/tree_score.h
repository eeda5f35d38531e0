// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/evaluate/average_precision.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// How a detector over a class tree does as one of each of its classes: everything within a node is
/// an object of it, and what is labelled above a node may be one and counts neither way.
struct TreeScore {
  struct Node {
    int node = 0;
    ClassResult score;  ///< AP by the protocol at IOU .5
    /// In training, it or one within it; nothing where that is unknown. See Model::boxedClasses.
    std::optional<bool> hadBoxes;
  };
  std::vector<Node> nodes;  ///< that have truths, in the order of the tree

  // Means of the nodes' AP; nothing where there is none.
  std::optional<double> leaves;
  std::vector<std::optional<double>> depths;  ///< of the nodes at each depth, 0 the roots
  std::optional<double> seen,
      unseen;  ///< of the leaves that had boxes in training, and that had none

  /// Of the answers above the operating confidence (one a box), the mean of how much of the way to
  /// their truth they know: shareOfWay, 0 where there is no truth at IOU .5 that no better answer
  /// has taken.
  double hierarchicalPrecision = 0;
  std::size_t answers = 0;
};

/// The share of the way to `truth` that `answer` knows: |ways in common| / |longer way|, 1 for the
/// truth itself, less for its parent, 0 for what has no root in common with it.
double shareOfWay(const ClassTree& tree, int answer, int truth);

/// The nodes that `truths` are within, ascending: those that a detector is to score each by itself.
std::vector<int> nodesOnTheWay(const ClassTree& tree, std::span<const int> truths);

/// Scores pictures whose detections are of all nodesOnTheWay() of their truths. `answers` are the
/// same pictures' detections with one answer a box; none: answers are not judged. `boxed` are the
/// classes that had boxes in training, ascending; empty: unknown. Truths that are of no node of the
/// tree are passed over.
TreeScore scoreTree(std::span<const PictureResult> pictures,
                    std::span<const std::vector<Detection>> answers, const ClassTree& tree,
                    std::span<const int> boxed, const ScoringOptions& options = {});

/// hierarchicalPrecision and answers of `score` anew, at another operating confidence.
void scoreAnswers(TreeScore& score, std::span<const PictureResult> pictures,
                  std::span<const std::vector<Detection>> answers, const ClassTree& tree,
                  double operatingConfidence);

/// Leaves the detections of `labelled`, the classes that truths are labelled with: those above them
/// are for scoreTree() alone.
void keepLabelledClasses(std::vector<PictureResult>& pictures, std::span<const int> labelled);

}  // namespace boxwright
