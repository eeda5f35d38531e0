// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include "core/compute/cuda/ops.h"

namespace boxwright::cuda {
namespace {

class PlainInputs : public Op {
 public:
  PlainInputs(Device& device, std::span<const TensorSpec> given, std::unique_ptr<Op> op,
              Precision precision)
      : device_(device), given_(given.begin(), given.end()), op_(std::move(op)) {
    for (const TensorSpec& spec : given_)
      rows_.push_back(isPlain(spec) ? rowSpec(spec.shape, precision) : spec);
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
      if (isPlain(given_[k])) cutter.cut(2 * rows_[k].bytes);
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
        char* const memory = cutter.cut(2 * spec.bytes);
        inputs[k] = {spec, memory};
        if (k < gradients.size()) gradients[k] = {spec, memory + spec.bytes};
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
};

}  // namespace

TensorSpec rowSpec(const Shape& shape, Precision precision) {
  const int pitch = pitchOf(shape.c);
  const std::size_t each = precision == Precision::BFloat16 ? 2 : sizeof(float);
  const Precision stored =
      precision == Precision::BFloat16 ? Precision::BFloat16 : Precision::Float32;
  const std::size_t rows = static_cast<std::size_t>(shape.n) * pixelsOf(shape);
  return {shape, stored, std::make_shared<RowLayout>(pitch),
          rows * static_cast<std::size_t>(pitch) * each};
}

Rows rowsOf(const TensorSpec& spec, void* data) {
  const auto& layout = static_cast<const RowLayout&>(*spec.layout);
  return {data, static_cast<std::size_t>(spec.shape.n) * pixelsOf(spec.shape), spec.shape.c,
          layout.pitch, spec.precision};
}

Rows rowsOf(const Tensor& tensor) {
  return rowsOf(tensor.spec, tensor.data);
}

std::unique_ptr<Op> acceptPlain(Device& device, std::span<const TensorSpec> inputs,
                                std::unique_ptr<Op> op, Precision precision) {
  return std::make_unique<PlainInputs>(device, inputs, std::move(op), precision);
}

}  // namespace boxwright::cuda
