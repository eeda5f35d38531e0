// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/compute/dropout_mask.h"
#include "core/compute/onednn/ops.h"
#include "core/compute/onednn/planes.h"

namespace boxwright::onednn {
namespace {

/// A tensor read value by value in any layout; for blocks too small or too rare to be worth
/// vectors.
struct Values {
  float* data;
  Blocks blocks;

  Values(const Tensor& tensor, const TensorSpec& spec)
      : data(static_cast<float*>(tensor.data)), blocks(onednn::blocksOf(spec)) {}
  float& at(int n, int c, std::size_t pixel) const {
    return data[static_cast<std::ptrdiff_t>(n) * blocks.pictureStride + offsetOf(blocks, c, pixel)];
  }
};

std::size_t pixelsOf(const Shape& shape) {
  return static_cast<std::size_t>(shape.h) * shape.w;
}

/// Runs body(n, c) for every channel of every picture.
template <typename Body>
void eachChannel(const Shape& shape, Body body) {
  parallelFor(static_cast<std::size_t>(shape.n) * shape.c, [&](std::size_t task) {
    body(static_cast<int>(task / static_cast<std::size_t>(shape.c)),
         static_cast<int>(task % static_cast<std::size_t>(shape.c)));
  });
}

/// Padding stays zero: cleared where a tensor is written value by value.
void clearPadding(const Tensor& tensor, const TensorSpec& spec) {
  if (onednn::blocksOf(spec).channels != spec.shape.c) std::memset(tensor.data, 0, spec.bytes);
}

class ValueOp : public Op {
 public:
  explicit ValueOp(TensorSpec output) : output_(std::move(output)) {}
  TensorSpec outputSpec() const override { return output_; }
  bool backwardReadsInputs() const override { return false; }
  bool backwardReadsOutput() const override { return false; }

 protected:
  /// Gives value(n, c, pixel) to the gradient of input k.
  template <typename Value>
  void give(const OpTensors& tensors, std::size_t k, Value value) const {
    if (tensors.uses[k] == GradientUse::None) return;
    const Tensor& gradient = tensors.inputGradients[k];
    const bool add = tensors.uses[k] == GradientUse::Add;
    if (!add) clearPadding(gradient, gradient.spec);
    const Values into(gradient, gradient.spec);
    eachChannel(gradient.spec.shape, [&](int n, int c) {
      for (std::size_t p = 0; p < pixelsOf(gradient.spec.shape); ++p) {
        float& to = into.at(n, c, p);
        to = (add ? to : 0) + value(n, c, p);
      }
    });
  }

  TensorSpec output_;
};

class Add : public ValueOp {
 public:
  Add(Activation activation, const TensorSpec& output) : ValueOp(output), activation_(activation) {}
  bool backwardReadsOutput() const override { return true; }

  void forward(OpTensors& tensors) override {
    const Values a(tensors.inputs[0], tensors.inputs[0].spec);
    const Values b(tensors.inputs[1], tensors.inputs[1].spec);
    const Values out(tensors.output, output_);
    clearPadding(tensors.output, output_);
    eachChannel(output_.shape, [&](int n, int c) {
      for (std::size_t p = 0; p < pixelsOf(output_.shape); ++p) {
        out.at(n, c, p) = activated(a.at(n, c, p) + b.at(n, c, p));
      }
    });
  }

  void backward(OpTensors& tensors) override {
    const Values out(tensors.output, output_);
    const Values delta(tensors.outputGradient, output_);
    for (std::size_t k = 0; k < 2; ++k) {
      give(tensors, k,
           [&](int n, int c, std::size_t p) { return delta.at(n, c, p) * slope(out.at(n, c, p)); });
    }
  }

 private:
  float activated(float x) const {
    switch (activation_) {
      case Activation::Leaky:
        return x > 0 ? x : 0.1F * x;
      case Activation::Relu:
        return x > 0 ? x : 0;
      case Activation::Logistic:
        return 1 / (1 + std::exp(-x));
      case Activation::Linear:
        break;
    }
    return x;
  }
  float slope(float y) const {
    switch (activation_) {
      case Activation::Leaky:
        return y > 0 ? 1 : 0.1F;
      case Activation::Relu:
        return y > 0 ? 1.0F : 0.0F;
      case Activation::Logistic:
        return y * (1 - y);
      case Activation::Linear:
        break;
    }
    return 1;
  }
  Activation activation_;
};

class AveragePool : public ValueOp {
 public:
  AveragePool(TensorSpec input, TensorSpec output)
      : ValueOp(std::move(output)), input_(std::move(input)) {}

  void forward(OpTensors& tensors) override {
    const Values in(tensors.inputs[0], input_);
    const Values out(tensors.output, output_);
    const std::size_t pixels = pixelsOf(input_.shape);
    eachChannel(output_.shape, [&](int n, int c) {
      double sum = 0;
      for (std::size_t p = 0; p < pixels; ++p)
        sum += in.at(n, c, p);
      out.at(n, c, 0) = static_cast<float>(sum / static_cast<double>(pixels));
    });
  }

