// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/compute/reference/reference_ops.h"

namespace boxwright::reference {
namespace {

/// Spec section 1: a window starts at out * stride - padding div 2, positions outside are skipped,
/// the first maximum in row-major order wins.
template <typename T>
class MaxPool : public Op {
 public:
  MaxPool(const MaxPoolLayer& layer, TensorSpec input, TensorSpec output)
      : layer_(layer), input_(std::move(input)), output_(std::move(output)) {}

  TensorSpec outputSpec() const override { return output_; }
  std::size_t savedBytes() const override { return output_.shape.count() * sizeof(std::uint64_t); }
  bool backwardReadsInputs() const override { return false; }
  bool backwardReadsOutput() const override { return false; }

  void forward(OpTensors& tensors) override {
    const T* in = static_cast<const T*>(tensors.inputs[0].data);
    T* out = static_cast<T*>(tensors.output.data);
    auto* chosen = static_cast<std::uint64_t*>(tensors.saved);
    const Shape& s = output_.shape;
    std::size_t index = 0;
    for (int plane = 0; plane < s.n * s.c; ++plane) {
      for (int y = 0; y < s.h; ++y) {
        for (int x = 0; x < s.w; ++x, ++index) {
          chosen[index] = winner(in, plane, y, x);
          out[index] = chosen[index] == kNone ? T(0) : in[chosen[index]];
        }
      }
    }
  }

  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    T* into = static_cast<T*>(tensors.inputGradients[0].data);
    const T* delta = static_cast<const T*>(tensors.outputGradient.data);
    const auto* chosen = static_cast<const std::uint64_t*>(tensors.saved);
    if (tensors.uses[0] == GradientUse::Write) std::fill_n(into, input_.shape.count(), T(0));
    for (std::size_t i = 0; i < output_.shape.count(); ++i) {
      if (chosen[i] != kNone) into[chosen[i]] += delta[i];
    }
  }

 private:
  static constexpr std::uint64_t kNone = UINT64_MAX;

  std::uint64_t winner(const T* in, int plane, int y, int x) const {
    const Shape& s = input_.shape;
    const int top = y * layer_.stride - layer_.padding / 2;
    const int left = x * layer_.stride - layer_.padding / 2;
    std::uint64_t best = kNone;
    for (int row = std::max(0, top); row < std::min(s.h, top + layer_.size); ++row) {
      for (int column = std::max(0, left); column < std::min(s.w, left + layer_.size); ++column) {
        const std::uint64_t at = (std::uint64_t(plane) * s.h + row) * s.w + column;
        if (best == kNone || in[at] > in[best]) best = at;
      }
    }
    return best;
  }

  MaxPoolLayer layer_;
  TensorSpec input_, output_;
};

}  // namespace

std::unique_ptr<Op> makeMaxPool(const MaxPoolLayer& layer, const TensorSpec& input,
                                const TensorSpec& output) {
  if (output.precision == Precision::Float64) {
    return std::make_unique<MaxPool<double>>(layer, input, output);
  }
  return std::make_unique<MaxPool<float>>(layer, input, output);
}

}  // namespace boxwright::reference
