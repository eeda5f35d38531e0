// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace boxwright {

/// An 8-bit RGB picture, row-major, interleaved, no padding: pixel (x, y) starts at
/// `pixels[3 * (y * width + x)]`. A value; empty when width is 0.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;

  Image() = default;
  Image(int w, int h) : width(w), height(h), pixels(std::size_t(3) * w * h) {}
  bool empty() const { return pixels.empty(); }
  std::uint8_t* at(int x, int y) { return pixels.data() + 3 * (std::size_t(y) * width + x); }
  const std::uint8_t* at(int x, int y) const {
    return pixels.data() + 3 * (std::size_t(y) * width + x);
  }
  bool operator==(const Image&) const = default;
};

}  // namespace boxwright
