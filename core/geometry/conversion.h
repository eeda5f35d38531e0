// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cmath>

#include "core/geometry/box.h"

namespace boxwright {

/// Input pixels to a cell of a YOLOv2 head: anchors are in cells of this stride.
inline constexpr int kHeadStride = 32;

/// VOC's 1-based inclusive corners to pixel edges: (1, 1, w, h) is the whole w x h picture.
inline Rect rectFromVoc(double xmin, double ymin, double xmax, double ymax) {
  return {xmin - 1, ymin - 1, xmax, ymax};
}

/// Pixel edges to VOC's 1-based inclusive corners.
inline Rect vocFromRect(const Rect& r) {
  return {r.left + 1, r.top + 1, r.right, r.bottom};
}

/// COCO's corner and size, in pixel edges.
inline Rect rectFromCorner(double x, double y, double width, double height) {
  return {x, y, x + width, y + height};
}

/// The length that, added to `low` in doubles, gives `high`, not always their difference; where there
/// is none, the difference.
inline double lengthBetween(double low, double high) {
  const double length = high - low;
  const double less = std::nextafter(length, 0.0), more = std::nextafter(length, 2 * length);
  if (low + length != high && low + less == high) return less;
  return low + length != high && low + more == high ? more : length;
}

/// A centre box in fractions of the picture (Darknet and Ultralytics text labels) to pixel edges.
inline Rect rectFromFractions(double x, double y, double w, double h, int width, int height) {
  return {(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height};
}

/// Left, top, right, bottom, as CVAT and CSV write them.
inline std::array<double, 4> edgesOf(const Rect& r) {
  return {r.left, r.top, r.right, r.bottom};
}

/// A centre box as Darknet writes it.
struct CentreBox {
  double x = 0, y = 0, w = 0, h = 0;

  bool operator==(const CentreBox&) const = default;
};

inline CentreBox centreBox(const Rect& r) {
  return {r.centreX(), r.centreY(), r.width(), r.height()};
}

inline Rect rectFromCentre(const CentreBox& b) {
  return {b.x - b.w / 2, b.y - b.h / 2, b.x + b.w / 2, b.y + b.h / 2};
}

/// Pixel edges to a centre box in fractions of the picture.
inline CentreBox fractionsFromRect(const Rect& r, int width, int height) {
  return {r.centreX() / width, r.centreY() / height, r.width() / width, r.height() / height};
}

}  // namespace boxwright
