// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sample_scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <span>

#include "core/base/random.h"
#include "core/data/sample_canvas.h"
#include "core/data/sample_shapes.h"

namespace boxwright {
namespace {

constexpr double kPi = std::numbers::pi;

/// A shape with its place, drawn later.
struct Piece {
  SampleShape shape = SampleShape::Disc;
  int classId = -1;  ///< of an object
  ShapeStyle style;
  double x = 0, y = 0;  ///< middle, pixels
  double radius = 10;   ///< pixels
  double stretch = 1;   ///< of the shape's x against its y
  double cosine = 1, sine = 0;

  /// Distance in pixels from a pixel's middle to the outline, negative inside.
  double distance(double px, double py) const {
    const Point q = own(px, py);
    return shapeDistance(shape, style, q) * radius * std::min(stretch, 1 / stretch);
  }
  /// A pixel in the shape's own plane.
  Point own(double px, double py) const {
    const double dx = (px - x) / radius;
    const double dy = (py - y) / radius;
    return {(dx * cosine + dy * sine) / stretch, (-dx * sine + dy * cosine) * stretch};
  }
};

struct Extent {
  int left = 0, top = 0, right = -1, bottom = -1;  ///< inclusive
  bool empty() const { return right < left || bottom < top; }
};

Extent around(const Piece& piece, double margin, int width, int height) {
  const double reach = piece.radius * std::max(piece.stretch, 1 / piece.stretch) * 1.05 + margin;
  return {std::max(0, static_cast<int>(std::floor(piece.x - reach))),
          std::max(0, static_cast<int>(std::floor(piece.y - reach))),
          std::min(width - 1, static_cast<int>(std::ceil(piece.x + reach))),
          std::min(height - 1, static_cast<int>(std::ceil(piece.y + reach)))};
}

/// How the surface of a piece looks, a sticker with a light rim: colours and pattern have nothing
/// to do with its shape.
struct Surface {
  Paint base, second, rim;
  int pattern = 0;  ///< 0: stripes; 1: dots; 2: checks; above: shaded
  double angle = 0;
  double rimWidth = 0;  ///< pixels
  double shadow = 0;
};

Surface surfaceFor(double radius, RandomStream& random) {
  Surface surface;
  const double hue = random.uniform();
  surface.base = Paint::hsl(hue, random.uniform(0.35, 0.95), random.uniform(0.22, 0.48));
  surface.second = Paint::mix(surface.base, Paint{0, 0, 0}, random.uniform(0.1, 0.35));
  surface.rim =
      Paint::mix(Paint{1, 1, 1}, Paint::hsl(random.uniform(), 0.5, 0.7), random.uniform(0, 0.12));
  surface.pattern = static_cast<int>(random.index(12));
  surface.angle = random.uniform(0, 2 * kPi);
  surface.rimWidth = std::min(1.6 + random.uniform(0.08, 0.12) * radius, 0.4 * radius);
  surface.shadow = random.uniform(0.2, 0.5);
  return surface;
}

Paint surfaceColour(const Surface& surface, const Point& q) {
  const double u = q.x * std::cos(surface.angle) + q.y * std::sin(surface.angle);
  const double v = -q.x * std::sin(surface.angle) + q.y * std::cos(surface.angle);
  switch (surface.pattern) {
    case 0:
      return Paint::mix(surface.base, surface.second,
                        std::clamp(4 * std::sin(u * 9) + 0.5, 0.0, 1.0));
    case 1: {
      const double du = u * 2.6 - std::round(u * 2.6);
      const double dv = v * 2.6 - std::round(v * 2.6);
      return Paint::mix(surface.base, surface.second,
                        std::clamp((0.28 - std::hypot(du, dv)) * 10, 0.0, 1.0));
    }
    case 2: {
      const bool odd =
          (static_cast<int>(std::floor(u * 3)) + static_cast<int>(std::floor(v * 3))) & 1;
      return odd ? surface.second : surface.base;
    }
    default:
      return Paint::mix(surface.base, surface.second, std::clamp(0.5 + 0.5 * u, 0.0, 1.0));
  }
}

void paintPiece(SampleCanvas& canvas, const Piece& piece, RandomStream& random) {
  const Surface surface = surfaceFor(piece.radius, random);
  const double drop = 0.06 * piece.radius + 1;
  const double blur = 0.1 * piece.radius + 1.5;
  const Extent area = around(piece, drop + blur + 2, canvas.width(), canvas.height());
  if (surface.shadow > 0) {
    for (int y = area.top; y <= area.bottom; ++y) {
      for (int x = area.left; x <= area.right; ++x) {
        const double d = piece.distance(x + 0.5 - drop, y + 0.5 - drop);
        const double t = std::clamp(0.5 - d / blur, 0.0, 1.0);
        if (t > 0) canvas.lay(x, y, Paint{0, 0, 0}, surface.shadow * t);
      }
    }
  }
  for (int y = area.top; y <= area.bottom; ++y) {
    for (int x = area.left; x <= area.right; ++x) {
      const double d = piece.distance(x + 0.5, y + 0.5);
      if (d >= 0.5) continue;
      Paint paint = surfaceColour(surface, piece.own(x + 0.5, y + 0.5));
      paint = Paint::mix(paint, surface.rim, std::clamp(d + surface.rimWidth + 0.5, 0.0, 1.0));
      canvas.lay(x, y, paint, std::clamp(0.5 - d, 0.0, 1.0));
    }
  }
}

/// Pixels of each piece, for boxes and for how much of it is hidden.
struct Footprint {
  Extent bounds;
  std::size_t inside = 0;   ///< pixels in the picture
  std::size_t visible = 0;  ///< of these, not behind a later piece
};

/// Sizes a picture may have: most 320x240, all at least that.
std::array<int, 2> pictureSize(RandomStream& random) {
  static constexpr std::array<std::array<int, 2>, 8> kOther = {{{400, 300},
                                                                {384, 288},
                                                                {320, 320},
                                                                {427, 240},
                                                                {333, 251},
                                                                {320, 427},
                                                                {480, 360},
                                                                {640, 480}}};
  return random.uniform() < 0.8 ? std::array<int, 2>{320, 240}
                                : kOther[random.index(kOther.size())];
}

/// The share of the shorter side that a piece spans: mostly middling, down to 10 px, up to 70 %.
double pieceSpan(double shorter, RandomStream& random) {
  const double draw = random.uniform();
  const double smallest = 10 / shorter;
  if (draw < 0.04) return random.uniform(smallest, 0.2);
  if (draw > 0.96) return random.uniform(0.5, 0.7);
  return std::exp(random.uniform(std::log(0.3), std::log(0.48)));
}

/// Places a piece where it hides no other piece too much; nothing when there is no such place.
std::optional<Piece> place(SampleShape shape, int width, int height,
                           const std::vector<Piece>& others, RandomStream& random) {
  const double shorter = std::min(width, height);
  Piece piece;
  piece.shape = shape;
  piece.style = {random.uniform(), random.uniform(), random.uniform(0, 2 * kPi)};
  piece.radius = 0.5 * shorter * pieceSpan(shorter, random);
  piece.stretch = std::exp(random.uniform(-0.05, 0.05));
  const double angle = random.uniform(-0.2, 0.2);
  piece.cosine = std::cos(angle);
  piece.sine = std::sin(angle);
  // Some may overlap, some may stick out of the picture.
  const double closeness = random.uniform() < 0.16 ? 0.7 : 1.04;
  const double beyond = random.uniform() < 0.1 ? -0.3 : 1.02;
  for (int attempt = 0; attempt < 30; ++attempt) {
    const double inset = std::max(piece.radius * beyond, -0.3 * piece.radius);
    const double reach = std::min({inset, width / 2.0 - 1, height / 2.0 - 1});
    piece.x = random.uniform(reach, width - reach);
    piece.y = random.uniform(reach, height - reach);
    // Never so far out that more than about 40 % is missing.
    if (piece.x < 0.1 * piece.radius || piece.x > width - 0.1 * piece.radius ||
        piece.y < 0.1 * piece.radius || piece.y > height - 0.1 * piece.radius) {
      continue;
    }
    const bool free = std::all_of(others.begin(), others.end(), [&](const Piece& other) {
      const double apart = std::hypot(piece.x - other.x, piece.y - other.y);
      return apart > closeness * (piece.radius + other.radius);
    });
    if (free) return piece;
  }
  return std::nullopt;
}

/// A picture with objects of `shapes`, `count` of them or as many as it happens, whose classes are
/// their places there, and here and there one of `lookAlikes`, which is no object.
SampleScene paintScene(RandomStream& random, std::span<const SampleShape> shapes,
                       std::span<const SampleShape> lookAlikes, std::optional<int> count) {
  const auto [width, height] = pictureSize(random);
  SampleCanvas canvas(width, height);
  paintBackground(canvas, static_cast<int>(random.index(kBackgrounds)), random);

  std::vector<Piece> pieces;
  const int some = random.uniform() < 0.03 ? 0 : 4 + static_cast<int>(random.index(4));
  const int objects = count.value_or(some);
  const double many = random.uniform();
  const int others = lookAlikes.empty() ? 0
                     : objects == 0     ? 2
                     : many < 0.5       ? 0
                     : many < 0.85      ? 1
                                        : 2;
  for (int i = 0; i < objects + others; ++i) {
    const bool object = i < objects;
    const std::span<const SampleShape> from = object ? shapes : lookAlikes;
    const std::size_t which = random.index(from.size());
    if (auto piece = place(from[which], width, height, pieces, random)) {
      piece->classId = object ? static_cast<int>(which) : -1;
      pieces.push_back(*piece);
    }
  }
  // The far ones first.
  for (std::size_t i = pieces.size(); i > 1; --i)
    std::swap(pieces[i - 1], pieces[random.index(i)]);

  std::vector<int> owner(static_cast<std::size_t>(width) * height, -1);
  std::vector<Footprint> footprints(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    paintPiece(canvas, pieces[i], random);
    Footprint& footprint = footprints[i];
    footprint.bounds = {width, height, -1, -1};
    const Extent area = around(pieces[i], 1, width, height);
    for (int y = area.top; y <= area.bottom; ++y) {
      for (int x = area.left; x <= area.right; ++x) {
        if (pieces[i].distance(x + 0.5, y + 0.5) >= 0) continue;
        int& who = owner[static_cast<std::size_t>(y) * width + x];
        if (who >= 0) --footprints[static_cast<std::size_t>(who)].visible;
        who = static_cast<int>(i);
        ++footprint.inside;
        ++footprint.visible;
        footprint.bounds.left = std::min(footprint.bounds.left, x);
        footprint.bounds.top = std::min(footprint.bounds.top, y);
        footprint.bounds.right = std::max(footprint.bounds.right, x);
        footprint.bounds.bottom = std::max(footprint.bounds.bottom, y);
      }
    }
  }

  SampleScene scene;
  scene.image = canvas.toImage(random.uniform(0, 0.015), random);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Footprint& footprint = footprints[i];
    if (pieces[i].classId < 0 || footprint.bounds.empty()) continue;
    Box box;
    box.id = static_cast<std::uint32_t>(scene.boxes.size()) + 1;
    box.classId = pieces[i].classId;
    box.rect = {static_cast<double>(footprint.bounds.left),
                static_cast<double>(footprint.bounds.top),
                static_cast<double>(footprint.bounds.right + 1),
                static_cast<double>(footprint.bounds.bottom + 1)};
    const double reach = pieces[i].radius * 0.9;
    box.truncated = pieces[i].x < reach || pieces[i].y < reach || pieces[i].x > width - reach ||
                    pieces[i].y > height - reach;
    const double shown =
        static_cast<double>(footprint.visible) / static_cast<double>(footprint.inside);
    box.occluded = shown < 0.9;
    box.difficult = shown < 0.5 || std::min(box.rect.width(), box.rect.height()) < 12;
    scene.boxes.push_back(box);
  }
  return scene;
}

}  // namespace

