// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "core/geometry/box.h"

namespace boxwright {

/// Intersection over union of two rectangles; 0 where they do not overlap and for 0/0 (spec 5).
inline double iou(const Rect& a, const Rect& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const double intersection = width * height;
  const double whole = a.area() + b.area() - intersection;
  return whole > 0 ? intersection / whole : 0;
}

/// IOU of two sizes placed on a common centre: the metric of anchors (spec 10).
inline double sizeIou(const Size& a, const Size& b) {
  const double intersection = std::min(a.width, b.width) * std::min(a.height, b.height);
  const double whole = a.area() + b.area() - intersection;
  return whole > 0 ? intersection / whole : 0;
}

}  // namespace boxwright
