// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/error.h"
#include "core/network/network.h"

namespace boxwright {

double normaliser(BatchNormForm form, double variance) {
  return form == BatchNormForm::EpsilonInside ? std::sqrt(variance + 1e-5)
                                              : std::sqrt(variance) + 1e-6;
}

double gradientNormaliser(BatchNormForm form, double divisor) {
  if (form == BatchNormForm::EpsilonInside) return divisor;
  const double root = std::max(0.0, divisor - 1e-6);
  return std::sqrt(root * root + 1e-5);
}

namespace {

void foldBatchNorm(ConvolutionLayer& convolution, ConvolutionWeights& values, BatchNormForm form) {
  const std::size_t perFilter = values.weights.size() / convolution.filters;
  for (int filter = 0; filter < convolution.filters; ++filter) {
    const double factor = values.scales[filter] / normaliser(form, values.rollingVariance[filter]);
    float* const weights = values.weights.data() + filter * perFilter;
    for (std::size_t i = 0; i < perFilter; ++i) {
      weights[i] = static_cast<float>(weights[i] * factor);
    }
    values.biases[filter] =
        static_cast<float>(values.biases[filter] - values.rollingMean[filter] * factor);
  }
  values.scales = {};
  values.rollingMean = {};
  values.rollingVariance = {};
  convolution.batchNormalize = false;
}

}  // namespace

Network fold(Network&& network, BatchNormForm form) {
  Network folded = std::move(network);
  for (Layer& layer : folded.layers) {
    if (auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind)) {
      const std::size_t filters = convolution->filters;
      const ConvolutionWeights& values = layer.weights;
      const std::size_t statistics = convolution->batchNormalize ? filters : 0;
      if (values.weights.size() != weightCountOf(layer) || values.biases.size() != filters ||
          values.scales.size() != statistics || values.rollingMean.size() != statistics ||
          values.rollingVariance.size() != statistics) {
        throw Error(nameOf(folded, layer) + " has no weights", placeOf(folded, layer),
                    "load or initialise the weights first");
      }
      if (convolution->batchNormalize) foldBatchNorm(*convolution, layer.weights, form);
    } else if (std::holds_alternative<DropoutLayer>(layer.kind) ||
               std::holds_alternative<CostLayer>(layer.kind)) {
      layer.kind = RouteLayer{};
    }
  }
  return folded;
}

Network fold(const Network& network, BatchNormForm form) {
  return fold(Network(network), form);
}

}  // namespace boxwright