Image paintSampleOfShape(std::uint64_t seed, std::uint64_t number, SampleShape shape) {
  static constexpr std::array<std::array<int, 2>, 5> kSizes = {
      {{160, 160}, {176, 144}, {144, 176}, {192, 144}, {144, 144}}};
  RandomStream random(seed, "sample of a shape", 0, number);
  const auto [width, height] = kSizes[random.index(kSizes.size())];
  SampleCanvas canvas(width, height);
  paintBackground(canvas, static_cast<int>(random.index(kBackgrounds)), random);
  Piece piece;
  piece.shape = shape;
  piece.style = {random.uniform(), random.uniform(), random.uniform(0, 2 * kPi)};
  piece.radius =
      0.5 * std::min(width, height) * std::exp(random.uniform(std::log(0.36), std::log(0.8)));
  piece.stretch = std::exp(random.uniform(-0.08, 0.08));
  const double angle = random.uniform(-0.3, 0.3);
  piece.cosine = std::cos(angle);
  piece.sine = std::sin(angle);
  piece.x = random.uniform(piece.radius, width - piece.radius);
  piece.y = random.uniform(piece.radius, height - piece.radius);
  paintPiece(canvas, piece, random);
  return canvas.toImage(random.uniform(0, 0.015), random);
}

SampleScene paintSampleScene(std::uint64_t seed, std::uint64_t number) {
  static constexpr auto kLookAlikes = [] {
    std::array<SampleShape, kSampleShapes - kSampleClasses> shapes{};
    for (std::size_t i = 0; i < shapes.size(); ++i)
      shapes[i] = static_cast<SampleShape>(kSampleClasses + i);
    return shapes;
  }();
  static constexpr std::array<SampleShape, kSampleClasses> kLabelled = {
      SampleShape::Arrow, SampleShape::Crescent, SampleShape::Cross,
      SampleShape::Ring,  SampleShape::Star,     SampleShape::Triangle};
  RandomStream random(seed, "sample", 0, number);
  return paintScene(random, kLabelled, kLookAlikes, {});
}

SampleScene paintSampleScene(RandomStream& random, std::span<const SampleShape> shapes,
                             std::optional<int> objects) {
  return paintScene(random, shapes, {}, objects);
}

}  // namespace boxwright
