// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/backend.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/base/error.h"

namespace boxwright {
namespace {

Tensor rowOf(Backend& backend, const Parameter& parameter, const std::shared_ptr<void>& part) {
  const Shape shape{1, 1, 1, static_cast<int>(parameter.count)};
  return {backend.plainSpec(shape, parameter.precision), part.get()};
}

}  // namespace

const char* nameOf(Precision precision) {
  switch (precision) {
    case Precision::Float64:
      return "float64";
    case Precision::Float32:
      return "float32";
    case Precision::TensorFloat32:
      return "tf32";
    case Precision::BFloat16:
      return "bf16";
  }
  return "";
}

void Backend::moveAverage(Parameter& parameter, float share) {
  std::vector<float> master(parameter.count), average(parameter.count);
  readParameter(*this, parameter, parameter.master, std::span<float>(master));
  readParameter(*this, parameter, parameter.average, std::span<float>(average));
  for (std::size_t i = 0; i < average.size(); ++i)
    average[i] += share * (master[i] - average[i]);
  writeParameter(*this, parameter, parameter.average, std::span<const float>(average));
}

void Backend::upload64(std::span<const double>, const Tensor&) {
  throw Error("This device does not compute in float64", info().name, "use the reference device");
}

void Backend::uploadPlanes(std::span<const float>, std::span<const std::int32_t>, const Tensor&) {
  throw Error("This device brings no single planes", info().name);
}

void Backend::downloadPlanes(const Tensor&, std::span<const std::int32_t>, std::span<float>) {
  throw Error("This device brings no single planes", info().name);
}

void Backend::download64(const Tensor&, std::span<double>) {
  throw Error("This device does not compute in float64", info().name, "use the reference device");
}

std::shared_ptr<Parameter> makeParameter(Backend& backend, std::vector<int> dimensions,
                                         bool training, Precision precision) {
  auto parameter = std::make_shared<Parameter>();
  parameter->count = std::accumulate(dimensions.begin(), dimensions.end(), std::size_t(1),
                                     std::multiplies<std::size_t>());
  parameter->decayed = dimensions.size() > 1;
  parameter->dimensions = std::move(dimensions);
  parameter->precision = precision;
  parameter->master = backend.allocate(parameter->bytes());
  if (training) {
    parameter->gradient = backend.allocate(parameter->bytes());
    parameter->momentum = backend.allocate(parameter->bytes());
  }
  return parameter;
}

std::vector<double> readParameter(Backend& backend, const Parameter& parameter,
                                  const std::shared_ptr<void>& part) {
  std::vector<double> values(parameter.count);
  const Tensor tensor = rowOf(backend, parameter, part);
  if (parameter.precision == Precision::Float64) {
    backend.download64(tensor, values);
    return values;
  }
  std::vector<float> single(parameter.count);
  backend.download(tensor, single);
  values.assign(single.begin(), single.end());
  return values;
}

void writeParameter(Backend& backend, const Parameter& parameter, const std::shared_ptr<void>& part,
                    std::span<const double> values) {
  const Tensor tensor = rowOf(backend, parameter, part);
  if (parameter.precision == Precision::Float64) {
    backend.upload64(values, tensor);
    return;
  }
  const std::vector<float> single(values.begin(), values.end());
  backend.upload(single, tensor);
}

void readParameter(Backend& backend, const Parameter& parameter, const std::shared_ptr<void>& part,
                   std::span<float> values) {
  if (parameter.precision != Precision::Float64) {
    backend.download(rowOf(backend, parameter, part), values);
    return;
  }
  const std::vector<double> numbers = readParameter(backend, parameter, part);
  std::transform(numbers.begin(), numbers.end(), values.begin(),
                 [](double v) { return static_cast<float>(v); });
}

void writeParameter(Backend& backend, const Parameter& parameter, const std::shared_ptr<void>& part,
                    std::span<const float> values) {
  if (parameter.precision != Precision::Float64) {
    backend.upload(values, rowOf(backend, parameter, part));
    return;
  }
  const std::vector<double> numbers(values.begin(), values.end());
  writeParameter(backend, parameter, part, std::span<const double>(numbers));
}

}  // namespace boxwright
