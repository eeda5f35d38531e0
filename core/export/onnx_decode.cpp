// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/onnx_decode.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace boxwright {
namespace {

/// Boxes N x n x 4 and scores N x n x K.
struct Decoded {
  OnnxValue boxes, scores;
};

/// Two numbers (x, y) for each anchor and cell, A x H*W x 2, in the order of the boxes.
template <typename Pair>
std::vector<float> forEachBox(const RegionLayer& region, const LayerShape& grid, Pair&& pairOf) {
  std::vector<float> values;
  for (int n = 0; n < region.num; ++n) {
    for (int j = 0; j < grid.height; ++j) {
      for (int i = 0; i < grid.width; ++i) {
        const Size pair = pairOf(region.anchors[n], i, j);
        values.push_back(float(pair.width));
        values.push_back(float(pair.height));
      }
    }
  }
  return values;
}

Decoded decode(OnnxGraph& graph, const Network& network, const OnnxValue& head) {
  const RegionLayer& region = network.region();
  const LayerShape& grid = network.layers.back().input;
  const std::int64_t anchors = region.num, entries = 5 + region.classes;
  const std::int64_t cells = std::int64_t(grid.height) * grid.width;
  // The entries of a box become the last axis.
  const OnnxValue byAnchor = graph.reshape(head, {0, anchors, entries, cells}, "head.anchors");
  const OnnxValue rows = graph.transpose(byAnchor, {0, 1, 3, 2}, "head.rows");
  graph.add("Split", {rows}, {"txy", "twh", "to", "tclasses"});
  graph.attribute("axis", std::int64_t(3));
  graph.attribute("split", std::vector<std::int64_t>{2, 2, 1, region.classes});

  // The constants have the size of what they meet: OpenCV 4.6 repeats none along an axis.
  const Size cell{double(network.net.width) / grid.width, double(network.net.height) / grid.height};
  const auto constant = [&](const char* name, auto&& pairOf) {
    return graph.floats(name, {anchors, cells, 2}, forEachBox(region, grid, pairOf));
  };
  const OnnxValue stride = constant("stride", [&](const Size&, int, int) { return cell; });
  const OnnxValue corners = constant("cells", [&](const Size&, int i, int j) {
    return Size{i * cell.width, j * cell.height};
  });
  const OnnxValue halves = constant("anchors.half", [&](const Size& anchor, int, int) {
    return Size{0.5 * anchor.width * cell.width, 0.5 * anchor.height * cell.height};
  });

  const OnnxValue inCell = graph.add("Sigmoid", {"txy"}, "xy.share");
  const OnnxValue pixels = graph.add("Mul", {inCell, stride}, "xy.cell");
  const OnnxValue centre = graph.add("Add", {pixels, corners}, "xy");
  const OnnxValue growth = graph.add("Exp", {"twh"}, "wh.growth");
  const OnnxValue half = graph.add("Mul", {growth, halves}, "wh.half");
  const OnnxValue low = graph.add("Sub", {centre, half}, "low");
  const OnnxValue high = graph.add("Add", {centre, half}, "high");
  graph.add("Concat", {low, high}, "boxes.anchors");
  graph.attribute("axis", std::int64_t(3));

  OnnxValue probabilities;
  if (region.softmax) {
    probabilities = graph.add("Softmax", {"tclasses"}, "probabilities");
    graph.attribute("axis", std::int64_t(3));
  } else {
    probabilities = graph.add("Sigmoid", {"tclasses"}, "probabilities");
  }
  const OnnxValue objectness = graph.add("Sigmoid", {"to"}, "objectness");
  graph.add("Mul", {probabilities, objectness}, "scores.anchors");
  return {graph.reshape("boxes.anchors", {0, anchors * cells, 4}, "boxes"),
          graph.reshape("scores.anchors", {0, anchors * cells, region.classes}, "scores")};
}

/// The boxes that stay, M x 7.
OnnxValue suppressed(OnnxGraph& graph, const Decoded& decoded, const ExportOptions& options) {
  const OnnxValue byClass = graph.transpose(decoded.scores, {0, 2, 1}, "scores.classes");
  const auto nms = float(options.nms), threshold = float(options.threshold);
  // NonMaxSuppression reads a box as any two opposite corners, and IOU does not mind x for y.
  const OnnxValue kept = graph.add(
      "NonMaxSuppression",
      {decoded.boxes, byClass, graph.integers("per_class", {options.perClass}),
       graph.floats("nms", {1}, {&nms, 1}), graph.floats("threshold", {1}, {&threshold, 1})},
      "kept");  // picture, class, box
  const auto columns = [&](std::vector<std::int64_t> which, const std::string& name) {
    graph.add("Gather", {kept, graph.integers(name + ".columns", which)}, name);
    graph.attribute("axis", std::int64_t(1));
    return name;
  };
  const OnnxValue boxes =
      graph.add("GatherND", {decoded.boxes, columns({0, 2}, "kept.box")}, "kept.boxes");
  const OnnxValue flat = graph.add("GatherND", {byClass, kept}, "kept.score");
  const OnnxValue scores = graph.reshape(flat, {-1, 1}, "kept.scores");
  const OnnxValue ids = graph.add("Cast", {columns({0, 1}, "kept.ids")}, "kept.labels");
  graph.attribute("to", std::int64_t(onnx::TensorProto_DataType_FLOAT));
  const OnnxValue detections = graph.add("Concat", {ids, scores, boxes}, "detections");
  graph.attribute("axis", std::int64_t(1));
  return detections;
}

}  // namespace

void writeDecode(OnnxGraph& graph, const Network& network, const OnnxValue& head,
                 const ExportOptions& options) {
  const RegionLayer& region = network.region();
  const Layer& layer = network.layers.back();
  if (region.coords != 4 || region.background || region.boxForm != BoxForm::Direct) {
    throw Error(nameOf(network, layer) +
                    ": a head with a background class, a box_form or other than 4 coordinates is "
                    "not decoded",
                placeOf(network, layer), "export it without --decode and --nms");
  }
  const Decoded decoded = decode(graph, network, head);
  if (options.suppress) {
    graph.output(suppressed(graph, decoded, options), {{0, "detections"}, {7, {}}});
    return;
  }
  const std::int64_t boxes = std::int64_t(region.num) * layer.input.height * layer.input.width;
  graph.output(decoded.boxes, {{0, "batch"}, {boxes, {}}, {4, {}}});
  graph.output(decoded.scores, {{0, "batch"}, {boxes, {}}, {region.classes, {}}});
}

}  // namespace boxwright
