// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "core/compute/backend.h"

namespace boxwright {

/// One block on inputs of given shapes, run alike on any backend: what every backend is proved
/// with.
struct OpCase {
  std::string name;
  OpSpec spec;
  std::vector<Shape> inputs;
  /// How each input's gradient is asked for in backward; Write where not given.
  std::vector<GradientUse> uses;
  bool trainingOnly = false;
};

inline std::ostream& operator<<(std::ostream& out, const OpCase& c) {
  return out << c.name;
}

/// The list: each block, odd sizes, strides, groups, batches of 1 to 3, channels off the block
/// size.
std::vector<OpCase> opCases();

/// 3x3 convolutions that the CPU's inference does by Winograd's method: tiles of 2, of 4, and 4 in
/// two bands.
std::vector<OpCase> winogradCases();

/// How a block's inputs lie in memory: dense NCHW, or as a convolution of the backend leaves them.
enum class InputLayout { Plain, Produced };

/// One block prepared on one backend with its tensors and parameters, filled from `seed` with the
/// same numbers on every backend, which `numbers` (else `precision`) can hold. Values go in and out
/// in NCHW and in the order of the weights file.
class OpBench {
 public:
  OpBench(const OpCase& opCase, Backend& backend, Precision precision, Mode mode,
          InputLayout layout, std::uint64_t seed, std::optional<Precision> numbers = {});

  std::vector<double> forward();
  /// Takes d loss / d output; `already` lies in the inputs' gradients before (for
  /// GradientUse::Add).
  void backward(const std::vector<double>& outputGradient, double already = 0);
  std::vector<double> inputGradient(std::size_t k);
  std::vector<std::vector<double>> parameterGradients();  ///< weights, biases, scales
  std::vector<std::vector<double>> rolling();             ///< mean, variance
  std::vector<std::vector<double>> masters();             ///< of the learned
  void setMaster(std::size_t index, const std::vector<double>& values);
  void update(const UpdateRule& rule);

  std::vector<double>& inputValues(std::size_t k) { return inputValues_[k]; }
  const TensorSpec& inputSpec(std::size_t k) const { return inputSpecs_[k]; }
  const Shape& outputShape() const { return outputSpec_.shape; }
  std::size_t inputCount() const { return inputValues_.size(); }
  std::size_t outputCount() const { return outputSpec_.shape.count(); }

 private:
  void put(const std::vector<double>& values, const Tensor& tensor);
  std::vector<double> get(const Tensor& tensor);

  Backend& backend_;
  Precision precision_;
  OpCase case_;
  std::vector<std::shared_ptr<Parameter>> learned_, statistics_;
  std::vector<std::vector<double>> inputValues_;
  std::vector<TensorSpec> inputSpecs_;
  TensorSpec outputSpec_;
  std::unique_ptr<Op> op_;
  StepNumbers step_;
  std::vector<std::shared_ptr<void>> memory_;
  std::vector<Tensor> inputs_, inputGradients_;
  std::vector<GradientUse> uses_;
  OpTensors tensors_;
};

/// Deterministic numbers in about [-scale, scale], for op tests, which float32 or `precision`,
/// where that is less, can hold.
std::vector<double> drawNumbers(std::size_t count, std::uint64_t seed, std::string_view purpose,
                                double scale, Precision precision = Precision::Float32);

}  // namespace boxwright
