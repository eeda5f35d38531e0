// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/parallel.h"
#include "core/compute/onednn/device.h"

namespace boxwright::onednn {

/// A tensor as planes, each one block of channels of one picture: pixels without gaps, `block`
/// channels beside each other.
struct Planes {
  Planes(const Shape& shape, const Blocks& blocks)
      : block(blocks.block),
        blocksEach(blocks.channels / blocks.block),
        count(static_cast<std::size_t>(shape.n) * blocksEach),
        pixels(static_cast<std::size_t>(shape.h) * shape.w),
        pictureStride(blocks.pictureStride),
        blockStride(blocks.blockStride) {}

  int block;
  std::size_t blocksEach;
  std::size_t count, pixels;
  std::ptrdiff_t pictureStride, blockStride;

  /// The plane's first channel.
  int channel(std::size_t plane) const { return static_cast<int>(plane % blocksEach) * block; }
  std::ptrdiff_t offset(std::size_t plane) const {
    return static_cast<std::ptrdiff_t>(plane / blocksEach) * pictureStride +
           static_cast<std::ptrdiff_t>(plane % blocksEach) * blockStride;
  }
};

/// A part of a plane: small enough for the caches, and the same whatever the number of threads.
struct Piece {
  std::size_t plane, first, pixels;
};

class Pieces {
 public:
  /// About 64 KB of floats a piece.
  explicit Pieces(const Planes& planes)
      : planes_(planes),
        size_(std::max<std::size_t>(64, 16384 / static_cast<std::size_t>(planes.block))),
        each_((planes.pixels + size_ - 1) / size_) {}

  std::size_t count() const { return planes_.count * each_; }
  Piece at(std::size_t index) const {
    const std::size_t first = index % each_ * size_;
    return {index / each_, first, std::min(size_, planes_.pixels - first)};
  }
  /// Where the piece's floats begin.
  std::ptrdiff_t offset(const Piece& piece) const {
    return planes_.offset(piece.plane) + static_cast<std::ptrdiff_t>(piece.first) * planes_.block;
  }
  int channel(const Piece& piece) const { return planes_.channel(piece.plane); }
  const Planes& planes() const { return planes_; }

 private:
  Planes planes_;
  std::size_t size_, each_;
};

/// The offset within one picture of channel c, pixel p.
inline std::ptrdiff_t offsetOf(const Blocks& blocks, int c, std::size_t pixel) {
  return static_cast<std::ptrdiff_t>(c / blocks.block) * blocks.blockStride +
         static_cast<std::ptrdiff_t>(pixel) * blocks.block + c % blocks.block;
}

}  // namespace boxwright::onednn
