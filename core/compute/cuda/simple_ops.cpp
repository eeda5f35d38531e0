// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include "core/base/error.h"
#include "core/compute/cuda/ops.h"
#include "core/compute/dropout_mask.h"
#include "core/compute/reorg_map.h"

namespace boxwright::cuda {
namespace {

constexpr int kMostWindow = 15;  ///< a winner's place is a byte

/// What these have in common: backward reads neither inputs nor output, unless one says so.
class SimpleOp : public Op {
 public:
  SimpleOp(Device& device, TensorSpec output) : device_(device), output_(std::move(output)) {}

  TensorSpec outputSpec() const override { return output_; }
  bool backwardReadsInputs() const override { return false; }
  bool backwardReadsOutput() const override { return false; }

 protected:
  Queue queue() const { return device_.queue(); }

  Device& device_;
  TensorSpec output_;
};

class MaxPool : public SimpleOp {
 public:
  MaxPool(Device& device, const MaxPoolLayer& layer, const TensorSpec& input, TensorSpec output,
          bool training)
      : SimpleOp(device, std::move(output)), training_(training) {
    const Shape &in = input.shape, &out = output_.shape;
    shape_ = {in.n, in.h, in.w, out.h, out.w, layer.size, layer.stride, layer.padding / 2};
  }

  std::size_t savedBytes() const override {
    return training_ ? rowsOf(output_, nullptr).values() : 0;
  }
  void forward(OpTensors& tensors) override {
    maxPool(queue(), rowsOf(tensors.inputs[0]), shape_, rowsOf(tensors.output),
            training_ ? static_cast<std::uint8_t*>(tensors.saved) : nullptr);
  }
  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    maxPoolGradient(queue(), rowsOf(tensors.outputGradient), shape_,
                    static_cast<const std::uint8_t*>(tensors.saved),
                    rowsOf(tensors.inputGradients[0]), tensors.uses[0] == GradientUse::Add);
  }

 private:
  bool training_;
  PoolShape shape_;
};

class AveragePool : public SimpleOp {
 public:
  AveragePool(Device& device, const TensorSpec& input, TensorSpec output)
      : SimpleOp(device, std::move(output)), pixels_(pixelsOf(input.shape)) {}

  void forward(OpTensors& tensors) override {
    averagePool(queue(), rowsOf(tensors.inputs[0]), pixels_, rowsOf(tensors.output));
  }
  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    averagePoolGradient(queue(), rowsOf(tensors.outputGradient), pixels_,
                        rowsOf(tensors.inputGradients[0]), tensors.uses[0] == GradientUse::Add);
  }

 private:
  std::size_t pixels_;
};

class Concat : public SimpleOp {
 public:
  using SimpleOp::SimpleOp;

  void forward(OpTensors& tensors) override {
    const Rows to = rowsOf(tensors.output);
    if (to.channels != to.pitch) device_.clear(to.data, output_.bytes);
    int first = 0;
    for (const Tensor& input : tensors.inputs) {
      putChannels(queue(), rowsOf(input), to, first);
      first += input.spec.shape.c;
    }
  }
  void backward(OpTensors& tensors) override {
    int first = 0;
    for (std::size_t k = 0; k < tensors.inputGradients.size(); ++k) {
      const Tensor& to = tensors.inputGradients[k];
      if (tensors.uses[k] != GradientUse::None)
        takeChannels(queue(), rowsOf(tensors.outputGradient), first, rowsOf(to),
                     tensors.uses[k] == GradientUse::Add);
      first += to.spec.shape.c;
    }
  }
};

class Reorg : public SimpleOp {
 public:
  Reorg(Device& device, const ReorgLayer& layer, const TensorSpec& input, TensorSpec output)
      : SimpleOp(device, std::move(output)), inputEach_(each(input)), outputEach_(each(output_)) {
    const std::vector<std::size_t> map = reorgMap(input.shape, layer);
    std::vector<std::int32_t> to(outputEach_, -1), back(inputEach_, -1);
    for (std::size_t f = 0; f < map.size(); ++f) {
      const std::int32_t in = place(input, map[f]), out = place(output_, f);
      to[static_cast<std::size_t>(out)] = in;
      back[static_cast<std::size_t>(in)] = out;
    }
    forward_ = onDevice(to);
    backward_ = onDevice(back);
  }

