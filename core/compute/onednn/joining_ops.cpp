// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "core/compute/onednn/kernels.h"
#include "core/compute/onednn/ops.h"
#include "core/compute/onednn/planes.h"
#include "core/compute/reorg_map.h"

namespace boxwright::onednn {
namespace {

/// Moves values without computing: channels joined, or picked by a map.
class Concat : public Op {
 public:
  Concat(std::span<const TensorSpec> inputs, TensorSpec output)
      : inputs_(inputs.begin(), inputs.end()), output_(std::move(output)) {}

  TensorSpec outputSpec() const override { return output_; }
  bool backwardReadsInputs() const override { return false; }
  bool backwardReadsOutput() const override { return false; }

  void forward(OpTensors& tensors) override {
    auto* out = static_cast<float*>(tensors.output.data);
    const Blocks to = onednn::blocksOf(output_);
    if (to.channels != output_.shape.c) std::memset(out, 0, output_.bytes);
    eachInput([&](std::size_t k, int before) {
      copyChannels(static_cast<const float*>(tensors.inputs[k].data), onednn::blocksOf(inputs_[k]),
                   0, out, to, before, inputs_[k].shape, false);
    });
  }

  void backward(OpTensors& tensors) override {
    const auto* delta = static_cast<const float*>(tensors.outputGradient.data);
    const Blocks from = onednn::blocksOf(output_);
    eachInput([&](std::size_t k, int before) {
      if (tensors.uses[k] == GradientUse::None) return;
      const bool add = tensors.uses[k] == GradientUse::Add;
      auto* into = static_cast<float*>(tensors.inputGradients[k].data);
      const Blocks to = onednn::blocksOf(inputs_[k]);
      if (!add && to.channels != inputs_[k].shape.c) std::memset(into, 0, inputs_[k].bytes);
      copyChannels(delta, from, before, into, to, 0, inputs_[k].shape, add);
    });
  }

 private:
  template <typename Visit>
  void eachInput(Visit visit) const {
    int before = 0;
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      visit(k, before);
      before += inputs_[k].shape.c;
    }
  }

  /// shape.c channels from channel `first` of `from` to channel `start` of `to`.
  static void copyChannels(const float* source, const Blocks& from, int first, float* target,
                           const Blocks& to, int start, const Shape& shape, bool add) {
    const std::size_t pixels = static_cast<std::size_t>(shape.h) * shape.w;
    const bool whole = from.block == to.block && from.blockStride != 0 && to.blockStride != 0 &&
                       first % from.block == 0 && start % to.block == 0 &&
                       (shape.c % from.block == 0 || from.block == 1);
    const int step = whole ? from.block : 1;
    const auto each = static_cast<std::size_t>(shape.c / step);
    parallelFor(static_cast<std::size_t>(shape.n) * each, [&](std::size_t task) {
      const auto n = static_cast<std::ptrdiff_t>(task / each);
      const int c = static_cast<int>(task % each) * step;
      const float* in = source + n * from.pictureStride + offsetOf(from, first + c, 0);
      float* out = target + n * to.pictureStride + offsetOf(to, start + c, 0);
      if (whole) {
        const std::size_t count = pixels * static_cast<std::size_t>(step);
        if (add) {
          kernels().add(in, count, out);
        } else {
          std::memcpy(out, in, count * sizeof(float));
        }
        return;
      }
      for (std::size_t p = 0; p < pixels; ++p) {
        float& to1 = out[p * static_cast<std::size_t>(to.block)];
        const float value = in[p * static_cast<std::size_t>(from.block)];
        to1 = add ? to1 + value : value;
      }
    });
  }

  std::vector<TensorSpec> inputs_;
  TensorSpec output_;
};

class Reorg : public Op {
 public:
  Reorg(const ReorgLayer& layer, const TensorSpec& input, TensorSpec output)
      : input_(input), output_(std::move(output)) {
    const std::vector<std::size_t> map = reorgMap(input.shape, layer);
    const Blocks in = onednn::blocksOf(input_);
    const Blocks out = onednn::blocksOf(output_);
    const std::size_t inPixels = static_cast<std::size_t>(input.shape.h) * input.shape.w;
    const std::size_t outPixels = static_cast<std::size_t>(output_.shape.h) * output_.shape.w;
    moves_.reserve(map.size());
    for (std::size_t f = 0; f < map.size(); ++f) {
      moves_.push_back({offsetOf(in, static_cast<int>(map[f] / inPixels), map[f] % inPixels),
                        offsetOf(out, static_cast<int>(f / outPixels), f % outPixels)});
    }
    inStride_ = in.pictureStride;
    outStride_ = out.pictureStride;
    inPadded_ = in.channels != input_.shape.c;
    outPadded_ = out.channels != output_.shape.c;
    std::sort(moves_.begin(), moves_.end(),
              [](const Move& a, const Move& b) { return a.out < b.out; });
  }

