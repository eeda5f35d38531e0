// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/network.h"

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

}  // namespace boxwright
