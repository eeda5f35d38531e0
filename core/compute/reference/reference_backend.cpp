// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/reference/reference_backend.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/compute/host_memory.h"
#include "core/compute/output_shape.h"
#include "core/compute/reference/reference_ops.h"

namespace boxwright {
namespace {

template <typename From, typename To>
void copy(const void* from, void* to, std::size_t count) {
  std::transform(static_cast<const From*>(from), static_cast<const From*>(from) + count,
                 static_cast<To*>(to), [](From v) { return static_cast<To>(v); });
}

template <typename T>
void step(Parameter& parameter, const UpdateRule& rule) {
  T* w = static_cast<T*>(parameter.master.get());
  T* gradient = static_cast<T*>(parameter.gradient.get());
  T* momentum = static_cast<T*>(parameter.momentum.get());
  const double rate = rule.learningRate * parameter.rateMultiplier / rule.batch;
  const double decay =
      parameter.decayed && parameter.rateMultiplier != 0 ? rule.decay * rule.batch : 0;
  for (std::size_t i = 0; i < parameter.count; ++i) {
    // The momentum holds sums of negative gradients, as the weights' format's own program keeps it.
    const double u = static_cast<double>(momentum[i]) - gradient[i] - decay * w[i];
    w[i] = static_cast<T>(w[i] + rate * u);
    momentum[i] = static_cast<T>(u * rule.momentum);
    gradient[i] = 0;
  }
}

}  // namespace

DeviceInfo ReferenceBackend::info() const {
  return {"reference",
          "naive loops in float32 or float64, for checking",
          true,
          "",
          hostMemoryBytes(),
          {Precision::Float32}};
}

std::shared_ptr<void> ReferenceBackend::allocate(std::size_t bytes) {
  const ComputeScope scope(1);
  return reserveHostMemory(bytes);
}

std::unique_ptr<Op> ReferenceBackend::prepare(const OpSpec& spec,
                                              std::span<const TensorSpec> inputs,
                                              const OpContext& context) {
  const TensorSpec output = plainSpec(outputShape(spec, inputs, context.name), context.precision);
  return reference::makeOp(spec, inputs, output, context);
}

TensorSpec ReferenceBackend::plainSpec(const Shape& shape, Precision precision) const {
  if (precision != Precision::Float64 && precision != Precision::Float32)
    throw Error(std::string("The reference device does not compute in ") + nameOf(precision));
  const std::size_t size = precision == Precision::Float64 ? sizeof(double) : sizeof(float);
  return {shape, precision, nullptr, shape.count() * size};
}

void ReferenceBackend::upload(std::span<const float> host, const Tensor& tensor) {
  if (tensor.spec.precision == Precision::Float64) {
    copy<float, double>(host.data(), tensor.data, host.size());
  } else {
    copy<float, float>(host.data(), tensor.data, host.size());
  }
}

void ReferenceBackend::download(const Tensor& tensor, std::span<float> host) {
  if (tensor.spec.precision == Precision::Float64) {
    copy<double, float>(tensor.data, host.data(), host.size());
  } else {
    copy<float, float>(tensor.data, host.data(), host.size());
  }
}

void ReferenceBackend::upload64(std::span<const double> host, const Tensor& tensor) {
  if (tensor.spec.precision == Precision::Float64) {
    copy<double, double>(host.data(), tensor.data, host.size());
  } else {
    copy<double, float>(host.data(), tensor.data, host.size());
  }
}

void ReferenceBackend::download64(const Tensor& tensor, std::span<double> host) {
  if (tensor.spec.precision == Precision::Float64) {
    copy<double, double>(tensor.data, host.data(), host.size());
  } else {
    copy<float, double>(tensor.data, host.data(), host.size());
  }
}

const float* ReferenceBackend::hostView(const Tensor& tensor) const {
  return tensor.spec.precision == Precision::Float32 ? static_cast<const float*>(tensor.data)
                                                     : nullptr;
}

void ReferenceBackend::update(Parameter& parameter, const UpdateRule& rule) {
  if (parameter.precision == Precision::Float64) {
    step<double>(parameter, rule);
  } else {
    step<float>(parameter, rule);
  }
}

}  // namespace boxwright
