// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "core/base/random.h"
#include "core/geometry/box.h"

namespace boxwright {

/// One run of plain k-means over (w, h), with the squared distance in place of 1 - IOU.
struct EuclideanMeans {
  std::vector<Size> centres;
  double squares = 0;          ///< sum of squared distances to the nearest centre
  std::vector<double> rounds;  ///< mean IOU after each round, to compare with the other distance
};

/// k-means++ seeds, then rounds until no box changes its centre, or 300. `sizes` must hold at least
/// `k` distinct ones. An empty cluster goes to the box that is farthest from its centre.
EuclideanMeans euclideanMeans(std::span<const Size> sizes, int k, RandomStream& random,
                              const std::stop_token& stop);

}  // namespace boxwright
