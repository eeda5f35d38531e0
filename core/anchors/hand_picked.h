// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/geometry/box.h"

namespace boxwright {

/// The nine anchors that were in use before they were clustered (those of Faster R-CNN, which the
/// YOLOv2 paper starts from): squares of 128, 256 and 512 pixels on a side of 600, each also half
/// as high as wide and twice as high, of the same area. In cells of kHeadStride at `inputSize`,
/// sorted by area.
std::vector<Size> handPickedAnchors(int inputSize);

}  // namespace boxwright
