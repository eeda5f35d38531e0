// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/random.h"
#include "core/image/image.h"

namespace boxwright {

/// A colour in [0, 1], display values.
struct Paint {
  float red = 0, green = 0, blue = 0;

  /// From hue (turns), saturation and lightness.
  static Paint hsl(double hue, double saturation, double lightness);
  /// How bright it looks, [0, 1].
  double brightness() const { return 0.299 * red + 0.587 * green + 0.114 * blue; }
  /// How different two colours look, about [0, 1].
  static double difference(const Paint& a, const Paint& b);
  static Paint mix(const Paint& a, const Paint& b, double share);
};

/// The picture of the sample dataset while it is painted.
class SampleCanvas {
 public:
  SampleCanvas(int width, int height)
      : width_(width), height_(height), pixels_(std::size_t(width) * height) {}

  int width() const { return width_; }
  int height() const { return height_; }
  Paint& at(int x, int y) { return pixels_[std::size_t(y) * width_ + x]; }
  const Paint& at(int x, int y) const { return pixels_[std::size_t(y) * width_ + x]; }
  /// Lays a colour over a pixel.
  void lay(int x, int y, const Paint& paint, double alpha);
  /// The mean colour of a square of the picture.
  Paint mean(double x, double y, double half) const;
  /// With grain of the given strength (a standard deviation of display values).
  Image toImage(double grain, RandomStream& random) const;

 private:
  int width_;
  int height_;
  std::vector<Paint> pixels_;
};

/// Smooth noise over the plane, in [0, 1]: random values at whole points, blended, in octaves.
class Noise {
 public:
  explicit Noise(RandomStream& random) : seed_(random.next()) {}
  double at(double x, double y) const;
  double octaves(double x, double y, int count) const;

 private:
  std::uint64_t seed_;
};

/// Fills the canvas with one of the backgrounds, of kinds 0 to kBackgrounds - 1, and clutter.
constexpr int kBackgrounds = 9;
void paintBackground(SampleCanvas& canvas, int kind, RandomStream& random);

}  // namespace boxwright
