// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <new>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/network/network.h"

namespace boxwright {

void initialiseWeights(Network& network, std::uint64_t seed) {
  try {
    for (std::size_t index = 0; index < network.layers.size(); ++index) {
      Layer& layer = network.layers[index];
      const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind);
      if (!convolution) continue;
      const std::size_t filters = convolution->filters;
      const double fanIn = double(convolution->size) * convolution->size *
                           (layer.input.channels / convolution->groups);
      const double deviation = std::sqrt(2.0 / fanIn);
      RandomStream random(seed, "initial weights", 0, index);
      ConvolutionWeights values;
      values.weights.resize(weightCountOf(layer));
      for (float& weight : values.weights) {
        weight = static_cast<float>(random.normal() * deviation);
      }
      values.biases.assign(filters, 0);
      if (convolution->batchNormalize) {
        values.scales.assign(filters, 1);
        values.rollingMean.assign(filters, 0);
        values.rollingVariance.assign(filters, 0);
      }
      layer.weights = std::move(values);
    }
  } catch (const std::bad_alloc&) {
    throw Error("there is not enough memory for the network's weights", network.file,
                "choose a smaller network");
  }
  network.seen = 0;
}

}  // namespace boxwright
