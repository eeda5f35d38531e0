// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string>

#include "core/base/error.h"
#include "core/compute/cuda/ops.h"
#include "core/compute/cuda/packed.h"

namespace boxwright::cuda {
namespace {

float* floats(const std::shared_ptr<Parameter>& parameter) {
  return static_cast<float*>(parameter->master.get());
}

float* gradientOf(const std::shared_ptr<Parameter>& parameter) {
  return static_cast<float*>(parameter->gradient.get());
}

/// Channels that do not fill a row to its end are padded with zeros where that gives the same: not
/// in groups, whose channels would be others'.
ConvolutionCall callOf(const ConvolutionBlock& block, const Shape& in, const Shape& out,
                       Precision precision) {
  const ConvolutionLayer& layer = block.layer;
  const bool pads = layer.groups == 1;
  ConvolutionCall call;
  call.n = in.n;
  call.inputPitch = pitchOf(in.c);
  call.channels = pads ? call.inputPitch : in.c;
  call.filled = in.c;
  call.height = in.h;
  call.width = in.w;
  call.outputPitch = pitchOf(out.c);
  call.filters = pads ? call.outputPitch : out.c;
  call.outHeight = out.h;
  call.outWidth = out.w;
  call.size = layer.size;
  call.stride = layer.stride;
  call.padding = layer.padding;
  call.groups = layer.groups;
  call.precision = precision;
  return call;
}

WeightShape weightsOf(const ConvolutionBlock& block, const Shape& in, const ConvolutionCall& call) {
  const int groups = block.layer.groups;
  return {block.layer.filters, in.c / groups, block.layer.size, call.filters,
          call.channels / groups};
}

/// A convolution with its bias and activation: in one where the card has that, else our own pass
/// behind it.
class FinishedConvolution {
 public:
  FinishedConvolution(Device& device, ConvolutionCall call, Activation activation)
      : device_(device), activation_(activation) {
    const bool padded = call.outputPitch != call.filters;
    // What is padded with zeros would not stay so.
    if (activation != Activation::Logistic && !padded) {
      ConvolutionCall whole = call;
      whole.finishes = true;
      whole.activation = activation;
      convolution_ = device.prepare(whole);
      finishes_ = convolution_ != nullptr;
    }
    if (!convolution_) convolution_ = device.prepare(call);
  }

  std::size_t workspaceBytes() const { return convolution_->workspaceBytes(); }
  /// What it writes beyond the call's filters, in a pass behind the convolution, are zeros.
  void run(void* input, void* weights, const float* bias, const Rows& output, void* workspace) {
    convolution_->run({input, weights, output.data, finishes_ ? bias : nullptr}, workspace);
    if (!finishes_) finish(device_.queue(), output, bias, activation_);
  }

 private:
  Device& device_;
  Activation activation_;
  std::shared_ptr<Convolution> convolution_;
  bool finishes_ = false;
};

/// Grouped convolutions leave the padding of what they write as it is.
void clearPadding(Device& device, const ConvolutionCall& call, const Rows& rows, bool ofInput) {
  const int written = ofInput ? call.channels : call.filters;
  if (written == rows.pitch) return;
  device.clear(rows.data, rows.values() * bytesOf(rows.precision));
}

class InferenceConvolution : public Op {
 public:
  InferenceConvolution(Device& device, const ConvolutionBlock& block, const TensorSpec& input,
                       const Shape& output, const OpContext& context)
      : device_(device),
        name_(context.name),
        spec_(rowSpec(output, context.precision)),
        call_(callOf(block, input.shape, output, context.precision)),
        convolution_(device, call_, block.layer.activation) {
    const ConvolutionParameters& p = block.parameters;
    const int pitch = call_.outputPitch;
    const std::size_t vector = static_cast<std::size_t>(pitch) * sizeof(float);
    const WeightShape shape = weightsOf(block, input.shape, call_);
    weights_ = device.allocate(packedBytes(shape, context.precision));
    biases_ = device.allocate(vector);
    auto* const biases = static_cast<float*>(biases_.get());
    std::shared_ptr<void> folding;
    const float* factor = nullptr;
    if (block.layer.batchNormalize) {
      folding = device.allocate(3 * vector);
      auto* const memory = static_cast<float*>(folding.get());
      useRollingStatistics(device.queue(), output.c, pitch, block.batchNorm, floats(p.scales),
                           floats(p.biases), floats(p.rollingMean), floats(p.rollingVariance),
                           {memory, memory + pitch, memory + 2 * pitch, biases});
      factor = memory + 2 * pitch;
    } else {
      packVector(device.queue(), floats(p.biases), output.c, pitch, biases);
    }
    packWeights(device.queue(), floats(p.weights), factor, shape, context.precision,
                weights_.get());
    device.wait();  // what is folded with and what was folded may go now
  }

