// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/onnx_export.h"

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/export/onnx_decode.h"
#include "core/export/onnx_graph.h"
#include "core/export/onnx_layers.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kOnnxIr = 6;  // the file format's version that came with operator set 11
// Protobuf counts bytes in an int.
constexpr auto kLargestFile = std::uint64_t(std::numeric_limits<int>::max());

/// Hands protobuf's bytes on to a ByteSink. What that throws is kept for later: it must not pass
/// through protobuf, whose streams write again on their way out.
class SinkStream : public google::protobuf::io::CopyingOutputStream {
 public:
  explicit SinkStream(const ByteSink& sink) : sink_(sink) {}
  bool Write(const void* buffer, int size) override {
    try {
      sink_(std::string_view(static_cast<const char*>(buffer), std::size_t(size)));
      return true;
    } catch (...) {
      failure_ = std::current_exception();
      return false;
    }
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const ByteSink& sink_;
  std::exception_ptr failure_;
};

void checkSize(std::uint64_t bytes, const Model& model, const fs::path& file) {
  if (bytes <= kLargestFile) return;
  throw Error(fmt::format("{} would be an ONNX file of {:.1f} GB; there are none over 2 GB",
                          model.title.empty() ? "the network" : model.title,
                          static_cast<double>(bytes) * 1e-9),
              utf8(file), "export a smaller network, or --to darknet");
}

/// The class probabilities of a classifier, N x K.
bool givesProbabilities(const Network& network) {
  return std::any_of(network.layers.begin(), network.layers.end(), [](const Layer& layer) {
    return std::holds_alternative<SoftmaxLayer>(layer.kind);
  });
}

void note(onnx::ModelProto& proto, const char* key, const std::string& value) {
  onnx::StringStringEntryProto& entry = *proto.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

std::string textOf(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void describe(onnx::ModelProto& proto, const Model& model, const ExportOptions& options) {
  const Network& network = model.network;
  note(proto, "task", network.regionLayer() ? "detection" : "classification");
  note(proto, "classes", textOf(model.names));
  note(proto, "input_size", textOf({network.net.width, network.net.height}));
  note(proto, "input", "RGB, planar, 0 to 1");
  note(proto, "input_rule", model.inputRule == InputRule::Plain ? "plain" : "letterbox");
  if (!network.regionLayer()) return;
  const RegionLayer& region = network.region();
  Json anchors = Json::array();
  for (const Size& anchor : region.anchors)
    anchors.push_back({anchor.width, anchor.height});
  const LayerShape& grid = network.layers.back().input;
  note(proto, "anchors", textOf(anchors));  // in cells
  note(proto, "grid", textOf({grid.width, grid.height}));
  note(proto, "box_form", boxFormName(region.boxForm));
  note(proto, "class_activation", region.softmax ? "softmax" : "sigmoid");
  if (options.suppress) {
    note(proto, "threshold", fmt::format("{}", options.threshold));
    note(proto, "nms", fmt::format("{}", options.nms));
    note(proto, "per_class", fmt::format("{}", options.perClass));
  }
}

void writeGraph(onnx::GraphProto& proto, Network& network, const ExportOptions& options) {
  OnnxGraph graph(proto);
  graph.input("images", {{0, "batch"},
                         {network.net.channels, {}},
                         {network.net.height, {}},
                         {network.net.width, {}}});
  const OnnxValue last = writeLayers(graph, network, "images");
  const LayerShape& out =
      network.regionLayer() ? network.layers.back().input : network.layers.back().output;
  if (network.regionLayer() && (options.decode || options.suppress)) {
    writeDecode(graph, network, last, options);
  } else if (!network.regionLayer() && givesProbabilities(network)) {
    const auto classes = std::int64_t(out.count());
    graph.output(graph.reshape(last, {-1, classes}, "probabilities"),
                 {{0, "batch"}, {classes, {}}});
  } else {
    graph.output(graph.add("Identity", {last}, "head"),
                 {{0, "batch"}, {out.channels, {}}, {out.height, {}}, {out.width, {}}});
  }
}

}  // namespace

std::vector<fs::path> exportOnnx(Model&& model, const fs::path& file,
                                 const ExportOptions& options) {
  checkSize(4 * parametersOf(model.network), model, file);
  if ((options.decode || options.suppress) && !model.network.regionLayer()) {
    throw Error("the network has no boxes to decode", model.network.file,
                "a classifier is exported without --decode and --nms");
  }
  onnx::ModelProto proto;
  proto.set_ir_version(kOnnxIr);
  proto.set_producer_name("Boxwright");
  proto.set_producer_version(BOXWRIGHT_VERSION);
  onnx::OperatorSetIdProto& operators = *proto.add_opset_import();
  operators.set_domain("");
  operators.set_version(kOnnxOperators);
  describe(proto, model, options);
  proto.mutable_graph()->set_name(model.title.empty() ? "network" : model.title);
  model.network = fold(std::move(model.network), model.batchNorm);
  writeGraph(*proto.mutable_graph(), model.network, options);
  checkSize(proto.ByteSizeLong(), model, file);
  writeFileAtomically(file, [&](const ByteSink& sink) {
    SinkStream bytes(sink);
    google::protobuf::io::CopyingOutputStreamAdaptor stream(&bytes);
    const bool written = proto.SerializeToZeroCopyStream(&stream) && stream.Flush();
    bytes.rethrow();
    if (!written) throw Error("cannot put the network into ONNX's form", utf8(file));
  });
  return {file};
}

}  // namespace boxwright
