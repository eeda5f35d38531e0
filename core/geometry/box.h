// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace boxwright {

/// A rectangle by its edges, in doubles. In pictures: pixel edges, half-open, so that a box over
/// the first pixel alone is (0, 0, 1, 1) and width = right - left. Formats' own conventions are
/// converted in core/geometry/conversion.h and nowhere else.
struct Rect {
  double left = 0, top = 0, right = 0, bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
  double area() const { return width() * height(); }
  double centreX() const { return 0.5 * (left + right); }
  double centreY() const { return 0.5 * (top + bottom); }
  bool operator==(const Rect&) const = default;
};

/// A labelled object in a picture.
struct Box {
  std::uint32_t id = 0;  ///< stable within its picture
  int classId = 0;       ///< index into the dataset's class names
  Rect rect;             ///< pixels of the upright picture
  bool difficult = false;
  bool crowd = false;
  bool truncated = false;
  bool occluded = false;
  std::optional<double> area;  ///< the format's own area (COCO), pixels squared
  std::optional<float> score;  ///< confidence where the box was proposed by a model

  bool operator==(const Box&) const = default;
};

/// What a detector found, in pixels of the source picture.
struct Detection {
  Rect rect;
  int classId = 0;
  float confidence = 0;  ///< objectness times class probability, in [0, 1]
  /// Of a network over a class tree: the conditional probabilities of the classes on the way from
  /// the root to this one; empty elsewhere.
  std::vector<float> path = {};

  bool operator==(const Detection&) const = default;
};

/// Width and height of a box or anchor, in whatever unit the function says.
struct Size {
  double width = 0, height = 0;

  double area() const { return width * height; }
  bool operator==(const Size&) const = default;
};

}  // namespace boxwright
