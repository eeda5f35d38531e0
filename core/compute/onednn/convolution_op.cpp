// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "core/compute/host_memory.h"
#include "core/compute/onednn/kernels.h"
#include "core/compute/onednn/ops.h"
#include "core/compute/onednn/planes.h"
#include "core/compute/onednn/winograd_op.h"
#include "core/compute/output_shape.h"

namespace boxwright::onednn {
namespace {

bool isSlow(const dnnl::primitive_desc_base& desc) {
  return implementation(desc).rfind("ref", 0) == 0;
}

float slopeOf(Activation activation) {
  switch (activation) {
    case Activation::Leaky:
      return 0.1F;
    case Activation::Relu:
      return 0;
    case Activation::Linear:
    case Activation::Logistic:
      break;
  }
  return 1;
}

float* floats(const std::shared_ptr<Parameter>& parameter) {
  return static_cast<float*>(parameter->master.get());
}

float* gradientOf(const std::shared_ptr<Parameter>& parameter) {
  return static_cast<float*>(parameter->gradient.get());
}

/// Pieces of the scratch memory of one call, cut off one after another.
class Cutter {
 public:
  explicit Cutter(void* memory) : memory_(static_cast<char*>(memory)) {}
  char* cut(std::size_t bytes) {
    char* piece = memory_ ? memory_ + used_ : nullptr;
    used_ += (bytes + 63) / 64 * 64;
    return piece;
  }
  std::size_t used() const { return used_; }

 private:
  char* memory_;
  std::size_t used_ = 0;
};

ConvolutionGeometry geometryOf(const ConvolutionBlock& block, const Shape& in, const Shape& out) {
  const ConvolutionLayer& layer = block.layer;
  return {in.n,  in.c,       in.h,         in.w,          out.c,       out.h,
          out.w, layer.size, layer.stride, layer.padding, layer.groups};
}

/// Weights and biases as inference uses them: batch norm, where the layer still has it, folded in.
/// Valid while the block's parameters are.
struct Folded {
  std::vector<float> own;  ///< with batch norm; else the weights are the parameter's
  std::span<const float> weights;
  std::vector<float> biases;
};

Folded fold(const ConvolutionBlock& block) {
  const ConvolutionParameters& p = block.parameters;
  Folded folded;
  folded.weights = {floats(p.weights), p.weights->count};
  folded.biases.assign(floats(p.biases), floats(p.biases) + p.biases->count);
  if (!block.layer.batchNormalize) return folded;
  folded.own.assign(folded.weights.begin(), folded.weights.end());
  folded.weights = folded.own;
  const std::size_t each = p.weights->count / p.biases->count;
  for (std::size_t c = 0; c < p.biases->count; ++c) {
    const double variance = floats(p.rollingVariance)[c];
    const double divisor = normaliser(block.batchNorm, variance);
    const double factor = floats(p.scales)[c] / divisor;
    for (std::size_t i = 0; i < each; ++i) {
      folded.own[c * each + i] = static_cast<float>(folded.own[c * each + i] * factor);
    }
    folded.biases[c] = static_cast<float>(floats(p.biases)[c] - floats(p.rollingMean)[c] * factor);
  }
  return folded;
}

/// What inference and training share: the forward primitive, layouts, and the input's copy where
/// the primitive wants another layout than the producer's.
class ConvolutionBase : public Op {
 public:
  ConvolutionBase(Device& device, const ConvolutionBlock& block, const TensorSpec& input,
                  const Shape& output, const OpContext& context, bool bias, Activation fused)
      : device_(device),
        name_(context.name),
        geometry_(geometryOf(block, input.shape, output)),
        given_(descOf(input)) {
    const bool training = context.mode == Mode::Training;
    const Desc weights = anyDesc(geometry_.weights());
    const auto make = [&](const Desc& in, const Desc& out) {
      return convolutionForward(device.engine, geometry_, in, weights, out, bias, fused, training);
    };
    const Desc anyOut = anyDesc(geometry_.output());
    forward_ = make(given_, anyOut);
    if (isSlow(forward_)) {
      const auto free = make(anyDesc(geometry_.input()), anyOut);
      if (!isSlow(free)) forward_ = free;
    }
    if (!onednn::blocksOf(forward_.dst_desc())) {
      forward_ = make(forward_.src_desc(), blockedDesc(geometry_.output(), 8));
    }
    if (forward_.src_desc() != given_) {
      inputReorder_.emplace(device, given_, forward_.src_desc());
    }
    rawSpec_ = specOf(output, forward_.dst_desc());
    spec_ = rawSpec_;
    primitive_ = dnnl::convolution_forward(forward_);
  }

