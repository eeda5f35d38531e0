// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <tuple>

#include "core/compute/onednn/winograd_kernels.h"
#include "core/compute/onednn/winograd_op.h"
#include "op_proof.h"
#include "proved_devices.h"

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

/// A backend and how it is to compute.
struct Computed {
  std::string device;
  Precision precision = Precision::Float32;
};

class OpTable : public testing::TestWithParam<std::tuple<Computed, InputLayout, OpCase>> {
 protected:
  void SetUp() override {
    backend_ = openProved(computed().device);
    if (!backend_->info().computes(precision()))
      GTEST_SKIP() << "NOT CHECKED: this card has no " << nameOf(precision());
  }

  const Computed& computed() const { return std::get<0>(GetParam()); }
  Precision precision() const { return computed().precision; }
  InputLayout layout() const { return std::get<1>(GetParam()); }
  const OpCase& opCase() const { return std::get<2>(GetParam()); }

  std::unique_ptr<Backend> backend_;
};

void expectRight(const std::vector<Finding>& findings) {
  EXPECT_FALSE(findings.empty());
  for (const Finding& finding : findings)
    EXPECT_TRUE(finding.isRight())
        << finding.what << " is off by " << finding.difference << ", right is " << finding.limit;
}

TEST_P(OpTable, InferenceMatchesTheReference) {
  if (opCase().trainingOnly) {
    EXPECT_TRUE(isAskedOf(opCase(), *backend_) || computed().device.starts_with("cuda"));
    return;
  }
  expectRight(proveInference(opCase(), *backend_, precision(), layout()));
}

TEST_P(OpTable, TrainingMatchesTheReference) {
  if (!isAskedOf(opCase(), *backend_)) return;
  expectRight(proveTraining(opCase(), *backend_, precision(), layout()));
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
  expectRight(proveInference(opCase, *backend, Precision::Float32, InputLayout::Produced));
}

std::string caseName(const testing::TestParamInfo<OpTable::ParamType>& info) {
  return std::get<2>(info.param).name +
         (std::get<1>(info.param) == InputLayout::Plain ? "_plain" : "_produced");
}

INSTANTIATE_TEST_SUITE_P(Cpu, OpTable,
                         testing::Combine(testing::Values(Computed{"cpu"}),
                                          testing::Values(InputLayout::Plain,
                                                          InputLayout::Produced),
                                          testing::ValuesIn(opCases())),
                         caseName);
INSTANTIATE_TEST_SUITE_P(Cpu, Winograd, testing::ValuesIn(winogradCases()),
                         [](const auto& test) { return test.param.name; });
INSTANTIATE_TEST_SUITE_P(ReferenceFloat32, OpTable,
                         testing::Combine(testing::Values(Computed{"reference"}),
                                          testing::Values(InputLayout::Plain),
                                          testing::ValuesIn(opCases())),
                         caseName);

std::string cudaName(const testing::TestParamInfo<OpTable::ParamType>& info) {
  return caseName(info) + "_" + nameOf(std::get<0>(info.param).precision);
}

INSTANTIATE_TEST_SUITE_P(
    CudaOnTheHostInOne, OpTable,
    testing::Combine(testing::Values(Computed{kCudaInOne},
                                     Computed{kCudaInOne, Precision::BFloat16}),
                     testing::Values(InputLayout::Plain, InputLayout::Produced),
                     testing::ValuesIn(opCases())),
    cudaName);
INSTANTIATE_TEST_SUITE_P(
    CudaOnTheHostInPasses, OpTable,
    testing::Combine(testing::Values(Computed{kCudaInPasses},
                                     Computed{kCudaInPasses, Precision::BFloat16}),
                     testing::Values(InputLayout::Produced), testing::ValuesIn(opCases())),
    cudaName);
std::vector<Computed> computedOnACard() {
  std::vector<Computed> all;
  for (const std::string& card : cardHere())
    for (const Precision precision :
         {Precision::Float32, Precision::TensorFloat32, Precision::BFloat16})
      all.push_back({card, precision});
  return all;
}

INSTANTIATE_TEST_SUITE_P(Cuda, OpTable,
                         testing::Combine(testing::ValuesIn(computedOnACard()),
                                          testing::Values(InputLayout::Plain,
                                                          InputLayout::Produced),
                                          testing::ValuesIn(opCases())),
                         cudaName);

TEST(OpTableOnACard, IsRunWhereThereIsOne) {
  if (cardHere().empty()) GTEST_SKIP() << whyNoCard();
}

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
