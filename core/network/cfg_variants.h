// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/network/cfg.h"

namespace boxwright {

// The network of a cfg with one idea of the YOLOv2 paper taken out (its section 2). Each is a pure
// function; withHead() comes after, since some change what the head holds.

/// Every convolution with a bias only: batch_normalize=0.
Cfg withoutBatchNorm(Cfg cfg);

/// Without the branch that brings finer features to the head: from the route that reads back to the
/// route that joins it, with the layers between; the numbers of other routes follow. Nothing where
/// the cfg has no such branch. Throws Error where something else reads the branch.
std::optional<Cfg> withoutPassthrough(const Cfg& cfg);

/// YOLO's head, convolutional: one pooling more before the last convolution wider than 1x1, and in
/// each cell of the coarser grid two boxes without anchors and one class distribution
/// (box_form=yolo). Throws Error where there is no such convolution before [region].
Cfg withYoloHead(const Cfg& cfg);

/// The RPN's offsets of anchors in place of direct location prediction (box_form=offsets).
Cfg withAnchorOffsets(Cfg cfg);

}  // namespace boxwright
