// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/yolo/region_head.h"

namespace boxwright {

/// A box as the head says it, in fractions of the network's input (0..1), not clipped.
struct Candidate {
  Rect rect;
  int classId = 0;
  float confidence = 0;  ///< objectness times class probability
};

/// Decodes picture `b` of the head (spec sections 5 and 9): for every box with objectness over
/// `threshold` one candidate a class whose confidence is over `threshold`, in box order.
std::vector<Candidate> decodeRegion(const HeadView<float>& head, const RegionLayer& region, int b,
                                    double threshold);

/// Non-maximum suppression a class, greedy by confidence, ties by index: a box is dropped where its
/// IOU with a kept one is over `threshold`. At most `perClass` of each class are kept. The result
/// is sorted by confidence.
std::vector<Candidate> suppress(std::vector<Candidate> candidates, double threshold,
                                std::size_t perClass = 100);

}  // namespace boxwright