  TensorSpec outputSpec() const override { return spec_; }
  std::size_t scratchBytes() const override { return convolution_.workspaceBytes(); }
  void forward(OpTensors& tensors) override {
    const Rows output = rowsOf(tensors.output);
    clearPadding(device_, call_, output, false);
    convolution_.run(tensors.inputs[0].data, weights_.get(),
                     static_cast<const float*>(biases_.get()), output, tensors.scratch);
  }
  void backward(OpTensors&) override { throw Error("Prepared for inference only", name_); }

 private:
  Device& device_;
  std::string name_;
  TensorSpec spec_;
  ConvolutionCall call_;
  FinishedConvolution convolution_;
  std::shared_ptr<void> weights_, biases_;
};

/// What training without and with batch norm have in common: the gradients of weights and input.
class TrainingConvolution : public Op {
 public:
  TrainingConvolution(Device& device, const ConvolutionBlock& block, const TensorSpec& input,
                      const Shape& output, const OpContext& context)
      : device_(device),
        block_(block),
        input_(input),
        spec_(rowSpec(output, context.precision)),
        call_(callOf(block, input.shape, output, context.precision)),
        shape_(weightsOf(block, input.shape, call_)) {
    weights_ = packedWeights(device, *block.parameters.weights, shape_, call_.precision);
    ConvolutionCall call = call_;
    if (!block.frozen) {
      call.kind = ConvolutionCall::Kind::WeightGradient;
      weightGradient_ = device.prepare(call);
    }
    if (block.inputNeedsGradient) {
      call.kind = ConvolutionCall::Kind::InputGradient;
      inputGradient_ = device.prepare(call);
    }
  }

  TensorSpec outputSpec() const override { return spec_; }
  std::size_t scratchBytes() const override {
    Cutter forward(nullptr), backward(nullptr);
    forward.cut(forwardBytes());
    cutBackward(backward);
    return std::max(forward.used(), backward.used());
  }

  void backward(OpTensors& tensors) override {
    Cutter cutter(tensors.scratch);
    const Scratch scratch = cutBackward(cutter);
    toRaw(tensors, scratch);
    const Rows delta = rowsOf(tensors.outputGradient);
    if (weightGradient_) {
      weightGradient_->run({tensors.inputs[0].data, scratch.weights, delta.data, nullptr},
                           scratch.workspace);
      addWeightGradient(device_.queue(), scratch.weights, shape_, call_.precision,
                        gradientOf(block_.parameters.weights));
    }
    if (tensors.uses[0] == GradientUse::None) return;
    const Rows to = rowsOf(tensors.inputGradients[0]);
    Rows written = to;
    if (tensors.uses[0] == GradientUse::Add) written.data = scratch.input;
    clearPadding(device_, call_, written, true);
    inputGradient_->run({written.data, weights_->data(), delta.data, nullptr}, scratch.workspace);
    if (tensors.uses[0] == GradientUse::Add) addRows(device_.queue(), written, to);
  }

 protected:
  struct Scratch {
    char *workspace = nullptr, *sums = nullptr, *weights = nullptr, *input = nullptr;
    float* coefficients = nullptr;
  };

  virtual std::size_t forwardBytes() const = 0;
  /// Makes of the output's gradient that of the convolution's own output, in place, and adds to the
  /// gradients of everything but the weights.
  virtual void toRaw(OpTensors& tensors, const Scratch& scratch) = 0;

  std::size_t vectorBytes() const {
    return static_cast<std::size_t>(call_.outputPitch) * sizeof(float);
  }
  std::size_t sumsBytes() const { return sumBytes(rowsOf(spec_, nullptr).rows, call_.outputPitch); }

  Device& device_;
  ConvolutionBlock block_;
  TensorSpec input_, spec_;
  ConvolutionCall call_;
  WeightShape shape_;
  std::shared_ptr<PackedCopy> weights_;

 private:
  Scratch cutBackward(Cutter& cutter) const {
    Scratch scratch;
    std::size_t workspace = 0;
    for (const auto* convolution : {&weightGradient_, &inputGradient_})
      if (*convolution) workspace = std::max(workspace, (*convolution)->workspaceBytes());
    scratch.workspace = cutter.cut(workspace);
    scratch.sums = cutter.cut(sumsBytes());
    scratch.coefficients = cutter.cut<float>(3 * vectorBytes());
    scratch.weights = cutter.cut(packedBytes(shape_, call_.precision));
    if (inputGradient_) scratch.input = cutter.cut(input_.bytes);
    return scratch;
  }

  std::shared_ptr<Convolution> weightGradient_, inputGradient_;
};

class PlainTraining : public TrainingConvolution {
 public:
  PlainTraining(Device& device, const ConvolutionBlock& block, const TensorSpec& input,
                const Shape& output, const OpContext& context)
      : TrainingConvolution(device, block, input, output, context),
        convolution_(device, call_, block.layer.activation),
        biases_(packedVector(device, *block.parameters.biases, call_.outputPitch)) {}