  void forward(OpTensors& tensors) override {
    gather(queue(), rowsOf(tensors.inputs[0]), static_cast<const std::int32_t*>(forward_.get()),
           rowsOf(tensors.output), inputEach_, outputEach_, false);
  }
  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    gather(queue(), rowsOf(tensors.outputGradient),
           static_cast<const std::int32_t*>(backward_.get()), rowsOf(tensors.inputGradients[0]),
           outputEach_, inputEach_, tensors.uses[0] == GradientUse::Add);
  }

 private:
  /// Values of one picture, padding included.
  static std::size_t each(const TensorSpec& spec) {
    return rowsOf(spec, nullptr).values() / static_cast<std::size_t>(spec.shape.n);
  }
  /// Where value `flat` of a picture, in NCHW's order, lies.
  static std::int32_t place(const TensorSpec& spec, std::size_t flat) {
    const std::size_t pixels = pixelsOf(spec.shape);
    const auto pitch = static_cast<std::size_t>(rowsOf(spec, nullptr).pitch);
    return static_cast<std::int32_t>(flat % pixels * pitch + flat / pixels);
  }
  std::shared_ptr<void> onDevice(const std::vector<std::int32_t>& table) {
    const std::size_t bytes = table.size() * sizeof(std::int32_t);
    std::shared_ptr<void> memory = device_.allocate(bytes);
    device_.upload(table.data(), memory.get(), bytes);
    return memory;
  }

  std::size_t inputEach_, outputEach_;
  std::shared_ptr<void> forward_, backward_;
};

class AddOp : public SimpleOp {
 public:
  AddOp(Device& device, Activation activation, TensorSpec output)
      : SimpleOp(device, std::move(output)), activation_(activation) {}

  bool backwardReadsOutput() const override { return true; }
  void forward(OpTensors& tensors) override {
    addActivated(queue(), rowsOf(tensors.inputs[0]), rowsOf(tensors.inputs[1]),
                 rowsOf(tensors.output), activation_);
  }
  void backward(OpTensors& tensors) override {
    for (std::size_t k = 0; k < tensors.inputGradients.size(); ++k)
      if (tensors.uses[k] != GradientUse::None)
        addGradient(queue(), rowsOf(tensors.output), rowsOf(tensors.outputGradient),
                    rowsOf(tensors.inputGradients[k]), activation_,
                    tensors.uses[k] == GradientUse::Add);
  }

 private:
  Activation activation_;
};

class SoftmaxOp : public SimpleOp {
 public:
  SoftmaxOp(Device& device, const SoftmaxLayer& layer, TensorSpec output)
      : SimpleOp(device, std::move(output)),
        groups_(layer.groups),
        temperature_(static_cast<float>(layer.temperature)) {}

  bool backwardReadsOutput() const override { return true; }
  void forward(OpTensors& tensors) override {
    const Rows to = rowsOf(tensors.output);
    if (to.channels != to.pitch) device_.clear(to.data, output_.bytes);
    softmax(queue(), rowsOf(tensors.inputs[0]), pixelsOf(output_.shape), groups_, temperature_, to);
  }
  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    const Rows to = rowsOf(tensors.inputGradients[0]);
    const bool add = tensors.uses[0] == GradientUse::Add;
    if (!add && to.channels != to.pitch) device_.clear(to.data, output_.bytes);
    softmaxGradient(queue(), rowsOf(tensors.output), rowsOf(tensors.outputGradient),
                    pixelsOf(output_.shape), groups_, temperature_, to, add);
  }

 private:
  int groups_;
  float temperature_;
};

/// The mask is drawn on the host, the same on every backend.
class Dropout : public SimpleOp {
 public:
  Dropout(Device& device, const DropoutBlock& block, TensorSpec output, const StepNumbers* step)
      : SimpleOp(device, std::move(output)), block_(block), step_(step) {}