  TensorSpec outputSpec() const override { return spec_; }

 protected:
  /// The input as the primitives want it: as it is, or copied into `copy`.
  void* inputFor(const OpTensors& tensors, void* copy, void* scratch) {
    if (!inputReorder_) return tensors.inputs[0].data;
    inputReorder_->run(device_, tensors.inputs[0].data, copy, scratch);
    return copy;
  }

  std::size_t inputCopyBytes() const { return inputReorder_ ? forward_.src_desc().get_size() : 0; }

  std::size_t forwardScratch() const {
    const std::size_t copy = inputReorder_ ? inputReorder_->scratchBytes() : 0;
    return std::max(forward_.scratchpad_desc().get_size(), copy);
  }

  void convolve(void* input, void* weights, const float* bias, void* output, void* scratch) {
    std::unordered_map<int, dnnl::memory> arguments{
        {DNNL_ARG_SRC, memoryAt(device_, forward_.src_desc(), input)},
        {DNNL_ARG_WEIGHTS, memoryAt(device_, forward_.weights_desc(), weights)},
        {DNNL_ARG_DST, memoryAt(device_, forward_.dst_desc(), output)},
        {DNNL_ARG_SCRATCHPAD, memoryAt(device_, forward_.scratchpad_desc(), scratch)}};
    if (bias) {
      arguments.emplace(DNNL_ARG_BIAS,
                        memoryAt(device_, forward_.bias_desc(), const_cast<float*>(bias)));
    }
    primitive_.execute(device_.stream, arguments);
  }

  Device& device_;
  std::string name_;
  ConvolutionGeometry geometry_;
  Desc given_;
  TensorSpec rawSpec_;  ///< the convolution's own output
  TensorSpec spec_;     ///< the block's
  dnnl::convolution_forward::primitive_desc forward_;
  dnnl::convolution_forward primitive_;
  std::optional<Reorder> inputReorder_;
};

class InferenceConvolution : public ConvolutionBase {
 public:
  InferenceConvolution(Device& device, const ConvolutionBlock& block, Folded folded,
                       const TensorSpec& input, const Shape& output, const OpContext& context)
      : ConvolutionBase(device, block, input, output, context, true, block.layer.activation) {
    const Desc plain = plainDesc(geometry_.weights());
    weights_ = std::make_unique<PackedWeights>(device, plain, forward_.weights_desc(),
                                               const_cast<float*>(folded.weights.data()));
    biases_ = std::move(folded.biases);
  }

  std::size_t scratchBytes() const override {
    Cutter cutter(nullptr);
    cutter.cut(forwardScratch());
    cutter.cut(inputCopyBytes());
    return cutter.used();
  }

  void forward(OpTensors& tensors) override {
    guarded(name_, [&] {
      Cutter cutter(tensors.scratch);
      void* scratch = cutter.cut(forwardScratch());
      void* input = inputFor(tensors, cutter.cut(inputCopyBytes()), scratch);
      convolve(input, weights_->data(), biases_.data(), tensors.output.data, scratch);
    });
  }

  void backward(OpTensors&) override { throw Error("Prepared for inference only", name_); }

