// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/anchors/hand_picked.h"

#include <cmath>

#include "core/geometry/conversion.h"

namespace boxwright {

std::vector<Size> handPickedAnchors(int inputSize) {
  constexpr double kReferenceSide = 600;
  std::vector<Size> anchors;
  for (const double side : {128.0, 256.0, 512.0}) {
    for (const double heightToWidth : {0.5, 1.0, 2.0}) {
      const double cells = side / kReferenceSide * inputSize / kHeadStride;
      anchors.push_back({cells / std::sqrt(heightToWidth), cells * std::sqrt(heightToWidth)});
    }
  }
  return anchors;
}

}  // namespace boxwright
