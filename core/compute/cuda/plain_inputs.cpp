// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include "core/compute/cuda/ops.h"

namespace boxwright::cuda {
namespace {

class PlainInputs : public Op {
 public:
  PlainInputs(Device& device, std::span<const TensorSpec> given, std::unique_ptr<Op> op,
              const OpContext& context)
      : device_(device),
        given_(given.begin(), given.end()),
        op_(std::move(op)),
        training_(context.mode == Mode::Training) {
    for (const TensorSpec& spec : given_)
      rows_.push_back(isPlain(spec) ? rowSpec(spec.shape, context.precision) : spec);
  }

  TensorSpec outputSpec() const override { return op_->outputSpec(); }
  bool isRecordable() const override { return op_->isRecordable(); }
  std::size_t savedBytes() const override { return op_->savedBytes(); }
  bool backwardReadsInputs() const override { return op_->backwardReadsInputs(); }
  bool backwardReadsOutput() const override { return op_->backwardReadsOutput(); }
  std::size_t scratchBytes() const override {
    Cutter cutter(nullptr);
    cutter.cut(op_->scratchBytes());
    for (std::size_t k = 0; k < rows_.size(); ++k)
      if (isPlain(given_[k])) cutter.cut(bytesFor(k));
    return cutter.used();
  }

  void forward(OpTensors& tensors) override {
    Calls calls(*this, tensors);
    bringIn(tensors, calls);
    op_->forward(calls.inner);
  }

  void backward(OpTensors& tensors) override {
    Calls calls(*this, tensors);
    if (op_->backwardReadsInputs()) bringIn(tensors, calls);
    op_->backward(calls.inner);
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      if (!isPlain(given_[k]) || tensors.uses[k] == GradientUse::None) continue;
      toPlain(device_.queue(), rowsOf(calls.gradients[k]),
              static_cast<float*>(tensors.inputGradients[k].data), pixelsOf(given_[k].shape),
              tensors.uses[k] == GradientUse::Add);
    }
  }

 private:
  /// Of input k in rows, and in training of its gradient.
  std::size_t bytesFor(std::size_t k) const { return (training_ ? 2 : 1) * rows_[k].bytes; }

  /// The arguments of the op inside, with its rows in the scratch memory.
  struct Calls {
    Calls(const PlainInputs& op, const OpTensors& tensors)
        : inner(tensors),
          inputs(tensors.inputs.begin(), tensors.inputs.end()),
          gradients(tensors.inputGradients.begin(), tensors.inputGradients.end()),
          uses(tensors.uses.begin(), tensors.uses.end()) {
      Cutter cutter(tensors.scratch);
      inner.scratch = cutter.cut(op.op_->scratchBytes());
      for (std::size_t k = 0; k < inputs.size(); ++k) {
        if (!isPlain(op.given_[k])) continue;
        const TensorSpec& spec = op.rows_[k];
        char* const memory = cutter.cut(op.bytesFor(k));
        inputs[k] = {spec, memory};
        if (op.training_ && k < gradients.size()) gradients[k] = {spec, memory + spec.bytes};
        if (k < uses.size() && uses[k] == GradientUse::Add) uses[k] = GradientUse::Write;
      }
      inner.inputs = inputs;
      inner.inputGradients = gradients;
      inner.uses = uses;
    }
    Calls(const Calls&) = delete;

    OpTensors inner;
    std::vector<Tensor> inputs, gradients;
    std::vector<GradientUse> uses;
  };

  void bringIn(const OpTensors& tensors, const Calls& calls) {
    for (std::size_t k = 0; k < rows_.size(); ++k)
      if (isPlain(given_[k]))
        fromPlain(device_.queue(), static_cast<const float*>(tensors.inputs[k].data),
                  rowsOf(calls.inputs[k]), pixelsOf(given_[k].shape), false);
  }

  Device& device_;
  std::vector<TensorSpec> given_, rows_;
  std::unique_ptr<Op> op_;
  bool training_;
};

}  // namespace

std::unique_ptr<Op> acceptPlain(Device& device, std::span<const TensorSpec> inputs,
                                std::unique_ptr<Op> op, const OpContext& context) {
  return std::make_unique<PlainInputs>(device, inputs, std::move(op), context);
}

}  // namespace boxwright::cuda
