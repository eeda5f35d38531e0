// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

#include "core/compute/op.h"

namespace boxwright::cuda {

/// One convolution over tensors of this backend: pixels in rows of `pitch` values, of which the
/// channels named here take part. Weights, and their gradient, are [filters][size][size][channels /
/// groups]; all are of one precision, and summed in float32.
struct ConvolutionCall {
  enum class Kind { Forward, InputGradient, WeightGradient };
  Kind kind = Kind::Forward;
  int n = 0;
  int channels = 0, height = 0, width = 0, inputPitch = 0;
  int filled = 0;  ///< of the channels; those behind them are padding
  int filters = 0, outHeight = 0, outWidth = 0, outputPitch = 0;
  int size = 1, stride = 1, padding = 0, groups = 1;
  Precision precision = Precision::Float32;
  /// Forward: adds a float32 bias a filter and activates, in one.
  bool finishes = false;
  Activation activation = Activation::Linear;

  bool operator==(const ConvolutionCall&) const = default;
};

/// What tells it from others, for files' names and messages; what is filled changes no answer and
/// is left out.
std::string text(const ConvolutionCall& call);

/// In InputGradient `input` is written, in WeightGradient `weights`; each from the other two.
struct ConvolutionTensors {
  void* input = nullptr;
  void* weights = nullptr;
  void* output = nullptr;
  const float* bias = nullptr;
};

/// A call that is ready to be made, over and over.
class Convolution {
 public:
  virtual ~Convolution() = default;
  virtual std::size_t workspaceBytes() const = 0;
  virtual void run(const ConvolutionTensors& tensors, void* workspace) = 0;
};

}  // namespace boxwright::cuda
