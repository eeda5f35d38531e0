// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/output_shape.h"
#include "core/compute/reference/reference_ops.h"

namespace boxwright::reference {
namespace {

class PooledConvolution : public Op {
 public:
  PooledConvolution(std::unique_ptr<Op> convolution, std::unique_ptr<Op> pool)
      : convolution_(std::move(convolution)), pool_(std::move(pool)) {}

  TensorSpec outputSpec() const override { return pool_->outputSpec(); }
  std::size_t savedBytes() const override {
    return aligned(convolution_->savedBytes()) + aligned(pool_->savedBytes()) + 2 * between();
  }

  void forward(OpTensors& tensors) override {
    Calls calls(*this, tensors);
    convolution_->forward(calls.first);
    pool_->forward(calls.second);
  }

  void backward(OpTensors& tensors) override {
    Calls calls(*this, tensors);
    pool_->backward(calls.second);
    convolution_->backward(calls.first);
  }

 private:
  static std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }
  std::size_t between() const { return aligned(convolution_->outputSpec().bytes); }

  /// The arguments of the two parts, with what lies between them in the saved memory.
  struct Calls {
    Calls(const PooledConvolution& op, const OpTensors& tensors) : first(tensors), second(tensors) {
      char* memory = static_cast<char*>(tensors.saved);
      first.saved = memory;
      second.saved = memory + aligned(op.convolution_->savedBytes());
      char* values = static_cast<char*>(second.saved) + aligned(op.pool_->savedBytes());
      middle = {op.convolution_->outputSpec(), values};
      gradient = {op.convolution_->outputSpec(), values + op.between()};
      first.output = middle;
      first.outputGradient = gradient;
      second.inputs = {&middle, 1};
      second.inputGradients = {&gradient, 1};
      second.uses = {&use, 1};
    }
    Calls(const Calls&) = delete;
    OpTensors first, second;
    Tensor middle, gradient;
    GradientUse use = GradientUse::Write;
  };

  std::unique_ptr<Op> convolution_, pool_;
};

}  // namespace

std::unique_ptr<Op> makePooledConvolution(const ConvolutionBlock& block, const TensorSpec& input,
                                          const TensorSpec& output, const OpContext& context) {
  ConvolutionBlock alone = block;
  alone.pool.reset();
  TensorSpec middle = output;
  middle.shape = outputShape(alone, {&input, 1}, context.name);
  middle.bytes = output.bytes / output.shape.count() * middle.shape.count();
  return std::make_unique<PooledConvolution>(makeConvolution(alone, input, middle, context),
                                             makeMaxPool(*block.pool, middle, output));
}

}  // namespace boxwright::reference
