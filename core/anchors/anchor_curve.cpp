// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/anchors/anchor_rounds.h"
#include "core/anchors/cluster_anchors.h"

namespace boxwright {

std::vector<CurvePoint> anchorCurve(std::span<const Size> fractions, int maxK,
                                    const ClusterOptions& options, std::stop_token stop,
                                    const std::function<void(const CurvePoint&)>& point) {
  std::vector<CurvePoint> curve;
  ClusterOptions each = options;
  for (each.k = 1; each.k <= maxK; ++each.k) {
    if (each.k > 1 && AnchorRounds(fractions, 1).distinctSizes(each.k) < std::size_t(each.k)) break;
    const AnchorSet set = clusterAnchors(fractions, each, stop);
    if (stop.stop_requested()) break;  // an unfinished point is no point
    curve.push_back({each.k, set.meanIou});
    if (point) point(curve.back());
  }
  return curve;
}

}  // namespace boxwright