 private:
  std::unique_ptr<PackedWeights> weights_;
  std::vector<float> biases_;
};

/// Forward, then batch norm, bias and activation in one pass of our own; backward in one pass for
/// the sums and one for the gradient, then oneDNN's two backward convolutions.
class TrainingConvolution : public ConvolutionBase {
 public:
  TrainingConvolution(Device& device, const ConvolutionBlock& block, const TensorSpec& input,
                      const Shape& output, const Shape& pooled, const OpContext& context)
      : ConvolutionBase(device, block, input, output, context, !block.layer.batchNormalize,
                        block.layer.batchNormalize ? Activation::Linear : block.layer.activation),
        block_(block),
        step_(context.step),
        normalised_(block.layer.batchNormalize),
        slope_(slopeOf(block.layer.activation)),
        pieces_(Planes(output, onednn::blocksOf(rawSpec_))),
        pooledPieces_(pieces_),
        padded_(static_cast<std::size_t>(onednn::blocksOf(rawSpec_).channels)) {
    if (block.pool) {
      spec_ = specLike(rawSpec_, pooled);
      pooledPieces_ = Pieces(Planes(pooled, onednn::blocksOf(spec_)));
      plane_ = {output.h, output.w, pooled.w, 2, 2, 0, pieces_.planes().block};
      const int rowFloats = 2 * output.w * plane_.period;
      rows_ = std::clamp(16384 / std::max(1, rowFloats), 1, pooled.h);
    }
    const Desc plain = plainDesc(geometry_.weights());
    const Desc any = anyDesc(geometry_.weights());
    const Desc& in = forward_.src_desc();
    const Desc& out = forward_.dst_desc();
    forwardWeights_ =
        packWeights(device, *block_.parameters.weights, plain, forward_.weights_desc());
    backwardWeights_ = convolutionBackwardWeights(device.engine, geometry_, in, any, out, forward_);
    weightsPrimitive_ = dnnl::convolution_backward_weights(backwardWeights_);
    gradientReorder_.emplace(device, backwardWeights_.diff_weights_desc(), plain, true);
    if (block_.inputNeedsGradient) {
      backwardData_ = convolutionBackwardData(device.engine, geometry_, given_, any, out, forward_);
      if (isSlow(backwardData_)) {
        const auto free = convolutionBackwardData(device.engine, geometry_,
                                                  anyDesc(geometry_.input()), any, out, forward_);
        if (!isSlow(free)) backwardData_ = free;
      }
      dataPrimitive_ = dnnl::convolution_backward_data(backwardData_);
      dataWeights_.emplace(device, plain, backwardData_.weights_desc());
      writeGradient_.emplace(device, backwardData_.diff_src_desc(), given_, false);
      addGradient_.emplace(device, backwardData_.diff_src_desc(), given_, true);
    }
  }

  std::size_t savedBytes() const override {
    Cutter cutter(nullptr);
    savedParts(cutter);
    return cutter.used();
  }

  std::size_t scratchBytes() const override {
    Cutter forwardCutter(nullptr);
    forwardCutter.cut(forwardScratch());
    forwardCutter.cut(partialBytes());
    Cutter backwardCutter(nullptr);
    backwardCutter.cut(backwardScratch());
    backwardCutter.cut(partialBytes());
    backwardCutter.cut(weightsScratch());
    if (block_.inputNeedsGradient) backwardCutter.cut(backwardData_.diff_src_desc().get_size());
    return std::max(forwardCutter.used(), backwardCutter.used());
  }

  bool backwardReadsInputs() const override { return !inputReorder_; }
  bool backwardReadsOutput() const override {
    const Activation activation = block_.layer.activation;
    return normalised_ ? activation == Activation::Logistic : activation != Activation::Linear;
  }

  void forward(OpTensors& tensors) override {
    guarded(name_, [&] {
      Cutter saved(tensors.saved);
      const Saved parts = savedParts(saved);
      Cutter cutter(tensors.scratch);
      void* scratch = cutter.cut(forwardScratch());
      auto* partial = reinterpret_cast<double*>(cutter.cut(partialBytes()));
      void* input = inputFor(tensors, parts.inputCopy, scratch);
      auto* output = static_cast<float*>(tensors.output.data);
      if (!normalised_) {
        convolve(input, forwardWeights_->data(), floats(block_.parameters.biases), output, scratch);
        return;
      }
      convolve(input, forwardWeights_->data(), nullptr, parts.raw, scratch);
      if (block_.frozen) {
        useRollingStatistics(parts);
      } else {
        takeStatistics(parts, partial);
      }
      if (block_.pool) {
        eachBand([&](std::size_t plane, int row, int rows) {
          const std::ptrdiff_t to = pooledPieces_.planes().offset(plane);
          const int c = pieces_.planes().channel(plane);
          kernels().normalisePool(plane_, parts.raw + pieces_.planes().offset(plane),
                                  parts.scale + c, parts.shift + c, slope_, row, rows, output + to,
                                  parts.chosen + to, parts.winner + to);
        });
        return;
      }
      parallelFor(pieces_.count(), [&](std::size_t i) {
        const Piece piece = pieces_.at(i);
        const std::ptrdiff_t at = pieces_.offset(piece);
        const int c = pieces_.channel(piece);
        kernels().normalise(parts.raw + at, parts.scale + c, parts.shift + c, piece.pixels,
                            pieces_.planes().block, slope_, output + at);
        if (block_.layer.activation == Activation::Logistic) logistic(output + at, piece);
      });
    });
  }

