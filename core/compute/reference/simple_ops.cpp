// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/compute/dropout_mask.h"
#include "core/compute/reference/activate.h"
#include "core/compute/reference/reference_ops.h"
#include "core/compute/reorg_map.h"

namespace boxwright::reference {
namespace {

template <typename T>
class SimpleOp : public Op {
 public:
  SimpleOp(std::span<const TensorSpec> inputs, TensorSpec output)
      : inputs_(inputs.begin(), inputs.end()), output_(std::move(output)) {}

  TensorSpec outputSpec() const override { return output_; }
  bool backwardReadsInputs() const override { return false; }
  bool backwardReadsOutput() const override { return false; }

  void backward(OpTensors& tensors) override {
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      if (tensors.uses[k] == GradientUse::None) continue;
      T* into = static_cast<T*>(tensors.inputGradients[k].data);
      if (tensors.uses[k] == GradientUse::Write) std::fill_n(into, shape(k).count(), T(0));
      addGradient(tensors, k, into);
    }
  }

 protected:
  /// Adds to the gradient of input k.
  virtual void addGradient(const OpTensors& tensors, std::size_t k, T* into) = 0;

  const Shape& shape(std::size_t k) const { return inputs_[k].shape; }
  const Shape& outShape() const { return output_.shape; }
  static const T* in(const OpTensors& t, std::size_t k) {
    return static_cast<const T*>(t.inputs[k].data);
  }
  static T* out(const OpTensors& t) { return static_cast<T*>(t.output.data); }
  static T* delta(const OpTensors& t) { return static_cast<T*>(t.outputGradient.data); }

 private:
  std::vector<TensorSpec> inputs_;
  TensorSpec output_;
};

template <typename T>
class AveragePool : public SimpleOp<T> {
 public:
  using SimpleOp<T>::SimpleOp;
  void forward(OpTensors& t) override {
    const std::size_t area = std::size_t(this->shape(0).h) * this->shape(0).w;
    for (std::size_t i = 0; i < this->outShape().count(); ++i) {
      double sum = 0;
      for (std::size_t p = 0; p < area; ++p)
        sum += this->in(t, 0)[i * area + p];
      this->out(t)[i] = static_cast<T>(sum / static_cast<double>(area));
    }
  }

 protected:
  void addGradient(const OpTensors& t, std::size_t, T* into) override {
    const std::size_t area = std::size_t(this->shape(0).h) * this->shape(0).w;
    for (std::size_t i = 0; i < this->shape(0).count(); ++i) {
      into[i] += this->delta(t)[i / area] / static_cast<T>(area);
    }
  }
};

template <typename T>
class Concat : public SimpleOp<T> {
 public:
  using SimpleOp<T>::SimpleOp;
  void forward(OpTensors& t) override {
    for (std::size_t k = 0; k < t.inputs.size(); ++k) {
      pieces(t, k, [&](std::size_t from, std::size_t to, std::size_t count) {
        std::copy_n(this->in(t, k) + from, count, this->out(t) + to);
      });
    }
  }

 protected:
  void addGradient(const OpTensors& t, std::size_t k, T* into) override {
    pieces(t, k, [&](std::size_t at, std::size_t from, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i)
        into[at + i] += this->delta(t)[from + i];
    });
  }

 private:
  /// Calls visit(offset in input k, offset in the output, count) for every picture.
  template <typename Visit>
  void pieces(const OpTensors& t, std::size_t k, Visit visit) const {
    const Shape& out = this->outShape();
    const std::size_t area = std::size_t(out.h) * out.w;
    std::size_t before = 0;
    for (std::size_t i = 0; i < k; ++i)
      before += static_cast<std::size_t>(t.inputs[i].spec.shape.c);
    const std::size_t count = static_cast<std::size_t>(this->shape(k).c) * area;
    for (std::size_t n = 0; n < std::size_t(out.n); ++n) {
      visit(n * count, (n * std::size_t(out.c) + before) * area, count);
    }
  }
};

template <typename T>
class Reorg : public SimpleOp<T> {
 public:
  Reorg(const ReorgLayer& layer, std::span<const TensorSpec> inputs, TensorSpec output)
      : SimpleOp<T>(inputs, std::move(output)), map_(reorgMap(inputs[0].shape, layer)) {}
  void forward(OpTensors& t) override {
    for (std::size_t i = 0; i < this->outShape().count(); ++i) {
      this->out(t)[i] = this->in(t, 0)[source(i)];
    }
  }

 protected:
  void addGradient(const OpTensors& t, std::size_t, T* into) override {
    for (std::size_t i = 0; i < this->outShape().count(); ++i)
      into[source(i)] += this->delta(t)[i];
  }

 private:
  std::size_t source(std::size_t i) const {
    return i / map_.size() * map_.size() + map_[i % map_.size()];
  }
  std::vector<std::size_t> map_;
};

template <typename T>
class Add : public SimpleOp<T> {
 public:
  Add(Activation activation, std::span<const TensorSpec> inputs, TensorSpec output)
      : SimpleOp<T>(inputs, std::move(output)), activation_(activation) {}
  bool backwardReadsOutput() const override { return true; }
  void forward(OpTensors& t) override {
    for (std::size_t i = 0; i < this->outShape().count(); ++i) {
      this->out(t)[i] = activate(activation_, this->in(t, 0)[i] + this->in(t, 1)[i]);
    }
  }

 protected:
  void addGradient(const OpTensors& t, std::size_t, T* into) override {
    for (std::size_t i = 0; i < this->outShape().count(); ++i) {
      into[i] += this->delta(t)[i] * activationSlope(activation_, this->out(t)[i]);
    }
  }

