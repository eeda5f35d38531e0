// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/taxonomy/tree_reading.h"
#include "core/yolo/region_head.h"

namespace boxwright {

/// A box as the head says it, in fractions of the network's input (0..1), not clipped.
struct Candidate {
  Rect rect;
  int classId = 0;
  float confidence = 0;          ///< objectness times class probability
  std::vector<float> path = {};  ///< as Detection::path
};

/// How a head over a class tree is read (spec sections 9 and 11). One answer a box: the lowest
/// class that the walk down the tree is sure of, with the box's objectness as its confidence. Or,
/// as evaluation wants it, some classes each by itself: objectness times absolute probability.
struct TreeSettings {
  double threshold = 0.5;
  TreeWalk walk = TreeWalk::Conditional;
  std::vector<int> nodes = {};  ///< those classes, ascending; empty: one answer a box

  bool oneAnswer() const { return nodes.empty(); }
};

/// Decodes picture `b` of the head (spec sections 5 and 9): for every box with objectness over
/// `threshold` one candidate a class whose confidence is over `threshold`, in box order; over a
/// class tree as `tree` says.
std::vector<Candidate> decodeRegion(const HeadView<float>& head, const RegionLayer& region, int b,
                                    double threshold, const TreeSettings& tree = {});

/// What the head says of picture `b` as a whole: the class probabilities (over a tree the absolute
/// ones) of its box of most objectness.
std::vector<float> wholePicture(const HeadView<float>& head, const RegionLayer& region, int b);

/// Of which boxes one must give way to another that it overlaps: those of its class, or all (where
/// a box has one answer, "dog" gives way to "pug").
enum class Rivals { OfOneClass, All };

/// Non-maximum suppression, greedy by confidence, ties by index: a box is dropped where its IOU
/// with a kept rival is over `threshold`. At most `perClass` of each class are kept. The result is
/// sorted by confidence.
std::vector<Candidate> suppress(std::vector<Candidate> candidates, double threshold,
                                std::size_t perClass = 100, Rivals rivals = Rivals::OfOneClass);

}  // namespace boxwright
