// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/geometry/box.h"

namespace boxwright {

/// Anchors in cells of kHeadStride, sorted by area, and how they were made (paper section 2, spec
/// 10).
struct AnchorSet {
  std::vector<Size> anchors;
  double meanIou = 0;           ///< mean over boxes of the best common-centre IOU
  std::vector<int> assignment;  ///< for every box its anchor
  std::vector<double> rounds;   ///< mean IOU after each round of the best restart
  int iterations = 0;           ///< rounds of the best restart
};

enum class ClusterUpdate { Mean, Median };
/// By which a box is near a centre: the paper's 1 - IOU, or the squared distance of (w, h) that it
/// is measured against (large boxes pull the centres, for they are farther apart).
enum class ClusterDistance { OneMinusIou, Euclidean };

struct ClusterOptions {
  int k = 5;
  std::uint64_t seed = 1;
  int restarts = 5;
  ClusterDistance distance = ClusterDistance::OneMinusIou;
  ClusterUpdate update = ClusterUpdate::Mean;  ///< of OneMinusIou
  int threads = 1;                             ///< the result does not depend on it
  int inputSize = 416;
};

/// k-means with d = 1 - IOU over box sizes in fractions of their picture, k-means++ seeded in that
/// metric, empty clusters reseeded; ends when no assignment changes, when the best mean IOU has not
/// risen by 1e-6 in 10 rounds, or at 300, and keeps the best round. Up to 128 boxes then move
/// singly (single_moves.h), each sweep one round more. With the Euclidean distance it is plain
/// k-means (euclidean_means.h), and of the restarts the one of least squares counts. Throws Error
/// for no boxes, a zero or non-finite size, or fewer distinct sizes than k. Stopped, it returns the
/// best so far, at least one round's. `progress` gets the share done, 0..1, on the calling thread.
AnchorSet clusterAnchors(std::span<const Size> fractions, const ClusterOptions& options,
                         std::stop_token stop = {},
                         const std::function<void(double)>& progress = {});

/// Anchors that come from elsewhere (cells at `inputSize`), with what they reach on these boxes.
AnchorSet measureAnchors(std::vector<Size> anchors, std::span<const Size> fractions, int inputSize);

/// Mean IOU for k = 1..maxK (as far as there are distinct sizes), one restart set each.
struct CurvePoint {
  int k = 0;
  double meanIou = 0;
};
std::vector<CurvePoint> anchorCurve(std::span<const Size> fractions, int maxK,
                                    const ClusterOptions& options, std::stop_token stop = {},
                                    const std::function<void(const CurvePoint&)>& point = {});

/// Mean over boxes of the best IOU with any of `anchors` (both in the same unit); `best`, where
/// given, receives each box's anchor.
double meanBestIou(std::span<const Size> sizes, std::span<const Size> anchors,
                   std::vector<int>* best = nullptr);

}  // namespace boxwright
