// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/base/error.h"
#include "core/compute/layer_parameters.h"
#include "core/compute/session.h"

namespace boxwright {
namespace {

void checkCount(const std::string& where, const char* what, std::size_t found,
                std::size_t expected) {
  if (found == expected) return;
  throw Error(std::string("The layer has ") + std::to_string(found) + " " + what + " where " +
                  std::to_string(expected) + " belong",
              where, found == 0 ? "load or initialise the weights first" : "");
}

/// visit(parameter, what a Network keeps of it) of all that a weights file has.
template <typename N, typename Visit>
void eachStored(const std::vector<ConvolutionParameters>& of, N& network, Visit&& visit) {
  if (network.layers.size() != of.size())
    throw Error("The learned numbers are of another network", network.file);
  for (std::size_t i = 0; i < of.size(); ++i) {
    const ConvolutionParameters& parameters = of[i];
    if (!parameters.weights) continue;
    auto& stored = network.layers[i].weights;
    visit(*parameters.weights, stored.weights);
    visit(*parameters.biases, stored.biases);
    if (!parameters.scales) continue;
    visit(*parameters.scales, stored.scales);
    visit(*parameters.rollingMean, stored.rollingMean);
    visit(*parameters.rollingVariance, stored.rollingVariance);
  }
}

}  // namespace

std::string layerName(const Network& network, int index) {
  const Layer& layer = network.layers[static_cast<std::size_t>(index)];
  return nameOf(network, layer) + (layer.line > 0 ? " of " + placeOf(network, layer) : "");
}

ConvolutionParameters makeLayerParameters(Backend& backend, const Network& network, int index,
                                          bool training, Precision precision) {
  const Layer& layer = network.layers[static_cast<std::size_t>(index)];
  const auto& convolution = std::get<ConvolutionLayer>(layer.kind);
  const std::string where = layerName(network, index);
  const int filters = convolution.filters;
  const int groups = std::max(1, convolution.groups);
  const std::vector<int> shape{filters, layer.input.channels / groups, convolution.size,
                               convolution.size};
  ConvolutionParameters made;
  const auto make = [&](const std::vector<int>& dimensions, const std::vector<float>& values,
                        const char* what, bool learned) {
    auto parameter = makeParameter(backend, dimensions, training && learned, precision);
    parameter->rateMultiplier = layer.learningRateMultiplier;
    checkCount(where, what, values.size(), parameter->count);
    writeParameter(backend, *parameter, parameter->master, std::span<const float>(values));
    return parameter;
  };
  made.weights = make(shape, layer.weights.weights, "weights", true);
  made.biases = make({filters}, layer.weights.biases, "biases", true);
  if (convolution.batchNormalize) {
    made.scales = make({filters}, layer.weights.scales, "scales", true);
    made.rollingMean = make({filters}, layer.weights.rollingMean, "rolling means", false);
    made.rollingVariance =
        make({filters}, layer.weights.rollingVariance, "rolling variances", false);
  }
  return made;
}

int lastFrozenLayer(const Network& network) {
  int last = -1;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (network.layers[i].stopBackward) last = static_cast<int>(i);
  }
  return last;
}

Parameters::Parameters(Backend& backend, const Network& network, bool training,
                       std::optional<Precision> precision)
    : backend_(&backend),
      layers_(network.layers.size()),
      precision_(precision.value_or(backend.precision())) {
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (!std::holds_alternative<ConvolutionLayer>(network.layers[i].kind)) continue;
    const int index = static_cast<int>(i);
    layers_[i] = makeLayerParameters(backend, network, index, training, precision_);
    learned_.push_back(layers_[i].weights);
    learned_.push_back(layers_[i].biases);
    if (layers_[i].scales) learned_.push_back(layers_[i].scales);
    if (index <= lastFrozenLayer(network)) {
      for (const auto& parameter : {layers_[i].weights, layers_[i].biases, layers_[i].scales}) {
        if (parameter) parameter->rateMultiplier = 0;
      }
    }
  }
}

void Parameters::download(Network& network) const {
  eachStored(layers_, network, [&](Parameter& parameter, std::vector<float>& values) {
    values.resize(parameter.count);
    readParameter(*backend_, parameter, parameter.master, std::span<float>(values));
  });
}

void Parameters::keepAverage(const Network& network) {
  eachStored(layers_, network, [&](Parameter& parameter, const std::vector<float>& values) {
    if (!parameter.average) parameter.average = backend_->allocate(parameter.bytes());
    if (!values.empty()) writeParameter(*backend_, parameter, parameter.average, std::span(values));
  });
}

void Parameters::moveAverage(float share) {
  for (const ConvolutionParameters& of : layers_) {
    for (const auto& parameter :
         {of.weights, of.biases, of.scales, of.rollingMean, of.rollingVariance}) {
      if (parameter) backend_->moveAverage(*parameter, share);
    }
  }
}

void Parameters::downloadAverage(Network& network) const {
  eachStored(layers_, network, [&](Parameter& parameter, std::vector<float>& values) {
    values.resize(parameter.count);
    readParameter(*backend_, parameter, parameter.average, std::span<float>(values));
  });
}

std::vector<float> Parameters::momenta() const {
  std::size_t count = 0;
  for (const auto& parameter : learned_)
    if (parameter->momentum) count += parameter->count;
  std::vector<float> all(count);
  std::span<float> rest = all;
  for (const auto& parameter : learned_) {
    if (!parameter->momentum) continue;
    readParameter(*backend_, *parameter, parameter->momentum, rest.first(parameter->count));
    rest = rest.subspan(parameter->count);
  }
  return all;
}

void Parameters::setMomenta(std::span<const float> values) {
  std::size_t expected = 0;
  for (const auto& parameter : learned_)
    expected += parameter->count;
  if (values.size() != expected) {
    throw Error(
        "The momenta are of another network",
        std::to_string(values.size()) + " numbers where " + std::to_string(expected) + " belong");
  }
  for (const auto& parameter : learned_) {
    writeParameter(*backend_, *parameter, parameter->momentum, values.first(parameter->count));
    values = values.subspan(parameter->count);
  }
}

void Parameters::update(const UpdateRule& rule) {
  for (const auto& parameter : learned_)
    backend_->update(*parameter, rule);
}

const ConvolutionParameters& Parameters::of(int index) const {
  return layers_.at(static_cast<std::size_t>(index));
}

std::shared_ptr<void> Parameters::activationMemory(std::size_t bytes) {
  if (!memory_ || bytes > memoryBytes_) {
    memory_.reset();  // there may not be room for both
    memoryBytes_ = 0;
    memory_ = backend_->allocate(bytes);
    memoryBytes_ = bytes;
  }
  return memory_;
}

std::shared_ptr<void> Parameters::lendActivationMemory(std::size_t bytes) const {
  return bytes <= memoryBytes_ ? memory_ : nullptr;
}

}  // namespace boxwright
