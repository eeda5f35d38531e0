// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <tuple>

#include "core/compute/onednn/winograd_kernels.h"
#include "core/compute/onednn/winograd_op.h"
#include "op_case.h"

namespace boxwright {
namespace {

constexpr std::uint64_t kSeed = 11;

/// The reference computes in float64 from the same float32 numbers.
class ReferenceBench {
 public:
  ReferenceBench(const OpCase& opCase, Mode mode)
      : backend_(openBackend("reference", 1)),
        bench_(opCase, *backend_, Precision::Float64, mode, InputLayout::Plain, kSeed) {}
  OpBench* operator->() { return &bench_; }

 private:
  std::unique_ptr<Backend> backend_;
  OpBench bench_;
};

/// Every number within `tolerance` of the largest expected one.
void expectClose(const std::vector<double>& found, const std::vector<double>& expected,
                 double tolerance, const std::string& what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  double largest = 1e-3;
  for (const double value : expected)
    largest = std::max(largest, std::abs(value));
  std::size_t worst = 0;
  double difference = -1;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double here = std::abs(found[i] - expected[i]);
    if (here > difference || std::isnan(here)) {
      difference = here;
      worst = i;
      if (std::isnan(here)) break;
    }
  }
  if (found.empty()) return;
  EXPECT_LE(difference, tolerance * largest)
      << what << " [" << worst << "] is " << found[worst] << ", expected " << expected[worst];
}

void expectAllClose(const std::vector<std::vector<double>>& found,
                    const std::vector<std::vector<double>>& expected, double tolerance,
                    const std::string& what) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    expectClose(found[k], expected[k], tolerance, what + " " + std::to_string(k));
  }
}

class OpTable : public testing::TestWithParam<std::tuple<std::string, InputLayout, OpCase>> {};

TEST_P(OpTable, InferenceMatchesTheReference) {
  const auto& [device, layout, opCase] = GetParam();
  const auto backend = openBackend(device, 2);
  if (opCase.trainingOnly) {
    EXPECT_TRUE(backend->info().name == "reference" ||
                backend->joinsPool(std::get<ConvolutionBlock>(opCase.spec).layer,
                                   *std::get<ConvolutionBlock>(opCase.spec).pool));
    return;
  }
  OpBench bench(opCase, *backend, Precision::Float32, Mode::Inference, layout, kSeed);
  ReferenceBench reference(opCase, Mode::Inference);
  expectClose(bench.forward(), reference->forward(), 1e-5, "output");
}

TEST_P(OpTable, TrainingMatchesTheReference) {
  const auto& [device, layout, opCase] = GetParam();
  const auto backend = openBackend(device, 2);
  OpBench bench(opCase, *backend, Precision::Float32, Mode::Training, layout, kSeed);
  ReferenceBench reference(opCase, Mode::Training);
  const UpdateRule rule{0.05, 0.9, 0.01, 3};
  for (int step = 0; step < 2; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    expectClose(bench.forward(), reference->forward(), 2e-5, "output");
    // Twice, as mini-batches of one step: parameter gradients add.
    for (std::uint64_t part = 0; part < 2; ++part) {
      const std::vector<double> delta =
          drawNumbers(bench.outputCount(), kSeed + part, "delta", 0.5);
      if (part == 1) {
        bench.forward();
        reference->forward();
      }
      bench.backward(delta, 0.25);
      reference->backward(delta, 0.25);
      for (std::size_t k = 0; k < bench.inputCount(); ++k) {
        if (k < opCase.uses.size() && opCase.uses[k] == GradientUse::None) continue;
        expectClose(bench.inputGradient(k), reference->inputGradient(k), 5e-5, "input gradient");
      }
    }
    expectAllClose(bench.parameterGradients(), reference->parameterGradients(), 5e-5,
                   "parameter gradient");
    expectAllClose(bench.rolling(), reference->rolling(), 1e-5, "rolling statistics");
    bench.update(rule);
    reference->update(rule);
    expectAllClose(bench.masters(), reference->masters(), 5e-5, "updated parameter");
    for (const auto& gradient : bench.parameterGradients()) {
      for (const double value : gradient)
        ASSERT_EQ(value, 0.0) << "update clears gradients";
    }
  }
}

class Winograd : public testing::TestWithParam<OpCase> {};

TEST_P(Winograd, MatchesTheReference) {
  const OpCase& opCase = GetParam();
  const auto backend = openBackend("cpu", 2);
  OpBench bench(opCase, *backend, Precision::Float32, Mode::Inference, InputLayout::Produced,
                kSeed);
  if (onednn::winogradKernels().width >= 8) {
    const int tile = onednn::winogradTile(std::get<ConvolutionBlock>(opCase.spec),
                                          bench.inputSpec(0), bench.outputShape());