  void backward(OpTensors& tensors) override {
    guarded(name_, [&] {
      Cutter saved(tensors.saved);
      const Saved parts = savedParts(saved);
      Cutter cutter(tensors.scratch);
      void* scratch = cutter.cut(backwardScratch());
      auto* partial = reinterpret_cast<double*>(cutter.cut(partialBytes()));
      void* const weightMemory = cutter.cut(weightsScratch());
      auto* delta = static_cast<float*>(tensors.outputGradient.data);
      const auto* output = static_cast<const float*>(tensors.output.data);
      if (block_.layer.activation == Activation::Logistic) logisticGradient(output, delta);
      if (block_.pool) {
        // The wide gradient takes the place of the values it is made of.
        normBackward(parts, delta, parts.raw, partial);
        delta = parts.raw;
      } else if (normalised_) {
        normBackward(parts, delta, delta, partial);
      } else {
        plainBackward(output, delta, partial);
      }
      void* input = inputReorder_ ? parts.inputCopy : tensors.inputs[0].data;
      weightsPrimitive_.execute(
          device_.stream,
          {{DNNL_ARG_SRC, memoryAt(device_, backwardWeights_.src_desc(), input)},
           {DNNL_ARG_DIFF_DST, memoryAt(device_, backwardWeights_.diff_dst_desc(), delta)},
           {DNNL_ARG_DIFF_WEIGHTS,
            memoryAt(device_, backwardWeights_.diff_weights_desc(), weightMemory)},
           {DNNL_ARG_SCRATCHPAD, memoryAt(device_, backwardWeights_.scratchpad_desc(), scratch)}});
      gradientReorder_->run(device_, weightMemory, gradientOf(block_.parameters.weights), scratch);
      if (tensors.uses[0] == GradientUse::None) return;
      // Straight into the input's gradient where the layouts agree and nothing lies there yet.
      void* inputGradient = tensors.inputGradients[0].data;
      const bool direct =
          tensors.uses[0] == GradientUse::Write && backwardData_.diff_src_desc() == given_;
      void* target = direct ? inputGradient : cutter.cut(backwardData_.diff_src_desc().get_size());
      dataWeights_->run(device_, floats(block_.parameters.weights), weightMemory, scratch);
      dataPrimitive_.execute(
          device_.stream,
          {{DNNL_ARG_DIFF_DST, memoryAt(device_, backwardData_.diff_dst_desc(), delta)},
           {DNNL_ARG_WEIGHTS, memoryAt(device_, backwardData_.weights_desc(), weightMemory)},
           {DNNL_ARG_DIFF_SRC, memoryAt(device_, backwardData_.diff_src_desc(), target)},
           {DNNL_ARG_SCRATCHPAD, memoryAt(device_, backwardData_.scratchpad_desc(), scratch)}});
      if (direct) return;
      const Reorder& copy = tensors.uses[0] == GradientUse::Add ? *addGradient_ : *writeGradient_;
      copy.run(device_, target, inputGradient, scratch);
    });
  }

 private:
  /// Kept from forward to backward; the channel arrays are padded to whole blocks with zeros.
  struct Saved {
    float* raw = nullptr;  ///< the convolution before batch norm
    float *mean = nullptr, *inverse = nullptr, *scale = nullptr, *shift = nullptr;
    void* inputCopy = nullptr;
    float* winner = nullptr;         ///< with a pool: the raw values that won
    std::uint8_t* chosen = nullptr;  ///< and their places
  };

