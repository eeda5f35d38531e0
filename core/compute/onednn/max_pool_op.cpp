// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "core/compute/onednn/kernels.h"
#include "core/compute/onednn/ops.h"
#include "core/compute/onednn/planes.h"

namespace boxwright::onednn {
namespace {

class MaxPool : public Op {
 public:
  MaxPool(const MaxPoolLayer& layer, const TensorSpec& input, TensorSpec output, bool training)
      : input_(input),
        output_(std::move(output)),
        training_(training),
        inPlanes_(input.shape, onednn::blocksOf(input)),
        outPlanes_(output_.shape, onednn::blocksOf(output_)) {
    plane_.inHeight = input.shape.h;
    plane_.inWidth = input.shape.w;
    plane_.outWidth = output_.shape.w;
    plane_.size = layer.size;
    plane_.stride = layer.stride;
    plane_.before = layer.padding / 2;
    plane_.period = inPlanes_.block;
    // About 256 KB of input a task.
    const std::size_t rowFloats = static_cast<std::size_t>(plane_.inWidth) * layer.stride *
                                  static_cast<std::size_t>(plane_.period);
    rows_ = static_cast<int>(std::clamp<std::size_t>(65536 / std::max<std::size_t>(1, rowFloats), 1,
                                                     static_cast<std::size_t>(height())));
    const auto covered = [&](int in, int out) {
      return layer.padding / 2 <= 0 ? out * layer.stride >= in
                                    : out * layer.stride - plane_.before >= in;
    };
    separate_ = layer.size <= layer.stride;
    complete_ = layer.size == layer.stride && covered(plane_.inHeight, height()) &&
                covered(plane_.inWidth, plane_.outWidth);
  }

  TensorSpec outputSpec() const override { return output_; }
  std::size_t savedBytes() const override { return training_ ? output_.bytes / sizeof(float) : 0; }
  bool backwardReadsInputs() const override { return false; }
  bool backwardReadsOutput() const override { return false; }

  void forward(OpTensors& tensors) override {
    const auto* in = static_cast<const float*>(tensors.inputs[0].data);
    auto* out = static_cast<float*>(tensors.output.data);
    auto* chosen = training_ ? static_cast<std::uint8_t*>(tensors.saved) : nullptr;
    bands([&](std::size_t p, int row, int rows) {
      const std::ptrdiff_t at = outPlanes_.offset(p);
      kernels().maxPool(plane_, in + inPlanes_.offset(p), row, rows, out + at,
                        chosen ? chosen + at : nullptr);
    });
  }

  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    auto* into = static_cast<float*>(tensors.inputGradients[0].data);
    const auto* delta = static_cast<const float*>(tensors.outputGradient.data);
    const auto* chosen = static_cast<const std::uint8_t*>(tensors.saved);
    const bool add = tensors.uses[0] == GradientUse::Add;
    const bool clear = !add && !(separate_ && complete_);
    if (clear) std::memset(into, 0, input_.bytes);
    const auto run = [&](std::size_t p, int row, int rows) {
      const std::ptrdiff_t at = outPlanes_.offset(p);
      kernels().maxPoolGradient(plane_, delta + at, chosen + at, row, rows, add || clear,
                                into + inPlanes_.offset(p));
    };
    if (separate_) {
      bands(run);
    } else {
      // Windows overlap: one task a plane, so that no two write to one place.
      parallelFor(outPlanes_.count, [&](std::size_t p) { run(p, 0, height()); });
    }
  }

 private:
  int height() const { return output_.shape.h; }

  template <typename Run>
  void bands(Run run) const {
    const auto each = static_cast<std::size_t>((height() + rows_ - 1) / rows_);
    parallelFor(outPlanes_.count * each, [&](std::size_t task) {
      const int row = static_cast<int>(task % each) * rows_;
      run(task / each, row, std::min(rows_, height() - row));
    });
  }

  TensorSpec input_, output_;
  bool training_;
  Planes inPlanes_, outPlanes_;
  PoolPlane plane_;
  int rows_ = 1;
  bool separate_ = false;  ///< windows do not overlap
  bool complete_ = false;  ///< every input lies in a window
};

}  // namespace

std::unique_ptr<Op> makeMaxPool(const MaxPoolLayer& layer, const TensorSpec& input,
                                const Shape& output, const OpContext& context) {
  if (layer.size > 15) {
    throw Error("The cpu device pools windows of up to 15, not " + std::to_string(layer.size),
                context.name, "use the reference device");
  }
  TensorSpec spec = specLike(input, output);
  return std::make_unique<MaxPool>(layer, input, std::move(spec), context.mode == Mode::Training);
}

}  // namespace boxwright::onednn
