// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/layer_shape.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace boxwright {
namespace {

// What no network of the family comes near: a cfg beyond it is a mistake, and refused before any
// memory is asked for (yolo9000's head is 8 million floats, its largest layer 29 million weights).
constexpr std::int64_t kLargestActivation = std::int64_t(1) << 28;
constexpr std::int64_t kLargestWeights = std::int64_t(1) << 28;

std::string textOf(const LayerShape& shape) {
  return std::to_string(shape.width) + "x" + std::to_string(shape.height) + "x" +
         std::to_string(shape.channels);
}

/// Computes one layer's output; each overload is one kind of layer.
class Shaper {
 public:
  Shaper(const Network& network, const Layer& layer) : network_(network), layer_(layer) {}

  LayerShape shapeOf(int index) const {
    if (index >= 0) return network_.layers[index].output;
    return {network_.net.channels, network_.net.height, network_.net.width};
  }

  LayerShape operator()(const ConvolutionLayer& convolution) const {
    const LayerShape& in = layer_.input;
    if (in.channels % convolution.groups != 0 || convolution.filters % convolution.groups != 0) {
      fail("groups=" + std::to_string(convolution.groups) + " does not divide " +
           std::to_string(in.channels) + " input channels and " +
           std::to_string(convolution.filters) + " filters");
    }
    const std::int64_t area = std::int64_t(convolution.size) * convolution.size;
    const std::int64_t perFilter = in.channels / convolution.groups * area;
    if (perFilter > kLargestWeights / convolution.filters) {
      fail("the layer would have more than " + std::to_string(kLargestWeights) + " weights");
    }
    return checked(convolution.filters,
                   steps(in.height, 2 * std::int64_t(convolution.padding), convolution.size,
                         convolution.stride),
                   steps(in.width, 2 * std::int64_t(convolution.padding), convolution.size,
                         convolution.stride));
  }
  LayerShape operator()(const MaxPoolLayer& pool) const {
    const LayerShape& in = layer_.input;
    return checked(in.channels, steps(in.height, pool.padding, pool.size, pool.stride),
                   steps(in.width, pool.padding, pool.size, pool.stride));
  }
  LayerShape operator()(const RouteLayer&) const {
    std::int64_t channels = 0;
    for (const int index : layer_.inputs) {
      const LayerShape shape = shapeOf(index);
      if (shape.width != layer_.input.width || shape.height != layer_.input.height) {
        fail("layers " + std::to_string(layer_.inputs.front()) + " (" + textOf(layer_.input) +
             ") and " + std::to_string(index) + " (" + textOf(shape) +
             ") differ in width and height");
      }
      channels += shape.channels;
    }
    return checked(channels, layer_.input.height, layer_.input.width);
  }
  LayerShape operator()(const ReorgLayer& reorg) const {
    const LayerShape& in = layer_.input;
    const std::int64_t stride = reorg.stride;
    if (stride > 1024 || in.channels % (stride * stride) != 0) {
      fail("stride " + std::to_string(stride) + " squared does not divide " +
           std::to_string(in.channels) + " channels");
    }
    if (reorg.reverse) {
      return checked(in.channels / (stride * stride), in.height * stride, in.width * stride);
    }
    if (in.height % stride != 0 || in.width % stride != 0) {
      fail("stride " + std::to_string(stride) + " does not divide " + textOf(in),
           "choose an input size that is a multiple of 32");
    }
    return checked(in.channels * stride * stride, in.height / stride, in.width / stride);
  }
  LayerShape operator()(const AveragePoolLayer&) const { return {layer_.input.channels, 1, 1}; }
  LayerShape operator()(const SoftmaxLayer& softmax) const {
    if (layer_.input.count() % softmax.groups != 0) {
      fail("groups=" + std::to_string(softmax.groups) + " does not divide " +
           std::to_string(layer_.input.count()) + " values");
    }
    return layer_.input;
  }
  LayerShape operator()(const DropoutLayer&) const { return layer_.input; }
  LayerShape operator()(const CostLayer&) const { return layer_.input; }
  LayerShape operator()(const ShortcutLayer&) const {
    const LayerShape other = shapeOf(layer_.inputs.back());
    if (other != layer_.input) {
      fail("layer " + std::to_string(layer_.inputs.back()) + " is " + textOf(other) +
           ", the layer before is " + textOf(layer_.input) + "; a shortcut adds equal shapes");
    }
    return layer_.input;
  }
  LayerShape operator()(const RegionLayer& region) const {
    const std::int64_t wanted = headChannels(region);
    if (layer_.input.channels != wanted) {
      fail("the layer before gives " + std::to_string(layer_.input.channels) + " channels, " +
               (region.boxForm == BoxForm::Yolo ? "num*(coords+1)+classes"
                                                : "num*(classes+coords+1)") +
               " is " + std::to_string(wanted),
           "set filters=" + std::to_string(wanted) + " in the convolution before it");
    }
    return layer_.input;
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& advice = {}) const {
    throw Error(nameOf(network_, layer_) + ": " + what, placeOf(network_, layer_), advice);
  }

  /// Windows of `size` that fit `in` with `padding` in all, a `stride` apart.
  std::int64_t steps(std::int64_t in, std::int64_t padding, std::int64_t size,
                     std::int64_t stride) const {
    if (in + padding < size) {
      fail("its input of " + textOf(layer_.input) + " is smaller than its window of " +
               std::to_string(size),
           "choose a larger input size");
    }
    return (in + padding - size) / stride + 1;
  }

  LayerShape checked(std::int64_t channels, std::int64_t height, std::int64_t width) const {
    if (channels > kLargestActivation || height > kLargestActivation / channels ||
        width > kLargestActivation / channels / height) {
      fail("its output would be larger than " + std::to_string(kLargestActivation) + " values");
    }
    return {int(channels), int(height), int(width)};
  }

  const Network& network_;
  const Layer& layer_;
};

}  // namespace

void shapeLayer(Network& network, std::size_t index) {
  Layer& layer = network.layers[index];
  const Shaper shaper(network, layer);
  layer.input = shaper.shapeOf(layer.inputs.front());
  layer.output = std::visit(shaper, layer.kind);
}

void resizeNetwork(Network& network, int width, int height) {
  if (width < 1 || height < 1 || width > 65536 || height > 65536) {
    throw Error(
        "an input of " + std::to_string(width) + "x" + std::to_string(height) + " pixels cannot be",
        network.file, "choose a multiple of 32 such as 416");
  }
  std::vector<std::pair<LayerShape, LayerShape>> old;
  old.reserve(network.layers.size());
  for (const Layer& layer : network.layers)
    old.emplace_back(layer.input, layer.output);
  const int oldWidth = std::exchange(network.net.width, width);
  const int oldHeight = std::exchange(network.net.height, height);
  try {
    for (std::size_t index = 0; index < network.layers.size(); ++index)
      shapeLayer(network, index);
  } catch (...) {
    network.net.width = oldWidth;
    network.net.height = oldHeight;
    for (std::size_t index = 0; index < old.size(); ++index) {
      network.layers[index].input = old[index].first;
      network.layers[index].output = old[index].second;
    }
    throw;
  }
}

}  // namespace boxwright