  Saved savedParts(Cutter& cutter) const {
    Saved parts;
    if (normalised_) {
      const auto cut = [&](std::size_t bytes) {
        return reinterpret_cast<float*>(cutter.cut(bytes));
      };
      parts.raw = cut(rawSpec_.bytes);
      const std::size_t row = padded_ * sizeof(float);
      parts.mean = cut(row);
      parts.inverse = cut(row);
      parts.scale = cut(row);
      parts.shift = cut(row);
    }
    parts.inputCopy = cutter.cut(inputCopyBytes());
    if (block_.pool) {
      parts.winner = reinterpret_cast<float*>(cutter.cut(spec_.bytes));
      parts.chosen = reinterpret_cast<std::uint8_t*>(cutter.cut(spec_.bytes / sizeof(float)));
    }
    return parts;
  }

  std::size_t block() const { return static_cast<std::size_t>(pieces_.planes().block); }
  std::size_t filters() const { return static_cast<std::size_t>(geometry_.outChannels); }
  double valuesEach() const {
    return static_cast<double>(geometry_.n) * geometry_.outHeight * geometry_.outWidth;
  }

  /// Two sums of `block` channels for every piece.
  std::size_t partialBytes() const { return pieces_.count() * 2 * block() * sizeof(double); }

  /// First the weights' gradient lies there, then their copy for the gradient by data.
  std::size_t weightsScratch() const {
    const std::size_t gradient = backwardWeights_.diff_weights_desc().get_size();
    return block_.inputNeedsGradient ? std::max(gradient, backwardData_.weights_desc().get_size())
                                     : gradient;
  }

  std::size_t backwardScratch() const {
    std::size_t bytes =
        std::max(backwardWeights_.scratchpad_desc().get_size(), gradientReorder_->scratchBytes());
    if (block_.inputNeedsGradient) {
      bytes =
          std::max({bytes, backwardData_.scratchpad_desc().get_size(), addGradient_->scratchBytes(),
                    writeGradient_->scratchBytes(), dataWeights_->scratchBytes()});
    }
    return bytes;
  }

  /// Runs run(plane, first output row, rows) over all planes of the joined max-pool.
  template <typename Run>
  void eachBand(Run run) const {
    const int height = spec_.shape.h;
    const auto each = static_cast<std::size_t>((height + rows_ - 1) / rows_);
    parallelFor(pieces_.planes().count * each, [&](std::size_t task) {
      const int row = static_cast<int>(task % each) * rows_;
      run(task / each, row, std::min(rows_, height - row));
    });
  }

  /// Runs kernel(piece, its two arrays of sums) over all pieces, then adds the pieces up in order.
  template <typename Kernel>
  std::vector<double> sumPieces(const Pieces& pieces, double* partial, Kernel kernel) const {
    std::fill_n(partial, partialBytes() / sizeof(double), 0.0);
    parallelFor(pieces.count(), [&](std::size_t i) {
      double* sums = partial + i * 2 * block();
      kernel(pieces.at(i), sums, sums + block());
    });
    std::vector<double> totals(2 * padded_);
    for (std::size_t i = 0; i < pieces.count(); ++i) {
      const auto c = static_cast<std::size_t>(pieces.channel(pieces.at(i)));
      const double* sums = partial + i * 2 * block();
      for (std::size_t k = 0; k < block(); ++k) {
        totals[c + k] += sums[k];
        totals[padded_ + c + k] += sums[block() + k];
      }
    }
    return totals;
  }

