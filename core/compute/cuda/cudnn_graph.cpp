// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/cuda/cudnn_graph.h"

#include <algorithm>

#include "core/base/error.h"

namespace boxwright::cuda {
namespace {

constexpr std::int64_t kAlignment = 16;  ///< bytes; memory is aligned to more, and so are rows
constexpr double kLeakySlope = 0.1;

cudnnDataType_t typeOf(Precision precision) {
  return precision == Precision::BFloat16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
}

/// A tensor of n x c x h x w whose channels lie beside each other, `pitch` from pixel to pixel.
Descriptor tensor(std::int64_t id, cudnnDataType_t type, int n, int c, int h, int w, int pitch,
                  bool isVirtual = false) {
  Descriptor made(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  const std::int64_t row = std::int64_t(w) * pitch;
  made.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
  made.set(CUDNN_ATTR_TENSOR_DATA_TYPE, type);
  made.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, kAlignment);
  made.set(CUDNN_ATTR_TENSOR_DIMENSIONS, std::vector<std::int64_t>{n, c, h, w});
  made.set(CUDNN_ATTR_TENSOR_STRIDES, std::vector<std::int64_t>{h * row, 1, row, pitch});
  if (isVirtual) made.set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, true);
  made.finalize("a tensor");
  return made;
}

struct Tensors {
  Descriptor input, weights, output;
};

Tensors tensorsOf(const ConvolutionCall& call, bool outputIsVirtual) {
  const cudnnDataType_t type = typeOf(call.precision);
  const int each = call.channels / call.groups;
  return {tensor(kInputId, type, call.n, call.channels, call.height, call.width, call.inputPitch),
          tensor(kWeightsId, type, call.filters, each, call.size, call.size, each),
          outputIsVirtual ? tensor(kFirstVirtualId, CUDNN_DATA_FLOAT, call.n, call.filters,
                                   call.outHeight, call.outWidth, call.outputPitch, true)
                          : tensor(kOutputId, type, call.n, call.filters, call.outHeight,
                                   call.outWidth, call.outputPitch)};
}

Descriptor convolutionOf(const ConvolutionCall& call) {
  Descriptor made(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  const auto both = [](int value) { return std::vector<std::int64_t>{value, value}; };
  const cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
  made.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, std::int64_t{2});
  made.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT);
  made.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, &mode);
  made.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, both(call.padding));
  made.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, both(call.padding));
  made.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, both(call.stride));
  made.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, both(1));
  made.finalize("a convolution");
  return made;
}

/// The operation of the convolution alone.
Descriptor operationOf(const ConvolutionCall& call, const Tensors& tensors) {
  using Kind = ConvolutionCall::Kind;
  const Descriptor convolution = convolutionOf(call);
  const auto make = [&](cudnnBackendDescriptorType_t type, cudnnBackendAttributeName_t how,
                        cudnnBackendAttributeName_t input, cudnnBackendAttributeName_t weights,
                        cudnnBackendAttributeName_t output, cudnnBackendAttributeName_t alpha,
                        cudnnBackendAttributeName_t beta) {
    Descriptor made(type);
    made.set(how, convolution);
    made.set(input, tensors.input);
    made.set(weights, tensors.weights);
    made.set(output, tensors.output);
    // Of the type that is summed in; with doubles all was wrong (README.md).
    made.set(alpha, 1.0F);
    made.set(beta, 0.0F);
    made.finalize(text(call));
    return made;
  };
  switch (call.kind) {
    case Kind::InputGradient:
      return make(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA);
    case Kind::WeightGradient:
      return make(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
                  CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA);
    case Kind::Forward:
      break;
  }
  return make(
      CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
      CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
      CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
      CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
      CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA);
}

Descriptor pointwise(cudnnPointwiseMode_t mode, double slope = 0) {
  Descriptor made(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  made.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, &mode);
  made.set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_DATA_FLOAT);
  if (mode == CUDNN_POINTWISE_RELU_FWD) {
    made.set(CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP, 0.0);
    made.set(CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP_SLOPE, slope);
  }
  made.finalize("a pointwise operation");
  return made;
}

Descriptor pointwiseOperation(const Descriptor& how, const Descriptor& in, const Descriptor* added,
                              const Descriptor& out) {
  Descriptor made(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, how);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, in);
  if (added) made.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *added);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, out);
  made.finalize("a pointwise operation");
  return made;
}

