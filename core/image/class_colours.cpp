// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/class_colours.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace boxwright {
namespace {

// Chosen one after the other from a grid of RGB values, each as far as can be from those before it
// in OKLab under normal sight, protanopia, deuteranopia and tritanopia (Machado 2009), with
// luminance between .13 and .80. The nearest two of the first six lie .165 apart, of the first ten
// .098, of all .058 (normal sight counted at .7).
constexpr std::array<Colour, kFixedColours> kColours = {
    {{0xff, 0x66, 0x00}, {0x00, 0x55, 0xff}, {0x44, 0xff, 0xff}, {0xbb, 0x99, 0xff},
     {0x88, 0x55, 0x77}, {0xee, 0xee, 0x00}, {0x33, 0xbb, 0x99}, {0xbb, 0x44, 0x00},
     {0xff, 0xaa, 0x00}, {0xbb, 0x55, 0xbb}, {0xaa, 0xdd, 0x99}, {0x11, 0x88, 0xee},
     {0x77, 0xcc, 0xdd}, {0x44, 0x77, 0x44}, {0x99, 0x99, 0x55}, {0xaa, 0x11, 0xcc},
     {0xdd, 0x77, 0xcc}, {0xcc, 0xaa, 0x66}, {0xdd, 0x22, 0x99}, {0xee, 0xcc, 0x66}}};

std::uint8_t channel(double value) {
  return std::uint8_t(std::lround(255 * value));
}

/// Hue in turns, at fixed saturation, with a value that alternates.
Colour generated(int number) {
  const double hue = std::fmod(0.5 + 0.6180339887498949 * number, 1.0) * 6;
  const double value = number % 3 == 0 ? 0.95 : number % 3 == 1 ? 0.75 : 0.85;
  const double low = value * 0.35;
  const double part = hue - std::floor(hue);
  const double up = low + (value - low) * part, down = value - (value - low) * part;
  switch (int(hue)) {
    case 0:
      return {channel(value), channel(up), channel(low)};
    case 1:
      return {channel(down), channel(value), channel(low)};
    case 2:
      return {channel(low), channel(value), channel(up)};
    case 3:
      return {channel(low), channel(down), channel(value)};
    case 4:
      return {channel(up), channel(low), channel(value)};
    default:
      return {channel(value), channel(low), channel(down)};
  }
}

double linear(std::uint8_t value) {
  const double v = value / 255.0;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

}  // namespace

Colour classColour(int classId) {
  if (classId < 0) return {0x99, 0x99, 0x99};
  if (std::size_t(classId) < kColours.size()) return kColours[std::size_t(classId)];
  return generated(classId - int(kColours.size()));
}

Colour textColourOn(Colour ground) {
  const double luminance =
      0.2126 * linear(ground.red) + 0.7152 * linear(ground.green) + 0.0722 * linear(ground.blue);
  const bool black = (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05);
  return black ? Colour{0, 0, 0} : Colour{255, 255, 255};
}

}  // namespace boxwright