  /// The batch's mean and variance (biased to normalise, or unbiased in Darknet's form, unbiased to
  /// keep; spec section 3), the factors of the normalising pass, and the rolling statistics.
  void takeStatistics(const Saved& parts, double* partial) const {
    // Sums about a value of the channel itself lose nothing where the mean is far from zero.
    std::vector<float> pivot(padded_);
    const Planes& planes = pieces_.planes();
    for (std::size_t p = 0; p < planes.blocksEach; ++p) {
      const float* first = parts.raw + planes.offset(p);
      std::copy_n(first, block(), pivot.begin() + planes.channel(p));
    }
    const std::vector<double> sums =
        sumPieces(pieces_, partial, [&](const Piece& piece, double* plain, double* squares) {
          kernels().moments(parts.raw + pieces_.offset(piece),
                            pivot.data() + pieces_.channel(piece), piece.pixels,
                            pieces_.planes().block, plain, squares);
        });
    const double count = valuesEach();
    const double old = step_->rollingMomentum;
    const ConvolutionParameters& p = block_.parameters;
    for (std::size_t c = 0; c < padded_; ++c) {
      if (c >= filters()) {
        parts.mean[c] = parts.inverse[c] = parts.scale[c] = parts.shift[c] = 0;
        continue;
      }
      const double away = sums[c] / count;
      const double mean = pivot[c] + away;
      const double variance = std::max(0.0, sums[padded_ + c] / count - away * away);
      const double unbiased = variance * count / std::max(1.0, count - 1);
      const bool ours = block_.batchNorm == BatchNormForm::EpsilonInside;
      const double divisor = normaliser(block_.batchNorm, ours ? variance : unbiased);
      // A constant channel is beta; scaled by Darknet's 1e6 it would be float's noise.
      const double scale = variance > 0 ? floats(p.scales)[c] / divisor : 0;
      parts.mean[c] = static_cast<float>(mean);
      parts.inverse[c] = static_cast<float>(1 / divisor);
      parts.scale[c] = static_cast<float>(scale);
      parts.shift[c] = static_cast<float>(floats(p.biases)[c] - mean * scale);
      float& rollingMean = floats(p.rollingMean)[c];
      float& rollingVariance = floats(p.rollingVariance)[c];
      rollingMean = static_cast<float>(old * rollingMean + (1 - old) * mean);
      rollingVariance = static_cast<float>(old * rollingVariance + (1 - old) * unbiased);
    }
  }

  /// The factors of the normalising pass of a frozen block.
  void useRollingStatistics(const Saved& parts) const {
    const ConvolutionParameters& p = block_.parameters;
    std::fill_n(parts.scale, padded_, 0.F);
    std::fill_n(parts.shift, padded_, 0.F);
    for (std::size_t c = 0; c < filters(); ++c) {
      const double scale =
          floats(p.scales)[c] / normaliser(block_.batchNorm, floats(p.rollingVariance)[c]);
      parts.scale[c] = static_cast<float>(scale);
      parts.shift[c] = static_cast<float>(floats(p.biases)[c] - scale * floats(p.rollingMean)[c]);
    }
  }

  /// Through max-pool where there is one, activation and batch norm to the gradient of the
  /// convolution's own output: in place without a pool, else into `into`, which may be parts.raw.
  /// Only winners carry a gradient, so
  /// the sums run over the pooled values.
  void normBackward(const Saved& parts, float* delta, float* into, double* partial) const {
    const float* values = block_.pool ? parts.winner : parts.raw;
    const std::vector<double> sums =
        sumPieces(pooledPieces_, partial, [&](const Piece& piece, double* plain, double* products) {
          const int c = pooledPieces_.channel(piece);
          const std::ptrdiff_t at = pooledPieces_.offset(piece);
          kernels().normSums(delta + at, values + at, parts.scale + c, parts.shift + c,
                             parts.mean + c, piece.pixels, pieces_.planes().block, slope_, plain,
                             products);
        });
    std::vector<float> a(padded_), b(padded_), c(padded_);
    const double count = valuesEach();
    for (std::size_t k = 0; k < filters(); ++k) {
      const double inverse = parts.inverse[k];
      const double scale = floats(block_.parameters.scales)[k];
      const double sum = sums[k];
      const double product = sums[padded_ + k];
      gradientOf(block_.parameters.biases)[k] += static_cast<float>(sum);
      gradientOf(block_.parameters.scales)[k] += static_cast<float>(product * inverse);
      const double back = 1 / gradientNormaliser(block_.batchNorm, 1 / inverse);
      a[k] = static_cast<float>(scale * back);
      b[k] = static_cast<float>(-scale * back * back * back * product / count);
      c[k] = static_cast<float>(-scale * back * sum / count);
    }
    if (block_.pool) {
      eachBand([&](std::size_t plane, int row, int rows) {
        const std::ptrdiff_t from = pooledPieces_.planes().offset(plane);
        const std::ptrdiff_t to = pieces_.planes().offset(plane);
        const int k = pieces_.planes().channel(plane);
        kernels().normPoolGradient(plane_, delta + from, parts.chosen + from, parts.winner + from,
                                   parts.raw + to, parts.scale + k, parts.shift + k, parts.mean + k,
                                   a.data() + k, b.data() + k, c.data() + k, slope_, row, rows,
                                   into + to);
      });
      return;
    }
    parallelFor(pieces_.count(), [&](std::size_t i) {
      const Piece piece = pieces_.at(i);
      const int k = pieces_.channel(piece);
      const std::ptrdiff_t at = pieces_.offset(piece);
      kernels().normGradient(delta + at, parts.raw + at, parts.scale + k, parts.shift + k,
                             parts.mean + k, a.data() + k, b.data() + k, c.data() + k, piece.pixels,
                             pieces_.planes().block, slope_);
    });
  }

