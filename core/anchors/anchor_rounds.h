// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/anchors/cluster_anchors.h"
#include "core/base/random.h"

namespace boxwright {

/// The boxes of one clustering as arrays, and the passes over them that a round is made of. Sizes
/// are float shares of the widest and highest box: 1 - IOU does not change when an axis is scaled.
/// Passes run over fixed chunks, so that their sums do not depend on the number of threads.
class AnchorRounds {
 public:
  AnchorRounds(std::span<const Size> sizes, int threads);

  std::size_t count() const { return widths_.size(); }
  /// Distinct sizes, counted up to `limit`.
  std::size_t distinctSizes(std::size_t limit) const;

  /// k-means++ with the distance 1 - IOU: each next centre is a box drawn by its distance to the
  /// nearest centre so far.
  std::vector<Size> seed(int k, RandomStream& random) const;

  struct Assigned {
    double meanIou = 0;
    bool changed = false;              ///< some box has another centre than before
    std::vector<std::size_t> members;  ///< boxes of each centre
    std::vector<Size> sums;            ///< of each centre's boxes
  };
  /// Gives every box its best centre (ties to the lowest) and remembers it.
  Assigned assignTo(std::span<const Size> centres);

  /// The centres of the boxes last assigned. An empty cluster goes to the box that is worst
  /// covered.
  std::vector<Size> update(const Assigned& assigned, std::span<const Size> centres,
                           ClusterUpdate how) const;

  /// Each box's centre of the last assignment, and the boxes as the passes see them: for few boxes.
  std::vector<int> labels() const { return {centre_.begin(), centre_.end()}; }
  std::vector<Size> sizes() const;

  /// A centre in the unit of the sizes given.
  Size unscaled(const Size& centre) const;

 private:
  std::vector<Size> medians(const Assigned& assigned, std::span<const Size> centres) const;
  void reseedEmpty(const Assigned& assigned, std::vector<Size>& centres) const;

  std::vector<float> widths_, heights_;
  std::vector<float> best_;           ///< IOU with the own centre
  std::vector<std::int32_t> centre_;  ///< -1 before the first round
  Size unit_;
  int threads_ = 1;
};

}  // namespace boxwright
