// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/output_shape.h"

#include <string>

#include "core/base/error.h"

namespace boxwright {
namespace {

std::string text(const Shape& shape) {
  return std::to_string(shape.c) + " channels of " + std::to_string(shape.h) + "x" +
         std::to_string(shape.w);
}

struct ShapeOf {
  std::span<const TensorSpec> inputs;
  const std::string& name;

  [[noreturn]] void refuse(const std::string& what) const { throw Error(what, name); }

  Shape checked(const Shape& shape) const {
    if (shape.n <= 0 || shape.c <= 0 || shape.h <= 0 || shape.w <= 0) {
      refuse("Nothing is left of " + text(inputs[0].shape));
    }
    return shape;
  }

  Shape pooled(const Shape& in, const MaxPoolLayer& layer) const {
    const auto side = [&](int size) {
      const int room = size + layer.padding - layer.size;
      return room < 0 ? 0 : room / layer.stride + 1;
    };
    return checked({in.n, in.c, side(in.h), side(in.w)});
  }

  Shape operator()(const ConvolutionBlock& block) const {
    const Shape& in = inputs[0].shape;
    const ConvolutionLayer& layer = block.layer;
    if (layer.groups < 1 || in.c % layer.groups != 0 || layer.filters % layer.groups != 0) {
      refuse("Channels do not divide into " + std::to_string(layer.groups) + " groups");
    }
    const auto side = [&](int size) {
      return size + 2 * layer.padding < layer.size
                 ? 0
                 : (size + 2 * layer.padding - layer.size) / layer.stride + 1;
    };
    const Shape out = checked({in.n, layer.filters, side(in.h), side(in.w)});
    const std::size_t expected =
        std::size_t(layer.filters) * (in.c / layer.groups) * layer.size * layer.size;
    if (!block.parameters.weights || block.parameters.weights->count != expected) {
      refuse("The weights do not fit an input of " + text(in));
    }
    return block.pool ? pooled(out, *block.pool) : out;
  }
  Shape operator()(const MaxPoolBlock& block) const { return pooled(inputs[0].shape, block.layer); }
  Shape operator()(const AveragePoolBlock&) const {
    return {inputs[0].shape.n, inputs[0].shape.c, 1, 1};
  }
  Shape operator()(const ConcatBlock&) const {
    Shape out = inputs[0].shape;
    out.c = 0;
    for (const TensorSpec& input : inputs) {
      if (input.shape.h != out.h || input.shape.w != out.w) {
        refuse("The inputs differ in size: " + text(inputs[0].shape) + " and " + text(input.shape));
      }
      out.c += input.shape.c;
    }
    return out;
  }
  Shape operator()(const ReorgBlock& block) const {
    const Shape& in = inputs[0].shape;
    const int s = block.layer.stride;
    const int area = s * s;
    if (block.layer.reverse) {
      if (in.c % area != 0) refuse(text(in) + " do not divide by the stride's square");
      return {in.n, in.c / area, in.h * s, in.w * s};
    }
    if (in.c % area != 0 || in.h % s != 0 || in.w % s != 0) {
      refuse(text(in) + " do not divide by the stride " + std::to_string(s));
    }
    return {in.n, in.c * area, in.h / s, in.w / s};
  }
  Shape operator()(const AddBlock&) const {
    if (inputs.size() != 2 || inputs[0].shape != inputs[1].shape) {
      refuse("The shortcut joins inputs of different shape");
    }
    return inputs[0].shape;
  }
  Shape operator()(const SoftmaxBlock& block) const {
    const Shape& in = inputs[0].shape;
    if (block.layer.groups < 1 || (in.c * in.h * in.w) % block.layer.groups != 0) {
      refuse("Channels do not divide into " + std::to_string(block.layer.groups) + " groups");
    }
    return in;
  }
  Shape operator()(const DropoutBlock&) const { return inputs[0].shape; }
  Shape operator()(const OutputBlock&) const { return inputs[0].shape; }
};

}  // namespace

Shape outputShape(const OpSpec& spec, std::span<const TensorSpec> inputs, const std::string& name) {
  if (inputs.empty()) throw Error("A block without input", name);
  return std::visit(ShapeOf{inputs, name}, spec);
}

}  // namespace boxwright
