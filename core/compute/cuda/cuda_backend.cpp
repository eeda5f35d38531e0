// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/cuda_backend.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "core/base/out_of_memory.h"
#include "core/compute/cuda/ops.h"
#include "core/compute/cuda/packed.h"
#include "core/compute/cuda/plane_copies.h"
#include "core/compute/output_shape.h"

namespace boxwright {
namespace {

using namespace cuda;  // NOLINT: this file is its front door

/// What the speeds in README.md were measured with; where memory does not do, there are fewer.
constexpr int kBatchForMany = 64;

class CudaBackend : public Backend {
 public:
  CudaBackend(std::unique_ptr<Device> device, std::optional<Precision> precision)
      : device_(std::move(device)),
        info_(device_->info()),
        precision_(precision.value_or(info_.precisions.front())),
        momentum_(device_->allocate(sizeof(float))),
        planes_(*device_) {
    check(precision_, {});
  }

  DeviceInfo info() const override { return info_; }
  Precision precision() const override { return precision_; }
  int batchForMany() const override { return kBatchForMany; }
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

  std::pmr::memory_resource* hostMemory() override { return device_->hostMemory(); }

  void uploadAhead(std::span<const float> host) override {
    if (host.empty()) {
      for (Ahead& one : ahead_)
        one.host = {};
      return;
    }
    const auto isThis = [&](const Ahead& one) {
      return one.host.data() == host.data() && one.host.size() == host.size();
    };
    if (std::any_of(ahead_.begin(), ahead_.end(), isThis)) return;
    Ahead& one = ahead_[0].host.empty() ? ahead_[0] : ahead_[1];
    if (!one.host.empty() || host.size_bytes() >= tooMuchAhead_) return;
    try {
      if (one.bytes < host.size_bytes()) {
        one.bytes = 0;
        one.memory = nullptr;
        one.memory = device_->allocate(host.size_bytes());
        one.bytes = host.size_bytes();
      }
    } catch (const OutOfMemory&) {
      tooMuchAhead_ = host.size_bytes();  // it comes when it is uploaded
      return;
    }
    one.arrival = device_->uploadBeside(host.data(), one.memory.get(), host.size_bytes());
    one.host = host;
  }

  void upload(std::span<const float> host, const Tensor& tensor) override {
    if (isPlain(tensor.spec)) {
      for (Ahead& one : ahead_) {
        if (one.host.data() != host.data() || one.host.size() != host.size()) continue;
        one.host = {};
        device_->await(one.arrival);
        device_->copy(one.memory.get(), tensor.data, host.size_bytes());
        return;
      }
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

  bool bringsPlanes() const override { return true; }

  void downloadPlanes(const Tensor& tensor, std::span<const std::int32_t> planes,
                      std::span<float> host) override {
    planes_.download(static_cast<const float*>(tensor.data), planes, pixelsOf(tensor.spec.shape),
                     host);
  }

  void uploadPlanes(std::span<const float> host, std::span<const std::int32_t> planes,
                    const Tensor& tensor) override {
    device_->clear(tensor.data, tensor.spec.bytes);
    planes_.upload(host, planes, pixelsOf(tensor.spec.shape), static_cast<float*>(tensor.data));
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

  void moveAverage(Parameter& parameter, float share) override {
    cuda::moveAverage(device_->queue(), static_cast<const float*>(parameter.master.get()),
                      parameter.count, share, static_cast<float*>(parameter.average.get()));
  }

  std::unique_ptr<Recording> record(const std::function<void()>& work) override {
    return device_->record(work);
  }

  void wait() override { device_->wait(); }
  DeviceCeilings measureCeilings() override { return device_->measureCeilings(precision_); }

 private:
  void check(Precision precision, const std::string& name) const {
    if (precision == Precision::Float64)
      throw Error("The cuda device computes in float32, tf32 and bf16 only", name,
                  "use the reference device for float64");
    if (!info_.computes(precision))
      throw Error("This card has no " + std::string(nameOf(precision)), info_.kind,
                  "choose the precision float32");
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

  /// What uploadAhead has begun.
  struct Ahead {
    std::span<const float> host;  ///< empty: nothing
    std::shared_ptr<void> memory, arrival;
    std::size_t bytes = 0;
  };

  std::unique_ptr<Device> device_;
  DeviceInfo info_;
  Precision precision_;
  std::shared_ptr<void> momentum_;  ///< StepNumbers::rollingMomentum
  PlaneCopies planes_;
  std::array<Ahead, 2> ahead_;
  std::size_t tooMuchAhead_ = SIZE_MAX;  ///< bytes for which there was no memory
};

}  // namespace

std::unique_ptr<Backend> makeCudaBackend(std::unique_ptr<Device> device,
                                         std::optional<Precision> precision) {
  return std::make_unique<CudaBackend>(std::move(device), precision);
}

}  // namespace boxwright