  bool isRecordable() const override { return false; }
  std::size_t savedBytes() const override {
    return rowsOf(output_, nullptr).values() * sizeof(float);
  }
  void forward(OpTensors& tensors) override {
    const Rows rows = rowsOf(tensors.output);
    std::vector<float> mask(rows.values(), step_ ? 0.0F : 1.0F);
    if (step_) {
      const std::vector<float> plain =
          dropoutMask(output_.shape, block_.probability, block_.seed, step_->iteration);
      const std::size_t pixels = pixelsOf(output_.shape);
      const auto channels = static_cast<std::size_t>(rows.channels);
      for (std::size_t i = 0; i < plain.size(); ++i) {
        const std::size_t row = i / pixels / channels * pixels + i % pixels;
        mask[row * static_cast<std::size_t>(rows.pitch) + i / pixels % channels] = plain[i];
      }
    }
    device_.upload(mask.data(), tensors.saved, mask.size() * sizeof(float));
    multiply(queue(), rowsOf(tensors.inputs[0]), static_cast<const float*>(tensors.saved), rows,
             false);
  }
  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    multiply(queue(), rowsOf(tensors.outputGradient), static_cast<const float*>(tensors.saved),
             rowsOf(tensors.inputGradients[0]), tensors.uses[0] == GradientUse::Add);
  }

 private:
  DropoutBlock block_;
  const StepNumbers* step_;
};

/// To dense NCHW.
class Output : public SimpleOp {
 public:
  Output(Device& device, const TensorSpec& input)
      : SimpleOp(device,
                 {input.shape, Precision::Float32, nullptr, input.shape.count() * sizeof(float)}) {}

  void forward(OpTensors& tensors) override {
    toPlain(queue(), rowsOf(tensors.inputs[0]), static_cast<float*>(tensors.output.data),
            pixelsOf(output_.shape), false);
  }
  void backward(OpTensors& tensors) override {
    if (tensors.uses[0] == GradientUse::None) return;
    fromPlain(queue(), static_cast<const float*>(tensors.outputGradient.data),
              rowsOf(tensors.inputGradients[0]), pixelsOf(output_.shape),
              tensors.uses[0] == GradientUse::Add);
  }
};

}  // namespace

std::unique_ptr<Op> makeMaxPool(Device& device, const MaxPoolLayer& layer, const TensorSpec& input,
                                const Shape& output, const OpContext& context) {
  if (layer.size > kMostWindow)
    throw Error("The cuda device pools windows of up to " + std::to_string(kMostWindow) + ", not " +
                    std::to_string(layer.size),
                context.name, "use the reference device");
  return std::make_unique<MaxPool>(device, layer, input, rowSpec(output, input.precision),
                                   context.mode == Mode::Training);
}

std::unique_ptr<Op> makeAveragePool(Device& device, const TensorSpec& input, const Shape& output) {
  return std::make_unique<AveragePool>(device, input, rowSpec(output, input.precision));
}

std::unique_ptr<Op> makeConcat(Device& device, std::span<const TensorSpec> inputs,
                               const Shape& output) {
  return std::make_unique<Concat>(device, rowSpec(output, inputs[0].precision));
}

std::unique_ptr<Op> makeReorg(Device& device, const ReorgLayer& layer, const TensorSpec& input,
                              const Shape& output) {
  return std::make_unique<Reorg>(device, layer, input, rowSpec(output, input.precision));
}

std::unique_ptr<Op> makeAdd(Device& device, Activation activation, const TensorSpec& input) {
  return std::make_unique<AddOp>(device, activation, input);
}

std::unique_ptr<Op> makeSoftmax(Device& device, const SoftmaxLayer& layer,
                                const TensorSpec& input) {
  return std::make_unique<SoftmaxOp>(device, layer, input);
}

std::unique_ptr<Op> makeDropout(Device& device, const DropoutBlock& block, const TensorSpec& input,
                                const StepNumbers* step) {
  return std::make_unique<Dropout>(device, block, input, step);
}

std::unique_ptr<Op> makeOutput(Device& device, const TensorSpec& input) {
  return std::make_unique<Output>(device, input);
}

}  // namespace boxwright::cuda
