// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/base/random.h"
#include "core/network/network.h"

namespace boxwright {

inline constexpr double kTolerance = 1e-4;  ///< of a layer's largest value

/// Weights that keep every layer's output at a deviation near 1: uniform with variance gain /
/// fan-in, where the gain makes up for what the layer before does to the mean square.
inline void drawWeights(Network& network, std::uint64_t seed) {
  for (std::size_t index = 0; index < network.layers.size(); ++index) {
    Layer& layer = network.layers[index];
    const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind);
    if (!convolution) continue;
    const std::size_t filters = convolution->filters;
    const std::size_t count = weightCountOf(layer);
    const bool pooled =
        index > 0 && std::holds_alternative<MaxPoolLayer>(network.layers[index - 1].kind);
    const double gain = index == 0 ? 3 : pooled ? 0.7 : 1.8;
    const double bound = std::sqrt(3 * gain * double(filters) / double(count));
    RandomStream random(seed, "peer weights", 0, index);
    ConvolutionWeights& values = layer.weights;
    values.weights.resize(count);
    for (float& weight : values.weights)
      weight = float(random.uniform(-bound, bound));
    values.biases.resize(filters);
    for (float& bias : values.biases)
      bias = float(random.uniform(-0.4, 0.4));
    if (!convolution->batchNormalize) continue;
    values.scales.resize(filters);
    values.rollingMean.resize(filters);
    values.rollingVariance.resize(filters);
    for (std::size_t filter = 0; filter < filters; ++filter) {
      // Down to 1e-3, where an epsilon of 1e-5 for 1e-6 shifts the output by 0.45 %.
      const double variance = std::pow(10.0, random.uniform(-3, 0.5));
      values.rollingVariance[filter] = float(variance);
      values.scales[filter] = float(std::sqrt(variance) * random.uniform(0.7, 1.3));
      values.rollingMean[filter] = float(random.uniform(-0.3, 0.3));
    }
  }
}

inline std::vector<float> drawPictures(const Network& network, std::uint64_t seed, int batch = 1) {
  RandomStream random(seed, "peer picture");
  std::vector<float> picture(std::size_t(batch) * network.net.channels * network.net.height *
                             network.net.width);
  for (float& value : picture)
    value = float(random.uniform());
  return picture;
}

/// The largest difference over the largest value; infinite where sizes differ or something is no
/// number.
inline double differenceOf(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size() || a.empty()) return HUGE_VAL;
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return HUGE_VAL;
    difference = std::max(difference, std::abs(double(a[i]) - b[i]));
    largest = std::max(largest, std::abs(double(a[i])));
  }
  return difference / largest;
}

inline double largestOf(const std::vector<float>& values) {
  double largest = 0;
  for (const float value : values)
    largest = std::max(largest, std::abs(double(value)));
  return largest;
}

inline double deviationOf(const std::vector<float>& values) {
  double sum = 0, squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const double mean = sum / double(values.size());
  return std::sqrt(squares / double(values.size()) - mean * mean);
}

}  // namespace boxwright
