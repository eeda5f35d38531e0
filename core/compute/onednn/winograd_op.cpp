// SPDX-License-Identifier: GPL-3.0-or-later
// Winograd's minimal filtering after Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks" (2016): a tile of m x m outputs takes (m + 2)^2 multiplications a channel pair instead
// of 9 m^2. Inputs go tile by tile into one matrix a position, are multiplied with the transformed
// weights of that position, and go back.
#include "core/compute/onednn/winograd_op.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "core/base/parallel.h"
#include "core/compute/host_memory.h"
#include "core/compute/onednn/winograd_kernels.h"

namespace boxwright::onednn {
namespace {

constexpr int kSlack = 16;     ///< floats that keep rows of a power of two apart in the caches
constexpr int kDepth = 256;    ///< channels multiplied before the next columns' turn
constexpr int kColumns = 256;  ///< output channels of a task, at least a panel

int tilesOver(int length, int m) {
  return (length + m - 1) / m;
}

int roundedUp(int value, int step) {
  return (value + step - 1) / step * step;
}

class WinogradConvolution : public Op {
 public:
  WinogradConvolution(int m, std::span<const float> weights, const std::vector<float>& biases,
                      float slope, const TensorSpec& input, const Shape& output)
      : m_(m),
        positions_((m + 2) * (m + 2)),
        slope_(slope),
        in_(input.shape),
        out_(output),
        inBlocks_(blocksOf(input)),
        down_(tilesOver(output.h, m)),
        across_(tilesOver(output.w, m)),
        columns_(roundedUp(output.c, kernels_.columns)) {
    spec_ = specOf(output, blockedDesc(dimsOf(output), kernels_.width));
    outBlocks_ = blocksOf(spec_);
    biases_.assign(static_cast<std::size_t>(outBlocks_.channels), 0.0F);
    std::copy(biases.begin(), biases.end(), biases_.begin());
    aStride_ = static_cast<std::size_t>(inBlocks_.channels) + kSlack;
    cStride_ = static_cast<std::size_t>(columns_) + kSlack;
    // A band of tile rows whose matrices stay in the caches.
    constexpr std::size_t kBandBytes = 16 << 20;
    const std::size_t rowBytes = across_ * positions_ * (aStride_ + cStride_) * sizeof(float);
    bandRows_ = static_cast<int>(std::clamp<std::size_t>(kBandBytes / rowBytes, 1,
                                                         static_cast<std::size_t>(out_.n) * down_));
    transformWeights(weights);
  }

  TensorSpec outputSpec() const override { return spec_; }

  std::size_t scratchBytes() const override { return (aFloats() + cFloats()) * sizeof(float) + 64; }

  void forward(OpTensors& tensors) override {
    const auto* in = static_cast<const float*>(tensors.inputs[0].data);
    auto* out = static_cast<float*>(tensors.output.data);
    auto* a = static_cast<float*>(tensors.scratch);
    float* c = a + aFloats();
    const int rows = out_.n * down_;
    for (int first = 0; first < rows; first += bandRows_) {
      const int count = std::min(bandRows_, rows - first);
      gather(in, first, count, a);
      multiply(a, count * across_, c);
      scatter(c, first, count, out);
    }
  }

  void backward(OpTensors&) override { throw Error("Prepared for inference only", "winograd"); }

 private:
  std::size_t bandTiles() const { return static_cast<std::size_t>(bandRows_) * across_; }
  /// The matrices of two positions lie a cache line off a multiple of the page.
  std::size_t aPosition() const { return bandTiles() * aStride_ + kSlack; }
  std::size_t cPosition() const { return bandTiles() * cStride_ + kSlack; }
  std::size_t aFloats() const { return aPosition() * positions_; }
  std::size_t cFloats() const { return cPosition() * positions_; }

  void transformWeights(std::span<const float> weights) {
    const std::size_t each = static_cast<std::size_t>(in_.c) * columns_;
    panels_ = allocateHostMemory(each * positions_ * sizeof(float));
    auto* const panels = static_cast<float*>(panels_.get());
    parallelFor(static_cast<std::size_t>(columns_ / kernels_.columns), [&](std::size_t panel) {
      float* const to = panels + panel * static_cast<std::size_t>(in_.c) * kernels_.columns;
      for (int i = 0; i < in_.c; ++i) {
        for (int j = 0; j < kernels_.columns; ++j) {
          const std::size_t o = panel * static_cast<std::size_t>(kernels_.columns) + j;
          float* const place = to + static_cast<std::size_t>(i) * kernels_.columns + j;
          if (o >= static_cast<std::size_t>(out_.c)) {
            for (int p = 0; p < positions_; ++p)
              place[p * each] = 0;
            continue;
          }
          std::array<double, 36> transformed;
          winogradWeights(m_, weights.data() + (o * in_.c + i) * 9, transformed.data());
          for (int p = 0; p < positions_; ++p)
            place[p * each] = static_cast<float>(transformed[p]);
        }
      }
    });
  }

