// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/compute/reference/activate.h"
#include "core/compute/reference/reference_ops.h"

namespace boxwright::reference {
namespace {

/// Convolution, batch norm, bias and activation in turn (spec section 3). Training with batch norm
/// keeps the convolution's raw output, the means and the normalisers, unless the block is frozen.
template <typename T>
class Convolution : public Op {
 public:
  Convolution(const ConvolutionBlock& block, TensorSpec input, TensorSpec output, Mode mode,
              const StepNumbers* step)
      : block_(block),
        input_(std::move(input)),
        output_(std::move(output)),
        ownStatistics_(mode == Mode::Training && block.layer.batchNormalize && !block.frozen),
        step_(step) {}

  TensorSpec outputSpec() const override { return output_; }
  std::size_t savedBytes() const override {
    if (!ownStatistics_) return 0;
    return output_.shape.count() * sizeof(T) + 2 * sizeof(double) * channels();
  }

  void forward(OpTensors& tensors) override {
    T* out = static_cast<T*>(tensors.output.data);
    const bool normalised = block_.layer.batchNormalize;
    T* raw = ownStatistics_ ? static_cast<T*>(tensors.saved) : out;
    convolve(static_cast<const T*>(tensors.inputs[0].data), raw);
    if (ownStatistics_) {
      trainingNorm(raw, statistics(tensors.saved), out);
    } else {
      const T* bias = values(block_.parameters.biases);
      for (std::size_t c = 0; c < channels(); ++c) {
        double scale = 1;
        double shift = bias[c];
        if (normalised) {
          scale = scales()[c] / normaliser(block_.batchNorm, rollingVariance()[c]);
          shift -= scale * rollingMean()[c];
        }
        each(c, [&](std::size_t i) { out[i] = static_cast<T>(scale * raw[i] + shift); });
      }
    }
    const std::size_t count = output_.shape.count();
    for (std::size_t i = 0; i < count; ++i)
      out[i] = activate(block_.layer.activation, out[i]);
  }

  void backward(OpTensors& tensors) override {
    T* delta = static_cast<T*>(tensors.outputGradient.data);
    const T* out = static_cast<const T*>(tensors.output.data);
    const std::size_t count = output_.shape.count();
    for (std::size_t i = 0; i < count; ++i) {
      delta[i] *= activationSlope(block_.layer.activation, out[i]);
    }
    T* biasGradient = gradient(block_.parameters.biases);
    for (std::size_t c = 0; c < channels(); ++c) {
      double sum = 0;
      each(c, [&](std::size_t i) { sum += delta[i]; });
      biasGradient[c] += static_cast<T>(sum);
      if (block_.layer.batchNormalize) {
        normBackward(c, sum, static_cast<const T*>(tensors.saved), statistics(tensors.saved),
                     delta);
      }
    }
    weightGradient(static_cast<const T*>(tensors.inputs[0].data), delta);
    if (tensors.uses[0] != GradientUse::None) {
      T* inputGradient = static_cast<T*>(tensors.inputGradients[0].data);
      if (tensors.uses[0] == GradientUse::Write) {
        std::fill_n(inputGradient, input_.shape.count(), static_cast<T>(0));
      }
      addInputGradient(delta, inputGradient);
    }
  }

 private:
  std::size_t channels() const { return static_cast<std::size_t>(output_.shape.c); }
  static T* values(const std::shared_ptr<Parameter>& p) { return static_cast<T*>(p->master.get()); }
  static T* gradient(const std::shared_ptr<Parameter>& p) {
    return static_cast<T*>(p->gradient.get());
  }
  T* scales() const { return values(block_.parameters.scales); }
  T* rollingMean() const { return values(block_.parameters.rollingMean); }
  T* rollingVariance() const { return values(block_.parameters.rollingVariance); }
  double* statistics(void* saved) const {
    return reinterpret_cast<double*>(static_cast<T*>(saved) + output_.shape.count());
  }

  /// Calls visit with the index of every value of channel c.
  template <typename Visit>
  void each(std::size_t c, Visit visit) const {
    const Shape& s = output_.shape;
    const std::size_t area = std::size_t(s.h) * s.w;
    for (std::size_t n = 0; n < std::size_t(s.n); ++n) {
      const std::size_t start = (n * channels() + c) * area;
      for (std::size_t i = 0; i < area; ++i)
        visit(start + i);
    }
  }

  /// Calls visit(input index, weight index) for every product of output (n, c, y, x).
  template <typename Visit>
  void taps(int n, int c, int y, int x, Visit visit) const {
    const ConvolutionLayer& layer = block_.layer;
    const Shape& in = input_.shape;
    const int groupChannels = in.c / layer.groups;
    const int first = c / (layer.filters / layer.groups) * groupChannels;
    for (int k = 0; k < groupChannels; ++k) {
      for (int v = 0; v < layer.size; ++v) {
        const int row = y * layer.stride - layer.padding + v;
        if (row < 0 || row >= in.h) continue;
        for (int u = 0; u < layer.size; ++u) {
          const int column = x * layer.stride - layer.padding + u;
          if (column < 0 || column >= in.w) continue;
          visit(((std::size_t(n) * in.c + first + k) * in.h + row) * in.w + column,
                ((std::size_t(c) * groupChannels + k) * layer.size + v) * layer.size + u);
        }
      }
    }
  }

