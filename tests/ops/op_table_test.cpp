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
    EXPECT_EQ(tile, opCase.name.find("Two") == std::string::npos ? 4 : 2);
  }
  ReferenceBench reference(opCase, Mode::Inference);
  expectClose(bench.forward(), reference->forward(), 1e-5, "output");
}

std::string caseName(const testing::TestParamInfo<OpTable::ParamType>& info) {
  return std::get<2>(info.param).name +
         (std::get<1>(info.param) == InputLayout::Plain ? "_plain" : "_produced");
}

INSTANTIATE_TEST_SUITE_P(Cpu, OpTable,
                         testing::Combine(testing::Values("cpu"),
                                          testing::Values(InputLayout::Plain,
                                                          InputLayout::Produced),
                                          testing::ValuesIn(opCases())),
                         caseName);
INSTANTIATE_TEST_SUITE_P(Cpu, Winograd, testing::ValuesIn(winogradCases()),
                         [](const auto& test) { return test.param.name; });
INSTANTIATE_TEST_SUITE_P(ReferenceFloat32, OpTable,
                         testing::Combine(testing::Values("reference"),
                                          testing::Values(InputLayout::Plain),
                                          testing::ValuesIn(opCases())),
                         caseName);

/// The reference's own backward, proved by central differences in float64.
class FiniteDifferences : public testing::TestWithParam<OpCase> {};

TEST_P(FiniteDifferences, ProveTheReferenceBackward) {
  const OpCase& opCase = GetParam();
  ReferenceBench bench(opCase, Mode::Training);
  bench->forward();
  const std::vector<double> delta = drawNumbers(bench->outputCount(), kSeed, "delta", 1);
  bench->backward(delta);
  const auto lossOf = [&](const std::vector<double>& out) {
    double sum = 0;
    for (std::size_t i = 0; i < out.size(); ++i)
      sum += out[i] * delta[i];
    return sum;
  };
  constexpr double kStep = 1e-6;
  int checked = 0;
  int skipped = 0;
  const auto check = [&](double& value, double analytic, const std::function<void()>& apply,
                         const std::string& what) {
    const double kept = value;
    value = kept + kStep;
    apply();
    const std::vector<double> above = bench->forward();
    value = kept - kStep;
    apply();
    const std::vector<double> below = bench->forward();
    value = kept;
    apply();
    // At an activation's kink there is no derivative to compare with.
    for (std::size_t i = 0; i < above.size(); ++i) {
      if ((above[i] > 0) != (below[i] > 0)) {
        ++skipped;
        return;
      }
    }
    const double numeric = (lossOf(above) - lossOf(below)) / (2 * kStep);
    EXPECT_NEAR(numeric, analytic, 1e-6 * std::max(1.0, std::abs(analytic))) << what;
    ++checked;
  };
  // A sample of the numbers is enough: a wrong formula fails at nearly all of them.
  const auto strideOf = [](std::size_t count) { return std::max<std::size_t>(1, count / 23); };
  for (std::size_t k = 0; k < bench->inputCount(); ++k) {
    if (k < opCase.uses.size() && opCase.uses[k] == GradientUse::None) continue;
    const std::vector<double> analytic = bench->inputGradient(k);
    std::vector<double>& values = bench->inputValues(k);
    for (std::size_t i = 0; i < values.size(); i += strideOf(values.size())) {
      check(
          values[i], analytic[i], [] {}, "input " + std::to_string(k));
    }
  }
  const std::vector<std::vector<double>> gradients = bench->parameterGradients();
  std::vector<std::vector<double>> masters = bench->masters();
  for (std::size_t k = 0; k < masters.size(); ++k) {
    for (std::size_t i = 0; i < masters[k].size(); i += strideOf(masters[k].size())) {
      check(
          masters[k][i], gradients[k][i], [&] { bench->setMaster(k, masters[k]); },
          "parameter " + std::to_string(k));
    }
  }
  EXPECT_GT(checked, 0);
  EXPECT_LE(skipped * 10, checked);
}

INSTANTIATE_TEST_SUITE_P(Reference, FiniteDifferences, testing::ValuesIn(opCases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace boxwright