 private:
  Activation activation_;
};

/// Darknet's softmax layer: each picture's values in `groups` consecutive runs, x / temperature.
template <typename T>
class Softmax : public SimpleOp<T> {
 public:
  Softmax(const SoftmaxLayer& layer, std::span<const TensorSpec> inputs, TensorSpec output)
      : SimpleOp<T>(inputs, std::move(output)), layer_(layer) {}
  bool backwardReadsOutput() const override { return true; }
  void forward(OpTensors& t) override {
    const std::size_t size = run();
    for (std::size_t start = 0; start < this->outShape().count(); start += size) {
      const T* x = this->in(t, 0) + start;
      const double largest = *std::max_element(x, x + size);
      double sum = 0;
      for (std::size_t i = 0; i < size; ++i)
        sum += std::exp((x[i] - largest) / layer_.temperature);
      for (std::size_t i = 0; i < size; ++i) {
        this->out(t)[start + i] =
            static_cast<T>(std::exp((x[i] - largest) / layer_.temperature) / sum);
      }
    }
  }

 protected:
  void addGradient(const OpTensors& t, std::size_t, T* into) override {
    const std::size_t size = run();
    for (std::size_t start = 0; start < this->outShape().count(); start += size) {
      const T* y = this->out(t) + start;
      const T* d = this->delta(t) + start;
      double sum = 0;
      for (std::size_t i = 0; i < size; ++i)
        sum += static_cast<double>(y[i]) * d[i];
      for (std::size_t i = 0; i < size; ++i) {
        into[start + i] += static_cast<T>(y[i] * (d[i] - sum) / layer_.temperature);
      }
    }
  }

 private:
  std::size_t run() const {
    const Shape& s = this->outShape();
    return std::size_t(s.c) * s.h * s.w / static_cast<std::size_t>(layer_.groups);
  }
  SoftmaxLayer layer_;
};

template <typename T>
class Dropout : public SimpleOp<T> {
 public:
  Dropout(const DropoutBlock& block, std::span<const TensorSpec> inputs, TensorSpec output,
          const StepNumbers* step)
      : SimpleOp<T>(inputs, std::move(output)), block_(block), step_(step) {}
  void forward(OpTensors& t) override {
    const std::size_t count = this->outShape().count();
    if (step_) {
      mask_ = dropoutMask(this->outShape(), block_.probability, block_.seed, step_->iteration);
    } else {
      mask_.assign(count, 1);
    }
    for (std::size_t i = 0; i < count; ++i)
      this->out(t)[i] = this->in(t, 0)[i] * mask_[i];
  }

 protected:
  void addGradient(const OpTensors& t, std::size_t, T* into) override {
    for (std::size_t i = 0; i < mask_.size(); ++i)
      into[i] += this->delta(t)[i] * mask_[i];
  }

 private:
  DropoutBlock block_;
  const StepNumbers* step_;
  std::vector<float> mask_;
};

/// The head leaves the graph: already dense NCHW.
template <typename T>
class Output : public SimpleOp<T> {
 public:
  using SimpleOp<T>::SimpleOp;
  void forward(OpTensors& t) override {
    std::copy_n(this->in(t, 0), this->outShape().count(), this->out(t));
  }

 protected:
  void addGradient(const OpTensors& t, std::size_t, T* into) override {
    for (std::size_t i = 0; i < this->outShape().count(); ++i)
      into[i] += this->delta(t)[i];
  }
};

template <typename T>
struct Make {
  std::span<const TensorSpec> inputs;
  const TensorSpec& output;
  const OpContext& context;

  std::unique_ptr<Op> operator()(const ConvolutionBlock& block) const {
    return block.pool ? makePooledConvolution(block, inputs[0], output, context)
                      : makeConvolution(block, inputs[0], output, context);
  }
  std::unique_ptr<Op> operator()(const MaxPoolBlock& block) const {
    return makeMaxPool(block.layer, inputs[0], output);
  }
  std::unique_ptr<Op> operator()(const AveragePoolBlock&) const {
    return std::make_unique<AveragePool<T>>(inputs, output);
  }
  std::unique_ptr<Op> operator()(const ConcatBlock&) const {
    return std::make_unique<Concat<T>>(inputs, output);
  }
  std::unique_ptr<Op> operator()(const ReorgBlock& block) const {
    return std::make_unique<Reorg<T>>(block.layer, inputs, output);
  }
  std::unique_ptr<Op> operator()(const AddBlock& block) const {
    return std::make_unique<Add<T>>(block.activation, inputs, output);
  }
  std::unique_ptr<Op> operator()(const SoftmaxBlock& block) const {
    return std::make_unique<Softmax<T>>(block.layer, inputs, output);
  }
  std::unique_ptr<Op> operator()(const DropoutBlock& block) const {
    const StepNumbers* step = context.mode == Mode::Training ? context.step : nullptr;
    return std::make_unique<Dropout<T>>(block, inputs, output, step);
  }
  std::unique_ptr<Op> operator()(const OutputBlock&) const {
    return std::make_unique<Output<T>>(inputs, output);
  }
};

}  // namespace

std::unique_ptr<Op> makeOp(const OpSpec& spec, std::span<const TensorSpec> inputs,
                           const TensorSpec& output, const OpContext& context) {
  if (context.precision == Precision::Float64) {
    return std::visit(Make<double>{inputs, output, context}, spec);
  }
  return std::visit(Make<float>{inputs, output, context}, spec);
}

}  // namespace boxwright::reference