  void plainBackward(const float* output, float* delta, double* partial) const {
    const std::vector<double> sums =
        sumPieces(pieces_, partial, [&](const Piece& piece, double* plain, double*) {
          const std::ptrdiff_t at = pieces_.offset(piece);
          kernels().slopeSums(delta + at, output + at, piece.pixels, pieces_.planes().block, slope_,
                              plain);
        });
    for (std::size_t k = 0; k < filters(); ++k) {
      gradientOf(block_.parameters.biases)[k] += static_cast<float>(sums[k]);
    }
  }

  /// Leaves the padding zero, as it was.
  void logistic(float* values, const Piece& piece) const {
    const std::size_t first = static_cast<std::size_t>(pieces_.channel(piece));
    for (std::size_t p = 0; p < piece.pixels; ++p) {
      for (std::size_t k = 0; k < block() && first + k < filters(); ++k) {
        float& value = values[p * block() + k];
        value = 1 / (1 + std::exp(-value));
      }
    }
  }

  void logisticGradient(const float* output, float* delta) const {
    parallelFor(pieces_.count(), [&](std::size_t i) {
      const Piece piece = pieces_.at(i);
      const std::ptrdiff_t at = pieces_.offset(piece);
      for (std::size_t k = 0; k < piece.pixels * block(); ++k) {
        delta[at + static_cast<std::ptrdiff_t>(k)] *=
            output[at + static_cast<std::ptrdiff_t>(k)] *
            (1 - output[at + static_cast<std::ptrdiff_t>(k)]);
      }
    });
  }

  ConvolutionBlock block_;
  const StepNumbers* step_;
  bool normalised_;
  float slope_;
  Pieces pieces_;
  Pieces pooledPieces_;  ///< of the block's output
  PoolPlane plane_;      ///< with a pool
  int rows_ = 1;         ///< of the pooled output, a task
  std::size_t padded_;
  std::shared_ptr<PackedWeights> forwardWeights_;
  dnnl::convolution_backward_weights::primitive_desc backwardWeights_;
  dnnl::convolution_backward_weights weightsPrimitive_;
  dnnl::convolution_backward_data::primitive_desc backwardData_;
  dnnl::convolution_backward_data dataPrimitive_;
  std::optional<Reorder> dataWeights_;  ///< into backward by data's layout, made when it is wanted
  std::optional<Reorder> gradientReorder_, writeGradient_, addGradient_;
};

}  // namespace

std::unique_ptr<Op> makeConvolution(Device& device, const ConvolutionBlock& block,
                                    const TensorSpec& input, const Shape& output,
                                    const OpContext& context) {
  if (context.mode == Mode::Training) {
    ConvolutionBlock alone = block;
    alone.pool.reset();
    const Shape raw = outputShape(alone, {&input, 1}, context.name);
    return std::make_unique<TrainingConvolution>(device, block, input, raw, output, context);
  }
  if (block.pool) throw Error("The cpu device joins a max-pool in training only", context.name);
  Folded folded = fold(block);
  if (const int m = winogradTile(block, input, output)) {
    return makeWinograd(m, folded.weights, folded.biases, slopeOf(block.layer.activation), input,
                        output);
  }
  return std::make_unique<InferenceConvolution>(device, block, std::move(folded), input, output,
                                                context);
}

}  // namespace boxwright::onednn
