// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "core/anchors/cluster_anchors.h"

namespace boxwright {

/// Few boxes leave k-means in poor resting points. This goes on from one (Hartigan's method):
/// sweeps over `boxes`, each moved to another cluster where that raises the mean IOU of boxes with
/// the centre of their own cluster, until a sweep moves none. `labels` say of which cluster each
/// box is. Returns the centres after each sweep that moved a box. A sweep costs boxes^2 * clusters.
std::vector<std::vector<Size>> moveSingleBoxes(std::span<const Size> boxes, std::vector<int> labels,
                                               ClusterUpdate how, std::vector<Size> centres,
                                               const std::stop_token& stop);

}  // namespace boxwright
