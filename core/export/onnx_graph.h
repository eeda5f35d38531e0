// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace boxwright {

/// A value of an ONNX graph, by name.
using OnnxValue = std::string;

/// Writes nodes and constants into an ONNX graph of operator set kOnnxOperators. Each node is named
/// after the value that it gives.
class OnnxGraph {
 public:
  explicit OnnxGraph(onnx::GraphProto& graph) : graph_(&graph) {}

  /// A node with one output called `name`; attribute() then speaks of it.
  OnnxValue add(const char* type, std::vector<OnnxValue> inputs, const std::string& name);
  /// The same with several outputs.
  void add(const char* type, const std::vector<OnnxValue>& inputs,
           const std::vector<OnnxValue>& outputs);

  void attribute(const char* name, std::int64_t value);
  void attribute(const char* name, float value);
  void attribute(const char* name, const std::vector<std::int64_t>& values);

  /// Constants.
  OnnxValue floats(const std::string& name, const std::vector<std::int64_t>& shape,
                   std::span<const float> values);
  OnnxValue integers(const std::string& name, const std::vector<std::int64_t>& values);

  /// The reshape that every third step needs; 0 keeps the input's size there.
  OnnxValue reshape(const OnnxValue& input, const std::vector<std::int64_t>& shape,
                    const std::string& name);
  OnnxValue transpose(const OnnxValue& input, const std::vector<std::int64_t>& order,
                      const std::string& name);

  /// Declares an input or output of float32; a text in `shape` is a size known at run time only.
  struct Size {
    std::int64_t value = 0;
    std::string text;
  };
  void input(const std::string& name, const std::vector<Size>& shape);
  void output(const OnnxValue& name, const std::vector<Size>& shape);

 private:
  onnx::AttributeProto& newAttribute(const char* name);

  onnx::GraphProto* graph_;
  onnx::NodeProto* last_ = nullptr;
};

/// 11 is read by OpenCV 4.6 as by today's runtimes, and has NonMaxSuppression and GatherND.
inline constexpr int kOnnxOperators = 11;

}  // namespace boxwright
