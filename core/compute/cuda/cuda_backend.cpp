// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/cuda_backend.h"

#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "core/compute/cuda/ops.h"
#include "core/compute/cuda/packed.h"
#include "core/compute/output_shape.h"

namespace boxwright {
namespace {

using namespace cuda;  // NOLINT: this file is its front door

class CudaBackend : public Backend {
 public:
  CudaBackend(std::unique_ptr<Device> device, std::optional<Precision> precision)
      : device_(std::move(device)),
        precision_(precision.value_or(device_->computes(Precision::BFloat16) ? Precision::BFloat16
                                                                             : Precision::Float32)),
        momentum_(device_->allocate(sizeof(float))) {
    check(precision_, {});
  }

  DeviceInfo info() const override { return device_->info(); }
  Precision precision() const override { return precision_; }
  std::shared_ptr<void> allocate(std::size_t bytes) override { return device_->allocate(bytes); }

  std::unique_ptr<Op> prepare(const OpSpec& spec, std::span<const TensorSpec> inputs,
                              const OpContext& context) override {
    check(context.precision, context.name);
    const Shape output = outputShape(spec, inputs, context.name);
    std::vector<TensorSpec> rows;
    for (const TensorSpec& input : inputs)
      rows.push_back(isPlain(input) ? rowSpec(input.shape, context.precision) : input);
    std::unique_ptr<Op> op = std::visit(
        Make{*device_, rows, output, context, static_cast<const float*>(momentum_.get())}, spec);
    if (std::none_of(inputs.begin(), inputs.end(), isPlain)) return op;
    return acceptPlain(*device_, inputs, std::move(op), context);
  }

  TensorSpec plainSpec(const Shape& shape, Precision precision) const override {
    check(precision, {});
    return {shape, Precision::Float32, nullptr, shape.count() * sizeof(float)};
  }

  void upload(std::span<const float> host, const Tensor& tensor) override {
    if (isPlain(tensor.spec)) {
      device_->upload(host.data(), tensor.data, host.size_bytes());
      return;
    }
    const auto plain = device_->allocate(host.size_bytes());
    device_->upload(host.data(), plain.get(), host.size_bytes());
    fromPlain(device_->queue(), static_cast<const float*>(plain.get()), rowsOf(tensor),
              pixelsOf(tensor.spec.shape), false);
    device_->wait();
  }

  void download(const Tensor& tensor, std::span<float> host) override {
    if (isPlain(tensor.spec)) {
      device_->download(tensor.data, host.data(), host.size_bytes());
      return;
    }
    const auto plain = device_->allocate(host.size_bytes());
    toPlain(device_->queue(), rowsOf(tensor), static_cast<float*>(plain.get()),
            pixelsOf(tensor.spec.shape), false);
    device_->download(plain.get(), host.data(), host.size_bytes());
  }

  void stepBegins(const StepNumbers& numbers) override {
    const auto momentum = static_cast<float>(numbers.rollingMomentum);
    device_->upload(&momentum, momentum_.get(), sizeof momentum);
  }

  void update(Parameter& parameter, const UpdateRule& rule) override {
    const auto rate = static_cast<float>(rule.learningRate * parameter.rateMultiplier / rule.batch);
    const bool decays = parameter.decayed && parameter.rateMultiplier != 0;
    step(device_->queue(), static_cast<float*>(parameter.master.get()),
         static_cast<float*>(parameter.gradient.get()),
         static_cast<float*>(parameter.momentum.get()), parameter.count, rate,
         static_cast<float>(decays ? rule.decay * rule.batch : 0),
         static_cast<float>(rule.momentum));
    for (const auto& packed : parameter.packed)
      static_cast<PackedCopy&>(*packed).refresh(*device_, parameter);
  }

  std::unique_ptr<Recording> record(const std::function<void()>& work) override {
    return device_->record(work);
  }

  void wait() override { device_->wait(); }
  DeviceCeilings measureCeilings() override { return device_->measureCeilings(precision_); }

 private:
  void check(Precision precision, const std::string& name) const {
    if (precision == Precision::Float64)
      throw Error("The cuda device computes in float32 and bf16 only", name,
                  "use the reference device for float64");
    if (!device_->computes(precision))
      throw Error("This card has no " + std::string(nameOf(precision)), device_->info().kind,
                  "choose --precision float32");
  }

  struct Make {
    Device& device;
    std::span<const TensorSpec> inputs;
    const Shape& output;
    const OpContext& context;
    const float* momentum;

    std::unique_ptr<Op> operator()(const ConvolutionBlock& block) const {
      if (block.pool) throw Error("The cuda device joins no max-pool", context.name);
      return makeConvolution(device, block, inputs[0], output, context, momentum);
    }
    std::unique_ptr<Op> operator()(const MaxPoolBlock& block) const {
      return makeMaxPool(device, block.layer, inputs[0], output, context);
    }
    std::unique_ptr<Op> operator()(const AveragePoolBlock&) const {
      return makeAveragePool(device, inputs[0], output);
    }
    std::unique_ptr<Op> operator()(const ConcatBlock&) const {
      return makeConcat(device, inputs, output);
    }
    std::unique_ptr<Op> operator()(const ReorgBlock& block) const {
      return makeReorg(device, block.layer, inputs[0], output);
    }
    std::unique_ptr<Op> operator()(const AddBlock& block) const {
      return makeAdd(device, block.activation, inputs[0]);
    }
    std::unique_ptr<Op> operator()(const SoftmaxBlock& block) const {
      return makeSoftmax(device, block.layer, inputs[0]);
    }
    std::unique_ptr<Op> operator()(const DropoutBlock& block) const {
      return makeDropout(device, block, inputs[0],
                         context.mode == Mode::Training ? context.step : nullptr);
    }
    std::unique_ptr<Op> operator()(const OutputBlock&) const {
      return makeOutput(device, inputs[0]);
    }
  };

  std::unique_ptr<Device> device_;
  Precision precision_;
  std::shared_ptr<void> momentum_;  ///< StepNumbers::rollingMomentum
};

}  // namespace

std::unique_ptr<Backend> makeCudaBackend(std::unique_ptr<Device> device,
                                         std::optional<Precision> precision) {
  return std::make_unique<CudaBackend>(std::move(device), precision);
}

}  // namespace boxwright