  void backward(OpTensors& tensors) override {
    const Values delta(tensors.outputGradient, output_);
    const auto pixels = static_cast<float>(pixelsOf(input_.shape));
    give(tensors, 0, [&](int n, int c, std::size_t) { return delta.at(n, c, 0) / pixels; });
  }

 private:
  TensorSpec input_;
};

class Softmax : public ValueOp {
 public:
  Softmax(const SoftmaxLayer& layer, const TensorSpec& input)
      : ValueOp(specOf(input.shape, plainDesc(dimsOf(input.shape)))),
        layer_(layer),
        input_(input),
        run_(static_cast<std::size_t>(input.shape.c) * pixelsOf(input.shape) /
             static_cast<std::size_t>(layer.groups)) {}
  bool backwardReadsOutput() const override { return true; }

  void forward(OpTensors& tensors) override {
    const Values in(tensors.inputs[0], input_);
    auto* out = static_cast<float*>(tensors.output.data);
    const std::size_t pixels = pixelsOf(input_.shape);
    eachChannel(input_.shape, [&](int n, int c) {
      float* to = out + (static_cast<std::size_t>(n) * input_.shape.c + c) * pixels;
      for (std::size_t p = 0; p < pixels; ++p)
        to[p] = in.at(n, c, p);
    });
    parallelFor(input_.shape.count() / run_, [&](std::size_t task) {
      float* x = out + task * run_;
      const double largest = *std::max_element(x, x + run_);
      double sum = 0;
      for (std::size_t i = 0; i < run_; ++i) {
        sum += std::exp((x[i] - largest) / layer_.temperature);
      }
      for (std::size_t i = 0; i < run_; ++i) {
        x[i] = static_cast<float>(std::exp((x[i] - largest) / layer_.temperature) / sum);
      }
    });
  }

  void backward(OpTensors& tensors) override {
    const auto* out = static_cast<const float*>(tensors.output.data);
    auto* delta = static_cast<float*>(tensors.outputGradient.data);
    parallelFor(input_.shape.count() / run_, [&](std::size_t task) {
      const float* y = out + task * run_;
      float* d = delta + task * run_;
      double sum = 0;
      for (std::size_t i = 0; i < run_; ++i)
        sum += static_cast<double>(y[i]) * d[i];
      for (std::size_t i = 0; i < run_; ++i) {
        d[i] = static_cast<float>(y[i] * (d[i] - sum) / layer_.temperature);
      }
    });
    const Values given(tensors.outputGradient, output_);
    give(tensors, 0, [&](int n, int c, std::size_t p) { return given.at(n, c, p); });
  }

 private:
  SoftmaxLayer layer_;
  TensorSpec input_;
  std::size_t run_;
};

class Dropout : public ValueOp {
 public:
  Dropout(const DropoutBlock& block, const TensorSpec& input, const StepNumbers* step)
      : ValueOp(input), block_(block), step_(step) {}

  void forward(OpTensors& tensors) override {
    const Values in(tensors.inputs[0], output_);
    const Values out(tensors.output, output_);
    if (step_) {
      mask_ = dropoutMask(output_.shape, block_.probability, block_.seed, step_->iteration);
    } else {
      mask_.assign(output_.shape.count(), 1);
    }
    clearPadding(tensors.output, output_);
    eachChannel(output_.shape, [&](int n, int c) {
      for (std::size_t p = 0; p < pixelsOf(output_.shape); ++p) {
        out.at(n, c, p) = in.at(n, c, p) * factor(n, c, p);
      }
    });
  }

  void backward(OpTensors& tensors) override {
    const Values delta(tensors.outputGradient, output_);
    give(tensors, 0,
         [&](int n, int c, std::size_t p) { return delta.at(n, c, p) * factor(n, c, p); });
  }

 private:
  float factor(int n, int c, std::size_t p) const {
    return mask_[(static_cast<std::size_t>(n) * output_.shape.c + c) * pixelsOf(output_.shape) + p];
  }
  DropoutBlock block_;
  const StepNumbers* step_;
  std::vector<float> mask_;
};

}  // namespace

std::unique_ptr<Op> makeAdd(Activation activation, const TensorSpec& first) {
  return std::make_unique<Add>(activation, first);
}

std::unique_ptr<Op> makeAveragePool(const TensorSpec& input, const Shape& output) {
  return std::make_unique<AveragePool>(input, specOf(output, plainDesc(dimsOf(output))));
}

std::unique_ptr<Op> makeSoftmax(const SoftmaxLayer& layer, const TensorSpec& input) {
  return std::make_unique<Softmax>(layer, input);
}

std::unique_ptr<Op> makeDropout(const DropoutBlock& block, const TensorSpec& input,
                                const StepNumbers* step) {
  return std::make_unique<Dropout>(block, input, step);
}

}  // namespace boxwright::onednn
