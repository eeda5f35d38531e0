// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/network/network.h"

namespace boxwright {

/// n pictures of c channels, h rows, w columns.
struct Shape {
  int n = 0, c = 0, h = 0, w = 0;

  std::size_t count() const { return std::size_t(n) * c * h * w; }
  bool operator==(const Shape&) const = default;
};

/// TensorFloat32: kept as float32, rounded to 10 bits of fraction where convolutions multiply.
enum class Precision { Float64, Float32, TensorFloat32, BFloat16 };
/// "float64", "float32", "tf32", "bf16".
const char* nameOf(Precision precision);
enum class Mode { Inference, Training };

/// A backend's own description of how a tensor lies in memory; opaque outside the backend.
class Layout {
 public:
  virtual ~Layout() = default;
};

struct TensorSpec {
  Shape shape;
  Precision precision = Precision::Float32;
  std::shared_ptr<const Layout> layout;  ///< null: dense NCHW
  std::size_t bytes = 0;                 ///< padded channels included
};

/// A tensor in device memory; owns nothing.
struct Tensor {
  TensorSpec spec;
  void* data = nullptr;
};

/// What a layer learns, shared by all Sessions of one set of Parameters: float32 (reference:
/// float64 when opened so) master, gradient and momentum on the device in the plain order of the
/// weights file. Backends hang packed copies on `packed`.
struct Parameter {
  std::vector<int> dimensions;  ///< OIHW, or one entry
  std::size_t count = 0;
  Precision precision = Precision::Float32;  ///< Float64: reference only
  bool decayed = false;                      ///< convolution weights only
  double rateMultiplier = 1;
  std::shared_ptr<void> master, gradient, momentum;  ///< gradient and momentum null in inference
  std::shared_ptr<void> average;  ///< a running average of the master; null where none is kept
  struct Packed {
    virtual ~Packed() = default;
  };
  std::vector<std::shared_ptr<Packed>> packed;

  /// Of its master, and of each other part.
  std::size_t bytes() const {
    return count * (precision == Precision::Float64 ? sizeof(double) : sizeof(float));
  }
};

/// The Parameters of one convolution block; the last four null without batch norm. Rolling
/// statistics are read in inference, written in training; they have no gradient.
struct ConvolutionParameters {
  std::shared_ptr<Parameter> weights, biases, scales, rollingMean, rollingVariance;
};

/// One learning step, the numbers refreshed before each (spec section 6).
struct UpdateRule {
  double learningRate = 0, momentum = 0, decay = 0;
  int batch = 1;  ///< B: the gradients are sums over so many pictures
};

/// Per-step numbers that ops read at run time, at a fixed address.
struct StepNumbers {
  double rollingMomentum = 0.99;  ///< weight of the old rolling statistics in this step
  std::uint64_t iteration = 0;    ///< dropout draws its mask from (seed, iteration)
};

// The blocks a cfg has. A backend that lacks one does not compile (std::visit).
struct ConvolutionBlock {
  ConvolutionLayer layer;
  BatchNormForm batchNorm = BatchNormForm::EpsilonInside;
  ConvolutionParameters parameters;
  bool inputNeedsGradient = true;
  /// A max-pool behind it whose input nothing else reads: asked of backends that gain by it.
  std::optional<MaxPoolLayer> pool;
  bool frozen = false;  ///< in training too batch norm uses the rolling statistics, and leaves them
};
struct MaxPoolBlock {
  MaxPoolLayer layer;
};
struct AveragePoolBlock {};
struct ConcatBlock {};
struct ReorgBlock {
  ReorgLayer layer;
};
struct AddBlock {
  Activation activation = Activation::Linear;
};
struct SoftmaxBlock {
  SoftmaxLayer layer;
};
struct DropoutBlock {
  double probability = 0.5;
  std::uint64_t seed = 0;
};
/// To dense NCHW in the context's precision: how the head leaves the graph.
struct OutputBlock {};

using OpSpec = std::variant<ConvolutionBlock, MaxPoolBlock, AveragePoolBlock, ConcatBlock,
                            ReorgBlock, AddBlock, SoftmaxBlock, DropoutBlock, OutputBlock>;

struct OpContext {
  Mode mode = Mode::Inference;
  Precision precision = Precision::Float32;
  int threads = 1;
  const StepNumbers* step = nullptr;  ///< set in training
  std::string name;                   ///< of the layer, for messages
};

/// Whether an input's gradient is not wanted, is written, or is added to what lies there.
enum class GradientUse { None, Write, Add };

/// The tensors of one call. In backward, `outputGradient` and what is saved may be overwritten: one
/// backward a forward. Padding that a layout
/// has (channels up to a whole block) is zero in every tensor and gradient; who writes one keeps it
/// so.
struct OpTensors {
  std::span<const Tensor> inputs;
  Tensor output;
  Tensor outputGradient;
  std::span<const Tensor> inputGradients;  ///< laid out like the inputs
  std::span<const GradientUse> uses;
  void* saved = nullptr;    ///< savedBytes(), kept from forward to backward
  void* scratch = nullptr;  ///< scratchBytes(), within one call
};

/// One prepared block. Parameter gradients always add. Not safe for two threads at once.
class Op {
 public:
  virtual ~Op() = default;
  virtual TensorSpec outputSpec() const = 0;
  virtual std::size_t scratchBytes() const { return 0; }
  virtual std::size_t savedBytes() const { return 0; }
  /// Whether backward still reads the inputs, or the output: else their memory is used again.
  virtual bool backwardReadsInputs() const { return true; }
  virtual bool backwardReadsOutput() const { return true; }
  /// Whether its calls are the same each time but for what the tensors hold: Backend::record.
  virtual bool isRecordable() const { return true; }
  virtual void forward(OpTensors& tensors) = 0;
  virtual void backward(OpTensors& tensors) = 0;
};

}  // namespace boxwright
