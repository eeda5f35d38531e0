// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_shapes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

namespace boxwright {
namespace {

constexpr double kPi = std::numbers::pi;

double length(Point p) {
  return std::hypot(p.x, p.y);
}

double boxDistance(Point p, double halfWidth, double halfHeight) {
  const double x = std::abs(p.x) - halfWidth;
  const double y = std::abs(p.y) - halfHeight;
  return std::hypot(std::max(x, 0.0), std::max(y, 0.0)) + std::min(std::max(x, y), 0.0);
}

/// Exact for any simple polygon: distance to the nearest edge, negative where an odd number of
/// edges is crossed on the way out.
double polygonDistance(std::span<const Point> corners, Point p) {
  double nearest = 1e9;
  bool inside = false;
  for (std::size_t i = 0, j = corners.size() - 1; i < corners.size(); j = i++) {
    const Point e{corners[j].x - corners[i].x, corners[j].y - corners[i].y};
    const Point w{p.x - corners[i].x, p.y - corners[i].y};
    const double along = std::clamp((w.x * e.x + w.y * e.y) / (e.x * e.x + e.y * e.y), 0.0, 1.0);
    nearest = std::min(nearest, std::hypot(w.x - e.x * along, w.y - e.y * along));
    if ((corners[i].y > p.y) != (corners[j].y > p.y) &&
        p.x < e.x * (p.y - corners[i].y) / e.y + corners[i].x) {
      inside = !inside;
    }
  }
  return inside ? -nearest : nearest;
}

Point onCircle(double radius, double angle) {
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace

const std::array<const char*, kSampleShapes> kSampleShapeNames = {
    "arrow",   "crescent", "cross",   "ring", "star",      "triangle",    "disc",   "square",
    "ellipse", "bar",      "hexagon", "blob", "half disc", "broken ring", "corner", "chevron"};

double shapeDistance(SampleShape shape, const ShapeStyle& style, Point p) {
  switch (shape) {
    case SampleShape::Arrow: {
      const double head = 0.15 - 0.2 * style.a;  // where the head begins, from the middle
      const double shaft = 0.28 + 0.07 * style.b;
      const std::array<Point, 7> corners = {
          Point{1, 0},          Point{head, 0.9},    Point{head, shaft}, Point{-0.95, shaft},
          Point{-0.95, -shaft}, Point{head, -shaft}, Point{head, -0.9}};
      return polygonDistance(corners, p);
    }
    case SampleShape::Crescent: {
      const double shift = 0.52 + 0.1 * style.a;
      return std::max(length(p) - 0.98, 0.76 - length({p.x - shift, p.y}));
    }
    case SampleShape::Cross: {
      const double arm = 0.26 + 0.1 * style.a;
      return std::min(boxDistance(p, 0.95, arm), boxDistance(p, arm, 0.95)) - 0.03;
    }
    case SampleShape::Ring: {
      const double half = 0.19 + 0.07 * style.a;
      return std::abs(length(p) - (0.98 - half)) - half;
    }
    case SampleShape::Star: {
      std::array<Point, 10> corners;
      const double inner = 0.4 + 0.05 * style.a;
      for (std::size_t i = 0; i < corners.size(); ++i) {
        corners[i] = onCircle(i % 2 == 0 ? 1.0 : inner, kPi * (static_cast<double>(i) / 5 - 0.5));
      }
      return polygonDistance(corners, p);
    }
    case SampleShape::Triangle: {
      const double half = 0.85 + 0.12 * style.a;
      const std::array<Point, 3> corners = {Point{0, -0.95}, Point{half, 0.7}, Point{-half, 0.7}};
      return polygonDistance(corners, p);
    }
    case SampleShape::Disc:
      return length(p) - 0.95;
    case SampleShape::Square:
      return boxDistance(p, 0.75 - 0.1 * style.a, 0.75 - 0.1 * style.a) - 0.1 * style.a;
    case SampleShape::Ellipse:
      return (length({p.x, p.y / (0.45 + 0.25 * style.a)}) - 0.98) * 0.6;
    case SampleShape::Bar:
      return boxDistance(p, 0.75, 0) - (0.14 + 0.14 * style.a);
    case SampleShape::Hexagon: {
      std::array<Point, 6> corners;
      for (std::size_t i = 0; i < corners.size(); ++i) {
        corners[i] = onCircle(0.98, kPi * static_cast<double>(i) / 3);
      }
      return polygonDistance(corners, p);
    }
    case SampleShape::Blob: {
      const double angle = std::atan2(p.y, p.x);
      const double radius = 0.78 + 0.1 * std::sin(3 * angle + style.phase) +
                            0.08 * std::sin(2 * angle - 2 * style.phase);
      return (length(p) - radius) * 0.9;
    }
    case SampleShape::HalfDisc:
      return std::max(length({p.x, p.y - 0.4}) - 0.95, p.y - 0.4);
    case SampleShape::BrokenRing: {
      // Three pieces of a ring: nothing closed.
      const double half = 0.14 + 0.08 * style.a;
      const double angle = std::atan2(p.y, p.x);
      const double third = 2 * kPi / 3;
      const double inPiece = std::abs(angle - third * std::round(angle / third));
      const double gap = (inPiece - (0.62 + 0.1 * style.b)) * 0.8;
      return std::max(std::abs(length(p) - (0.98 - half)) - half, gap);
    }
    case SampleShape::Corner: {
      // A cross of which two neighbouring arms are missing.
      const double arm = 0.22 + 0.1 * style.a;
      const Point q{p.x + 0.35, p.y - 0.35};
      return std::min(boxDistance({q.x - 0.45, q.y}, 0.45 + arm, arm),
                      boxDistance({q.x, q.y + 0.45}, arm, 0.45 + arm)) -
             0.03;
    }
    case SampleShape::Chevron: {
      const double thick = 0.34 + 0.12 * style.a;
      const std::array<Point, 6> corners = {Point{0.75, 0},
                                            Point{-0.05, 0.9},
                                            Point{-0.05 - thick, 0.9},
                                            Point{0.75 - thick * 1.25, 0},
                                            Point{-0.05 - thick, -0.9},
                                            Point{-0.05, -0.9}};
      return polygonDistance(corners, p);
    }
  }
  return 1;
}

}  // namespace boxwright
