// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace boxwright {

/// A point of a shape's own plane.
struct Point {
  double x = 0, y = 0;
};

/// The shapes of the samples. The first kSampleClasses are the classes of the one with boxes, in
/// the order of their names, and the others look-alikes that it never labels; all of them are
/// classes of the one with class folders.
enum class SampleShape {
  Arrow,
  Crescent,
  Cross,
  Ring,
  Star,
  Triangle,
  Disc,
  Square,
  Ellipse,
  Bar,
  Hexagon,
  Blob,
  HalfDisc,
  BrokenRing,
  Corner,
  Chevron,
};
constexpr int kSampleClasses = 6;
constexpr int kSampleShapes = 16;

extern const std::array<const char*, kSampleShapes> kSampleShapeNames;

/// How one shape is drawn: numbers in [0, 1] that vary its proportions.
struct ShapeStyle {
  double a = 0.5, b = 0.5;
  double phase = 0;  ///< of a blob's outline, radians
};

/// The signed distance (negative inside) from `p` to the outline of a shape that about fills the
/// circle of radius 1. Near the outline it is a distance; far from it a bound.
double shapeDistance(SampleShape shape, const ShapeStyle& style, Point p);

}  // namespace boxwright