/// How an activation is computed behind the bias; nothing where it changes nothing.
std::vector<Descriptor> activationOf(Activation activation) {
  std::vector<Descriptor> made;
  switch (activation) {
    case Activation::Leaky:
      made.push_back(pointwise(CUDNN_POINTWISE_RELU_FWD, kLeakySlope));
      break;
    case Activation::Relu:
      made.push_back(pointwise(CUDNN_POINTWISE_RELU_FWD));
      break;
    case Activation::Logistic:
      made.push_back(pointwise(CUDNN_POINTWISE_SIGMOID_FWD));
      break;
    case Activation::Linear:
      break;
  }
  return made;
}

Descriptor graphOfOperations(std::initializer_list<const Descriptor*> operations,
                             const PlanTarget& target, const std::string& what) {
  Descriptor made(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  made.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations);
  if (target.handle) made.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, &target.handle);
  made.finalize(what);
  return made;
}

/// Whether a way to compute is as exact as the precision says, and always gives the same.
bool isWelcome(const Descriptor& configuration, Precision precision) {
  const std::vector<Descriptor> engines =
      configuration.descriptors(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1);
  if (engines.empty()) return false;
  const auto notes = engines.front().values<cudnnBackendNumericalNote_t>(
      CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE);
  return std::none_of(notes.begin(), notes.end(), [&](cudnnBackendNumericalNote_t note) {
    switch (note) {
      case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC:
      case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION:
        return true;
      case CUDNN_NUMERICAL_NOTE_TENSOR_CORE:
      case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS:
        return precision == Precision::Float32;  // those of float32 round to tf32 first
      default:
        return false;
    }
  });
}

}  // namespace

Descriptor describedCard(const std::string& json) {
  Descriptor made(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  made.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, json);
  made.finalize("the description of a card");
  return made;
}

Descriptor graphOf(const ConvolutionCall& call, const PlanTarget& target) {
  const Tensors tensors = tensorsOf(call, call.finishes);
  const Descriptor operation = operationOf(call, tensors);
  if (!call.finishes) return graphOfOperations({&operation}, target, text(call));
  const cudnnDataType_t type = typeOf(call.precision);
  const std::vector<Descriptor> activation = activationOf(call.activation);
  const auto output = [&](std::int64_t id, bool isVirtual) {
    return tensor(id, isVirtual ? CUDNN_DATA_FLOAT : type, call.n, call.filters, call.outHeight,
                  call.outWidth, call.outputPitch, isVirtual);
  };
  const Descriptor bias = tensor(kBiasId, CUDNN_DATA_FLOAT, 1, call.filters, 1, 1, call.filters);
  const Descriptor sum =
      output(activation.empty() ? kOutputId : kFirstVirtualId + 1, !activation.empty());
  const Descriptor addition =
      pointwiseOperation(pointwise(CUDNN_POINTWISE_ADD), tensors.output, &bias, sum);
  if (activation.empty()) return graphOfOperations({&operation, &addition}, target, text(call));
  const Descriptor finished = output(kOutputId, false);
  const Descriptor last = pointwiseOperation(activation.front(), sum, nullptr, finished);
  return graphOfOperations({&operation, &addition, &last}, target, text(call));
}

std::vector<Descriptor> plansFor(const Descriptor& graph, const ConvolutionCall& call,
                                 const PlanTarget& target, int atMost) {
  constexpr std::int64_t kAsked = 32;
  std::vector<Descriptor> plans;
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    Descriptor heuristic(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    heuristic.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
    heuristic.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, &mode);
    if (target.described) heuristic.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *target.described);
    if (!heuristic.canFinalize()) continue;
    for (const Descriptor& configuration : heuristic.descriptors(
             CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR, kAsked)) {
      if (static_cast<int>(plans.size()) >= atMost) return plans;
      if (!isWelcome(configuration, call.precision)) continue;
      Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
      if (target.described) plan.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *target.described);
      if (target.handle)
        plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, &target.handle);
      if (plan.canFinalize()) plans.push_back(std::move(plan));
    }
    if (!plans.empty()) break;  // the others are slower
  }
  return plans;
}

Descriptor planFrom(const std::string& json, const PlanTarget& target) {
  Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  if (target.described) plan.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *target.described);
  if (target.handle) plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, &target.handle);
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, json);
  plan.finalize("a kept plan");
  return plan;
}

}  // namespace boxwright::cuda