  TensorSpec outputSpec() const override { return output_; }
  bool backwardReadsInputs() const override { return false; }
  bool backwardReadsOutput() const override { return false; }

  void forward(OpTensors& tensors) override {
    const auto* in = static_cast<const float*>(tensors.inputs[0].data);
    auto* out = static_cast<float*>(tensors.output.data);
    if (outPadded_) std::memset(out, 0, output_.bytes);
    parallelFor(static_cast<std::size_t>(input_.shape.n), [&](std::size_t n) {
      const float* from = in + static_cast<std::ptrdiff_t>(n) * inStride_;
      float* to = out + static_cast<std::ptrdiff_t>(n) * outStride_;
      for (const Move& move : moves_)
        to[move.out] = from[move.in];
    });
  }

  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    const bool add = tensors.uses[0] == GradientUse::Add;
    auto* into = static_cast<float*>(tensors.inputGradients[0].data);
    const auto* delta = static_cast<const float*>(tensors.outputGradient.data);
    if (!add && inPadded_) std::memset(into, 0, input_.bytes);
    parallelFor(static_cast<std::size_t>(input_.shape.n), [&](std::size_t n) {
      float* to = into + static_cast<std::ptrdiff_t>(n) * inStride_;
      const float* from = delta + static_cast<std::ptrdiff_t>(n) * outStride_;
      for (const Move& move : moves_) {
        to[move.in] = add ? to[move.in] + from[move.out] : from[move.out];
      }
    });
  }

 private:
  struct Move {
    std::ptrdiff_t in, out;  ///< within one picture
  };
  TensorSpec input_, output_;
  std::vector<Move> moves_;
  std::ptrdiff_t inStride_ = 0, outStride_ = 0;
  bool inPadded_ = false, outPadded_ = false;
};

/// To dense NCHW.
class Output : public Op {
 public:
  Output(Device& device, const TensorSpec& input)
      : device_(device),
        input_(descOf(input)),
        plain_(plainDesc(dimsOf(input.shape))),
        output_(specOf(input.shape, plain_)),
        forward_(device, input_, plain_),
        write_(device, plain_, input_),
        add_(device, plain_, input_, true) {}

  TensorSpec outputSpec() const override { return output_; }
  bool backwardReadsInputs() const override { return false; }
  bool backwardReadsOutput() const override { return false; }
  std::size_t scratchBytes() const override {
    return std::max({forward_.scratchBytes(), write_.scratchBytes(), add_.scratchBytes()});
  }

  void forward(OpTensors& tensors) override {
    guarded("the output", [&] {
      forward_.run(device_, tensors.inputs[0].data, tensors.output.data, tensors.scratch);
    });
  }

  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    guarded("the output", [&] {
      const Reorder& copy = tensors.uses[0] == GradientUse::Add ? add_ : write_;
      copy.run(device_, tensors.outputGradient.data, tensors.inputGradients[0].data,
               tensors.scratch);
    });
  }

 private:
  Device& device_;
  Desc input_, plain_;
  TensorSpec output_;
  Reorder forward_, write_, add_;
};

}  // namespace

std::unique_ptr<Op> makeConcat(std::span<const TensorSpec> inputs, const Shape& output) {
  return std::make_unique<Concat>(inputs, specLike(inputs[0], output));
}

std::unique_ptr<Op> makeReorg(const ReorgLayer& layer, const TensorSpec& input,
                              const Shape& output) {
  return std::make_unique<Reorg>(layer, input, specLike(input, output));
}

std::unique_ptr<Op> makeOutput(Device& device, const TensorSpec& input) {
  return std::make_unique<Output>(device, input);
}

}  // namespace boxwright::onednn