  void gather(const float* in, int first, int count, float* a) const {
    const int blocks = inBlocks_.channels / inBlocks_.block;
    const TilePlane plane{in_.h, in_.w, inBlocks_.block};
    parallelFor(static_cast<std::size_t>(count) * blocks, [&](std::size_t task) {
      const int row = static_cast<int>(task / blocks), block = static_cast<int>(task % blocks);
      const int picture = (first + row) / down_, y = (first + row) % down_ * m_;
      const float* from = in + picture * inBlocks_.pictureStride + block * inBlocks_.blockStride;
      float* to = a + static_cast<std::size_t>(row) * across_ * aStride_ +
                  static_cast<std::size_t>(block) * inBlocks_.block;
      for (int tile = 0; tile < across_; ++tile, to += aStride_)
        kernels_.input(m_, plane, from, y, tile * m_, to, aPosition());
    });
  }

  void multiply(const float* a, int tiles, float* c) const {
    const auto* const panels = static_cast<const float*>(panels_.get());
    const int chunk = std::max(kColumns / kernels_.columns, 1) * kernels_.columns;
    const int chunks = (columns_ + chunk - 1) / chunk;
    parallelFor(static_cast<std::size_t>(positions_) * chunks, [&](std::size_t task) {
      const auto position = static_cast<std::size_t>(task / chunks);
      const int from = static_cast<int>(task % chunks) * chunk;
      const int to = std::min(from + chunk, columns_);
      const float* const mine = a + position * aPosition();
      float* const result = c + position * cPosition();
      const float* const b = panels + position * in_.c * static_cast<std::size_t>(columns_);
      for (int depth = 0; depth < in_.c; depth += kDepth) {
        const int deep = std::min(kDepth, in_.c - depth);
        for (int column = from; column < to; column += kernels_.columns) {
          const float* const panel = b + static_cast<std::size_t>(column) * in_.c +
                                     static_cast<std::size_t>(depth) * kernels_.columns;
          for (int row = 0; row < tiles; row += kernels_.rows) {
            kernels_.multiply(mine + row * aStride_ + depth, aStride_, panel,
                              result + row * cStride_ + column, cStride_,
                              std::min(kernels_.rows, tiles - row), deep, depth > 0);
          }
        }
      }
    });
  }

  void scatter(const float* c, int first, int count, float* out) const {
    const int blocks = outBlocks_.channels / outBlocks_.block;
    const TilePlane plane{out_.h, out_.w, outBlocks_.block};
    parallelFor(static_cast<std::size_t>(count) * blocks, [&](std::size_t task) {
      const int row = static_cast<int>(task / blocks), block = static_cast<int>(task % blocks);
      const int picture = (first + row) / down_, y = (first + row) % down_ * m_;
      float* to = out + picture * outBlocks_.pictureStride + block * outBlocks_.blockStride;
      const float* from = c + static_cast<std::size_t>(row) * across_ * cStride_ +
                          static_cast<std::size_t>(block) * outBlocks_.block;
      const float* const biases = biases_.data() + block * outBlocks_.block;
      for (int tile = 0; tile < across_; ++tile, from += cStride_)
        kernels_.output(m_, plane, from, cPosition(), biases, slope_, y, tile * m_, to);
    });
  }

  const WinogradKernels& kernels_ = winogradKernels();
  int m_, positions_;
  float slope_;
  Shape in_, out_;
  Blocks inBlocks_, outBlocks_;
  int down_, across_;  ///< tiles of a picture
  int columns_;        ///< output channels, with padding up to a whole panel
  int bandRows_ = 1;   ///< tile rows worked off at once
  std::size_t aStride_ = 0, cStride_ = 0;
  TensorSpec spec_;
  std::shared_ptr<void> panels_;  ///< [position][panel][input channel][column]
  std::vector<float> biases_;
};

}  // namespace

int winogradTile(const ConvolutionBlock& block, const TensorSpec& input, const Shape& output) {
  const ConvolutionLayer& layer = block.layer;
  if (layer.size != 3 || layer.stride != 1 || layer.padding != 1 || layer.groups != 1) return 0;
  if (layer.activation == Activation::Logistic) return 0;
  const Blocks blocks = blocksOf(input);
  const WinogradKernels& loops = winogradKernels();
  if (loops.width < 8 || blocks.block % loops.width != 0) return 0;
  if (input.shape.c < 64 || output.c < 64) return 0;
  // Weights that are multiplied with few tiles cost more to read than they save. Counted for one
  // picture, so that it is computed alike in a batch of any size.
  const int tiles = tilesOver(output.h, 4) * tilesOver(output.w, 4);
  return tiles >= 40 ? 4 : 2;
}

std::unique_ptr<Op> makeWinograd(int m, std::span<const float> weights,
                                 const std::vector<float>& biases, float slope,
                                 const TensorSpec& input, const Shape& output) {
  return std::make_unique<WinogradConvolution>(m, weights, biases, slope, input, output);
}

}  // namespace boxwright::onednn
