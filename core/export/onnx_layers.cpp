// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/onnx_layers.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/error.h"

namespace boxwright {
namespace {

constexpr float kLeakySlope = 0.1F;  // spec section 3

/// Writes one layer; each overload is one kind.
class LayerWriter {
 public:
  LayerWriter(OnnxGraph& graph, const Network& network, Layer& layer, std::string name,
              std::vector<OnnxValue> inputs)
      : graph_(graph),
        network_(network),
        layer_(layer),
        name_(std::move(name)),
        inputs_(std::move(inputs)) {}

  OnnxValue operator()(const ConvolutionLayer& convolution) {
    const std::int64_t size = convolution.size;
    const OnnxValue weights =
        graph_.floats(name_ + ".weights",
                      {convolution.filters, layer_.input.channels / convolution.groups, size, size},
                      layer_.weights.weights);
    const OnnxValue biases =
        graph_.floats(name_ + ".biases", {convolution.filters}, layer_.weights.biases);
    layer_.weights = {};
    const bool linear = convolution.activation == Activation::Linear;
    const OnnxValue sum =
        graph_.add("Conv", {inputs_[0], weights, biases}, linear ? name_ : name_ + ".sum");
    graph_.attribute("kernel_shape", {size, size});
    graph_.attribute("strides", {convolution.stride, convolution.stride});
    graph_.attribute("pads", std::vector<std::int64_t>(4, convolution.padding));
    graph_.attribute("group", std::int64_t(convolution.groups));
    return activated(sum, convolution.activation);
  }
  OnnxValue operator()(const MaxPoolLayer& pool) {
    // The padding is a total, its smaller half in front; ONNX ignores padded places as we do.
    const std::int64_t front = pool.padding / 2;
    const std::int64_t back = pool.padding - front;
    graph_.add("MaxPool", {inputs_[0]}, name_);
    graph_.attribute("kernel_shape", {pool.size, pool.size});
    graph_.attribute("strides", {pool.stride, pool.stride});
    graph_.attribute("pads", {front, front, back, back});
    return name_;
  }
  OnnxValue operator()(const RouteLayer&) {
    if (inputs_.size() == 1) return inputs_[0];
    graph_.add("Concat", inputs_, name_);
    graph_.attribute("axis", std::int64_t(1));
    return name_;
  }
  /// Darknet's scrambled map (spec section 4) is a transposition of one picture's flat numbers: its
  /// input read as q, j, row, i, column (of sizes C/s^2, H, s, W, s) is its output read as row,
  /// column, q, j, i. H and W are the input's sizes in both directions.
  OnnxValue operator()(const ReorgLayer& reorg) {
    const std::int64_t s = reorg.stride;
    const std::int64_t quarter = layer_.input.channels / (s * s);
    const std::int64_t h = layer_.input.height, w = layer_.input.width;
    const LayerShape& out = layer_.output;
    const OnnxValue split =
        reorg.reverse ? graph_.reshape(inputs_[0], {0, s, s, quarter, h, w}, name_ + ".6")
                      : graph_.reshape(inputs_[0], {0, quarter, h, s, w, s}, name_ + ".6");
    const OnnxValue moved = reorg.reverse
                                ? graph_.transpose(split, {0, 3, 4, 1, 5, 2}, name_ + ".moved")
                                : graph_.transpose(split, {0, 3, 5, 1, 2, 4}, name_ + ".moved");
    return graph_.reshape(moved, {0, out.channels, out.height, out.width}, name_);
  }
  OnnxValue operator()(const AveragePoolLayer&) {
    return graph_.add("GlobalAveragePool", {inputs_[0]}, name_);
  }
  OnnxValue operator()(const SoftmaxLayer& softmax) {
    if (!softmax.tree.empty()) fail("a softmax over a class tree");
    const LayerShape& shape = layer_.input;
    OnnxValue value = graph_.reshape(inputs_[0], {-1, std::int64_t(shape.count()) / softmax.groups},
                                     name_ + ".groups");
    if (softmax.temperature != 1) {
      const float temperature = static_cast<float>(softmax.temperature);
      const OnnxValue divisor = graph_.floats(name_ + ".temperature", {1}, {&temperature, 1});
      value = graph_.add("Div", {value, divisor}, name_ + ".cooled");
    }
    value = graph_.add("Softmax", {value}, name_ + ".shares");
    graph_.attribute("axis", std::int64_t(1));
    return graph_.reshape(value, {-1, shape.channels, shape.height, shape.width}, name_);
  }
  OnnxValue operator()(const ShortcutLayer& shortcut) {
    const bool linear = shortcut.activation == Activation::Linear;
    const OnnxValue sum = graph_.add("Add", inputs_, linear ? name_ : name_ + ".sum");
    return activated(sum, shortcut.activation);
  }
  OnnxValue operator()(const DropoutLayer&) { return inputs_[0]; }
  OnnxValue operator()(const CostLayer&) { return inputs_[0]; }
  OnnxValue operator()(const RegionLayer&) { fail("a [region] inside the network"); }

 private:
  OnnxValue activated(const OnnxValue& sum, Activation activation) {
    switch (activation) {
      case Activation::Linear:
        return sum;
      case Activation::Leaky:
        graph_.add("LeakyRelu", {sum}, name_);
        graph_.attribute("alpha", kLeakySlope);
        return name_;
      case Activation::Logistic:
        return graph_.add("Sigmoid", {sum}, name_);
      case Activation::Relu:
        return graph_.add("Relu", {sum}, name_);
    }
    fail("its activation");
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(nameOf(network_, layer_) + ": ONNX export does not know " + what,
                placeOf(network_, layer_));
  }

  OnnxGraph& graph_;
  const Network& network_;
  Layer& layer_;
  std::string name_;
  std::vector<OnnxValue> inputs_;
};

}  // namespace

OnnxValue writeLayers(OnnxGraph& graph, Network& network, const OnnxValue& input) {
  std::vector<OnnxValue> outputs;
  for (std::size_t index = 0; index < network.layers.size(); ++index) {
    Layer& layer = network.layers[index];
    if (std::holds_alternative<RegionLayer>(layer.kind) && index + 1 == network.layers.size()) {
      break;
    }
    std::vector<OnnxValue> inputs;
    for (const int from : layer.inputs)
      inputs.push_back(from < 0 ? input : outputs.at(std::size_t(from)));
    const LayerKind kind = layer.kind;
    LayerWriter writer(graph, network, layer, "layer" + std::to_string(index), std::move(inputs));
    outputs.push_back(std::visit(writer, kind));
  }
  if (outputs.empty()) throw Error("the network has no layers", network.file);
  return outputs.back();
}

}  // namespace boxwright
