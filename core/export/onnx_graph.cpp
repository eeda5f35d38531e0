// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/onnx_graph.h"

#include <bit>

namespace boxwright {
namespace {

static_assert(std::endian::native == std::endian::little, "raw tensor data is little endian");

void describe(onnx::ValueInfoProto& value, const std::string& name,
              const std::vector<OnnxGraph::Size>& shape) {
  value.set_name(name);
  onnx::TypeProto_Tensor& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::TensorProto_DataType_FLOAT);
  for (const OnnxGraph::Size& size : shape) {
    onnx::TensorShapeProto_Dimension& dimension = *tensor.mutable_shape()->add_dim();
    if (size.text.empty()) {
      dimension.set_dim_value(size.value);
    } else {
      dimension.set_dim_param(size.text);
    }
  }
}

}  // namespace

OnnxValue OnnxGraph::add(const char* type, std::vector<OnnxValue> inputs, const std::string& name) {
  add(type, inputs, std::vector<OnnxValue>{name});
  return name;
}

void OnnxGraph::add(const char* type, const std::vector<OnnxValue>& inputs,
                    const std::vector<OnnxValue>& outputs) {
  last_ = graph_->add_node();
  last_->set_op_type(type);
  last_->set_name(outputs.front());
  for (const OnnxValue& value : inputs)
    last_->add_input(value);
  for (const OnnxValue& value : outputs)
    last_->add_output(value);
}

onnx::AttributeProto& OnnxGraph::newAttribute(const char* name) {
  onnx::AttributeProto& attribute = *last_->add_attribute();
  attribute.set_name(name);
  return attribute;
}

void OnnxGraph::attribute(const char* name, std::int64_t value) {
  onnx::AttributeProto& attribute = newAttribute(name);
  attribute.set_type(onnx::AttributeProto_AttributeType_INT);
  attribute.set_i(value);
}

void OnnxGraph::attribute(const char* name, float value) {
  onnx::AttributeProto& attribute = newAttribute(name);
  attribute.set_type(onnx::AttributeProto_AttributeType_FLOAT);
  attribute.set_f(value);
}

void OnnxGraph::attribute(const char* name, const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = newAttribute(name);
  attribute.set_type(onnx::AttributeProto_AttributeType_INTS);
  for (const std::int64_t value : values)
    attribute.add_ints(value);
}

OnnxValue OnnxGraph::floats(const std::string& name, const std::vector<std::int64_t>& shape,
                            std::span<const float> values) {
  onnx::TensorProto& tensor = *graph_->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto_DataType_FLOAT);
  for (const std::int64_t size : shape)
    tensor.add_dims(size);
  tensor.set_raw_data(values.data(), values.size_bytes());
  return name;
}

OnnxValue OnnxGraph::integers(const std::string& name, const std::vector<std::int64_t>& values) {
  onnx::TensorProto& tensor = *graph_->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto_DataType_INT64);
  tensor.add_dims(std::int64_t(values.size()));
  tensor.set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
  return name;
}

OnnxValue OnnxGraph::reshape(const OnnxValue& input, const std::vector<std::int64_t>& shape,
                             const std::string& name) {
  return add("Reshape", {input, integers(name + ".shape", shape)}, name);
}

OnnxValue OnnxGraph::transpose(const OnnxValue& input, const std::vector<std::int64_t>& order,
                               const std::string& name) {
  add("Transpose", {input}, name);
  attribute("perm", order);
  return name;
}

void OnnxGraph::input(const std::string& name, const std::vector<Size>& shape) {
  describe(*graph_->add_input(), name, shape);
}

void OnnxGraph::output(const OnnxValue& name, const std::vector<Size>& shape) {
  describe(*graph_->add_output(), name, shape);
}

}  // namespace boxwright