  bool backwardReadsOutput() const override {
    return block_.layer.activation != Activation::Linear;
  }
  void forward(OpTensors& tensors) override {
    const Rows output = rowsOf(tensors.output);
    clearPadding(device_, call_, output, false);
    convolution_.run(tensors.inputs[0].data, weights_->data(),
                     static_cast<const float*>(biases_->data()), output, tensors.scratch);
  }

 protected:
  std::size_t forwardBytes() const override { return convolution_.workspaceBytes(); }
  void toRaw(OpTensors& tensors, const Scratch& scratch) override {
    const Rows delta = rowsOf(tensors.outputGradient);
    if (block_.layer.activation != Activation::Linear)
      unfinish(device_.queue(), rowsOf(tensors.output), delta, block_.layer.activation);
    addSums(device_.queue(), delta, scratch.sums, gradientOf(block_.parameters.biases));
  }

 private:
  FinishedConvolution convolution_;
  std::shared_ptr<PackedCopy> biases_;
};

class NormalisedTraining : public TrainingConvolution {
 public:
  NormalisedTraining(Device& device, const ConvolutionBlock& block, const TensorSpec& input,
                     const Shape& output, const OpContext& context, const float* momentum)
      : TrainingConvolution(device, block, input, output, context),
        convolution_(device.prepare(call_)),
        momentum_(momentum) {}

  bool backwardReadsOutput() const override { return false; }
  std::size_t savedBytes() const override {
    Cutter cutter(nullptr);
    cutSaved(cutter);
    return cutter.used();
  }

  void forward(OpTensors& tensors) override {
    Cutter saved(tensors.saved), scratch(tensors.scratch);
    const Saved parts = cutSaved(saved);
    char* const workspace = scratch.cut(convolution_->workspaceBytes());
    clearPadding(device_, call_, parts.raw, false);
    convolution_->run({tensors.inputs[0].data, weights_->data(), parts.raw.data, nullptr},
                      workspace);
    const ConvolutionParameters& p = block_.parameters;
    if (block_.frozen) {
      useRollingStatistics(device_.queue(), spec_.shape.c, call_.outputPitch, block_.batchNorm,
                           floats(p.scales), floats(p.biases), floats(p.rollingMean),
                           floats(p.rollingVariance), parts.norm);
    } else {
      takeStatistics(device_.queue(), parts.raw, scratch.cut(sumsBytes()), block_.batchNorm,
                     momentum_, floats(p.scales), floats(p.biases), floats(p.rollingMean),
                     floats(p.rollingVariance), parts.norm);
    }
    normalise(device_.queue(), parts.raw, parts.norm, block_.layer.activation,
              rowsOf(tensors.output));
  }

 protected:
  std::size_t forwardBytes() const override {
    Cutter cutter(nullptr);
    cutter.cut(convolution_->workspaceBytes());
    cutter.cut(sumsBytes());
    return cutter.used();
  }
  void toRaw(OpTensors& tensors, const Scratch& scratch) override {
    Cutter saved(tensors.saved);
    const Saved parts = cutSaved(saved);
    const ConvolutionParameters& p = block_.parameters;
    normaliseGradient(device_.queue(), parts.raw, parts.norm, block_.layer.activation,
                      block_.batchNorm, floats(p.scales), scratch.sums, scratch.coefficients,
                      gradientOf(p.scales), gradientOf(p.biases), rowsOf(tensors.outputGradient));
  }

 private:
  /// Kept from forward to backward.
  struct Saved {
    Rows raw;  ///< the convolution before batch norm
    NormVectors norm;
  };

  Saved cutSaved(Cutter& cutter) const {
    Saved parts;
    parts.raw = rowsOf(spec_, cutter.cut(spec_.bytes));
    for (float** const vector :
         {&parts.norm.mean, &parts.norm.inverse, &parts.norm.factor, &parts.norm.shift})
      *vector = cutter.cut<float>(vectorBytes());
    return parts;
  }

  std::shared_ptr<Convolution> convolution_;
  const float* momentum_;
};

}  // namespace

std::unique_ptr<Op> makeConvolution(Device& device, const ConvolutionBlock& block,
                                    const TensorSpec& input, const Shape& output,
                                    const OpContext& context, const float* momentum) {
  if (context.mode == Mode::Inference)
    return std::make_unique<InferenceConvolution>(device, block, input, output, context);
  if (!block.layer.batchNormalize)
    return std::make_unique<PlainTraining>(device, block, input, output, context);
  return std::make_unique<NormalisedTraining>(device, block, input, output, context, momentum);
}

}  // namespace boxwright::cuda