  template <typename Visit>
  void outputs(Visit visit) const {
    const Shape& s = output_.shape;
    std::size_t index = 0;
    for (int n = 0; n < s.n; ++n) {
      for (int c = 0; c < s.c; ++c) {
        for (int y = 0; y < s.h; ++y) {
          for (int x = 0; x < s.w; ++x)
            visit(index++, n, c, y, x);
        }
      }
    }
  }

  void convolve(const T* in, T* out) const {
    const T* weights = values(block_.parameters.weights);
    outputs([&](std::size_t index, int n, int c, int y, int x) {
      double sum = 0;
      taps(n, c, y, x,
           [&](std::size_t i, std::size_t w) { sum += static_cast<double>(in[i]) * weights[w]; });
      out[index] = static_cast<T>(sum);
    });
  }

  void weightGradient(const T* in, const T* delta) const {
    std::vector<double> sums(block_.parameters.weights->count);
    outputs([&](std::size_t index, int n, int c, int y, int x) {
      taps(n, c, y, x, [&](std::size_t i, std::size_t w) {
        sums[w] += static_cast<double>(in[i]) * delta[index];
      });
    });
    T* into = gradient(block_.parameters.weights);
    for (std::size_t w = 0; w < sums.size(); ++w)
      into[w] += static_cast<T>(sums[w]);
  }

  void addInputGradient(const T* delta, T* into) const {
    std::vector<double> sums(input_.shape.count());
    const T* weights = values(block_.parameters.weights);
    outputs([&](std::size_t index, int n, int c, int y, int x) {
      taps(n, c, y, x, [&](std::size_t i, std::size_t w) {
        sums[i] += static_cast<double>(weights[w]) * delta[index];
      });
    });
    for (std::size_t i = 0; i < sums.size(); ++i)
      into[i] += static_cast<T>(sums[i]);
  }

  /// Normalises with the biased variance, or with the unbiased one in Darknet's form, and stores
  /// the unbiased one.
  void trainingNorm(const T* raw, double* kept, T* out) const {
    const double m = static_cast<double>(output_.shape.count()) / static_cast<double>(channels());
    const double old = step_ ? step_->rollingMomentum : 0;
    for (std::size_t c = 0; c < channels(); ++c) {
      double sum = 0;
      each(c, [&](std::size_t i) { sum += raw[i]; });
      const double mean = sum / m;
      double squares = 0;
      each(c, [&](std::size_t i) { squares += (raw[i] - mean) * (raw[i] - mean); });
      const double unbiased = squares / std::max(1.0, m - 1);
      const bool ours = block_.batchNorm == BatchNormForm::EpsilonInside;
      const double inverse = 1 / normaliser(block_.batchNorm, ours ? squares / m : unbiased);
      const double scale = scales()[c];
      const double shift = values(block_.parameters.biases)[c];
      each(c, [&](std::size_t i) {
        out[i] = static_cast<T>((raw[i] - mean) * inverse * scale + shift);
      });
      rollingMean()[c] = static_cast<T>(old * rollingMean()[c] + (1 - old) * mean);
      rollingVariance()[c] = static_cast<T>(old * rollingVariance()[c] + (1 - old) * unbiased);
      kept[2 * c] = mean;
      kept[2 * c + 1] = inverse;
    }
  }

  /// The gradient of trainingNorm for channel c, in place: the exact one, or Darknet's; `sum` is
  /// the channel's sum of deltas.
  void normBackward(std::size_t c, double sum, const T* raw, const double* kept, T* delta) const {
    const double m = static_cast<double>(output_.shape.count()) / static_cast<double>(channels());
    const double mean = kept[2 * c];
    const double inverse = kept[2 * c + 1];
    double product = 0;
    each(c, [&](std::size_t i) { product += delta[i] * (raw[i] - mean); });
    gradient(block_.parameters.scales)[c] += static_cast<T>(product * inverse);
    const double scale = scales()[c];
    const double back = 1 / gradientNormaliser(block_.batchNorm, 1 / inverse);
    each(c, [&](std::size_t i) {
      const double x = back * back * (raw[i] - mean);
      delta[i] = static_cast<T>(scale * back * (delta[i] - sum / m - x * product / m));
    });
  }

  ConvolutionBlock block_;
  TensorSpec input_, output_;
  bool ownStatistics_;  ///< batch norm by those of the batch
  const StepNumbers* step_;
};

}  // namespace

std::unique_ptr<Op> makeConvolution(const ConvolutionBlock& block, const TensorSpec& input,
                                    const TensorSpec& output, const OpContext& context) {
  if (context.precision == Precision::Float64) {
    return std::make_unique<Convolution<double>>(block, input, output, context.mode, context.step);
  }
  return std::make_unique<Convolution<float>>(block, input, output, context.mode, context.step);
}

}  // namespace boxwright::reference
