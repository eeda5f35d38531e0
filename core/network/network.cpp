// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/network.h"

#include <algorithm>

#include "core/base/error.h"

namespace boxwright {

const Layer* Network::regionLayer() const {
  if (layers.empty() || !std::holds_alternative<RegionLayer>(layers.back().kind)) return nullptr;
  return &layers.back();
}

RegionLayer& Network::region() {
  return const_cast<RegionLayer&>(static_cast<const Network*>(this)->region());
}

const RegionLayer& Network::region() const {
  const Layer* const layer = regionLayer();
  if (!layer) {
    throw Error("the network has no [region] layer at its end", file,
                "choose a detector; this one is a classifier");
  }
  return std::get<RegionLayer>(layer->kind);
}

namespace {

/// Whether two layers do the same with the same weights; their inputs apart.
struct SameKind {
  bool operator()(const ConvolutionLayer& a, const ConvolutionLayer& b) const {
    return a.filters == b.filters && a.size == b.size && a.stride == b.stride &&
           a.padding == b.padding && a.groups == b.groups && a.batchNormalize == b.batchNormalize &&
           a.activation == b.activation;
  }
  bool operator()(const MaxPoolLayer& a, const MaxPoolLayer& b) const {
    return a.size == b.size && a.stride == b.stride && a.padding == b.padding;
  }
  bool operator()(const ReorgLayer& a, const ReorgLayer& b) const {
    return a.stride == b.stride && a.reverse == b.reverse;
  }
  bool operator()(const RouteLayer&, const RouteLayer&) const { return true; }
  bool operator()(const ShortcutLayer& a, const ShortcutLayer& b) const {
    return a.activation == b.activation;
  }
  bool operator()(const DropoutLayer&, const DropoutLayer&) const { return true; }
  /// What is left is of a head, where one network parts from the other.
  template <typename A, typename B>
  bool operator()(const A&, const B&) const {
    return false;
  }
};

}  // namespace

int sharedLayers(const Network& a, const Network& b) {
  std::size_t shared = 0;
  while (shared < a.layers.size() && shared < b.layers.size()) {
    const Layer& one = a.layers[shared];
    const Layer& other = b.layers[shared];
    if (one.inputs != other.inputs || one.input.channels != other.input.channels ||
        !std::visit(SameKind(), one.kind, other.kind))
      break;
    ++shared;
  }
  return static_cast<int>(shared);
}

NetworkTask taskOf(const Network& network) {
  if (network.regionLayer()) return NetworkTask::Detection;
  for (std::size_t i = network.layers.size(); i-- > 0;) {
    const LayerKind& kind = network.layers[i].kind;
    if (std::holds_alternative<CostLayer>(kind)) continue;
    if (std::holds_alternative<SoftmaxLayer>(kind)) return NetworkTask::Classification;
    break;
  }
  throw Error("the network ends neither in [region] nor in [softmax]", network.file,
              "choose a detector such as yolov2-nano or a classifier such as darknet-nano");
}

int classCountOf(const Network& network) {
  if (network.regionLayer()) return network.region().classes;
  for (const Layer& layer : network.layers) {
    if (std::holds_alternative<SoftmaxLayer>(layer.kind)) return int(layer.output.count());
  }
  return 0;
}

const char* boxFormName(BoxForm form) {
  if (form == BoxForm::Offsets) return "offsets";
  return form == BoxForm::Yolo ? "yolo" : "direct";
}

std::int64_t headChannels(const RegionLayer& region) {
  const std::int64_t boxes = region.num, classes = region.classes, geometry = region.coords + 1;
  return region.boxForm == BoxForm::Yolo ? boxes * geometry + classes
                                         : boxes * (geometry + classes);
}

std::size_t headChannel(const RegionLayer& region, int box, int entry) {
  const std::size_t geometry = std::size_t(region.coords) + 1;
  if (region.boxForm != BoxForm::Yolo) {
    return std::size_t(box) * (geometry + region.classes) + std::size_t(entry);
  }
  const bool isClass = std::size_t(entry) >= geometry;
  return (isClass ? std::size_t(region.num) - 1 : std::size_t(box)) * geometry + std::size_t(entry);
}

int strideOf(const Network& network) {
  int stride = 1, grown = 1;
  for (int index = int(network.layers.size()) - 1; index >= 0;) {
    const Layer& layer = network.layers[std::size_t(index)];
    if (const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind)) {
      stride *= convolution->stride;
    } else if (const auto* const pool = std::get_if<MaxPoolLayer>(&layer.kind)) {
      stride *= pool->stride;
    } else if (const auto* const reorg = std::get_if<ReorgLayer>(&layer.kind)) {
      (reorg->reverse ? grown : stride) *= reorg->stride;
    }
    index = layer.inputs.front();
  }
  return std::max(stride / grown, 1);
}

std::uint64_t operationsOf(const Network& network) {
  std::uint64_t operations = 0;
  for (const Layer& layer : network.layers) {
    if (const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind)) {
      const std::uint64_t window = std::uint64_t(convolution->size) * convolution->size;
      operations +=
          2 * window * (layer.input.channels / convolution->groups) * layer.output.count();
    }
  }
  return operations;
}

std::uint64_t storedFloatsOf(const Network& network) {
  std::uint64_t floats = 0;
  for (const Layer& layer : network.layers) {
    if (const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind)) {
      floats += weightCountOf(layer);
      floats += std::uint64_t(convolution->filters) * (convolution->batchNormalize ? 4 : 1);
    }
  }
  return floats;
}

std::uint64_t parametersOf(const Network& network) {
  std::uint64_t parameters = 0;
  for (const Layer& layer : network.layers) {
    if (const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind)) {
      parameters += weightCountOf(layer);
      parameters += std::uint64_t(convolution->filters) * (convolution->batchNormalize ? 2 : 1);
    }
  }
  return parameters;
}

std::size_t weightCountOf(const Layer& layer) {
  const auto* const convolution = std::get_if<ConvolutionLayer>(&layer.kind);
  if (!convolution) return 0;
  return std::size_t(convolution->filters) * (layer.input.channels / convolution->groups) *
         convolution->size * convolution->size;
}

std::string placeOf(const Network& network, const Layer& layer) {
  return layer.line > 0 ? network.file + ":" + std::to_string(layer.line) : network.file;
}

std::string nameOf(const Network& network, const Layer& layer) {
  return "layer " + std::to_string(&layer - network.layers.data()) + " [" + layer.section + "]";
}

Network withoutWeights(const Network& network) {
  Network graph{network.file, network.net, {}, network.seen};
  for (const Layer& layer : network.layers) {
    graph.layers.push_back({layer.line, layer.section, layer.kind, layer.inputs, layer.input,
                            layer.output, layer.learningRateMultiplier, layer.dontLoad,
                            layer.dontSave, layer.dontLoadScales, layer.stopBackward,
                            ConvolutionWeights{}});
  }
  return graph;
}

void cutToHead(Network& network) {
  while (!network.layers.empty() &&
         (std::holds_alternative<SoftmaxLayer>(network.layers.back().kind) ||
          std::holds_alternative<CostLayer>(network.layers.back().kind)))
    network.layers.pop_back();
}

}  // namespace boxwright
