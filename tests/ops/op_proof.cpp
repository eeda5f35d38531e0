// SPDX-License-Identifier: GPL-3.0-or-later
#include "op_proof.h"

#include <limits>
#include <memory>

#include "core/compute/differences.h"

namespace boxwright {
namespace {

constexpr std::uint64_t kSeed = 11;

/// How far off is right: in float32 as a share of the largest number, in tf32 and bf16 as one of
/// the length. One value of a small case beyond a kink is 5 % of a gradient's length, in either.
struct Within {
  double float32, tf32, bf16;
};
constexpr Within kInference{1e-5, 0.005, 0.02}, kOutput{2e-5, 0.0375, 0.15},
    kGradient{5e-5, 0.15, 0.15}, kStatistics{1e-5, 0.0375, 0.15}, kExactly{0, 0, 0};

class Proof {
 public:
  Proof(const OpCase& opCase, Backend& backend, Precision precision, Mode mode, InputLayout layout)
      : precision_(precision),
        exact_(openBackend("reference", 1)),
        bench_(opCase, backend, precision, mode, layout, kSeed),
        reference_(opCase, *exact_, Precision::Float64, mode, InputLayout::Plain, kSeed,
                   precision) {}

  OpBench& bench() { return bench_; }
  OpBench& reference() { return reference_; }
  std::vector<Finding> take() { return std::move(findings_); }

  void compare(const std::string& what, const std::vector<double>& found,
               const std::vector<double>& expected, const Within& within) {
    Finding finding{what, std::numeric_limits<double>::infinity(), 0};
    const bool float32 = precision_ == Precision::Float32;
    finding.limit = float32                             ? within.float32
                    : precision_ == Precision::BFloat16 ? within.bf16
                                                        : within.tf32;
    if (found.size() == expected.size())
      finding.difference =
          float32 ? largestShare(found, expected, 1e-3) : lengthShare(found, expected, 1e-3);
    findings_.push_back(std::move(finding));
  }
  void compareAll(const std::string& what, const std::vector<std::vector<double>>& found,
                  const std::vector<std::vector<double>>& expected, const Within& within) {
    for (std::size_t k = 0; k < expected.size(); ++k)
      compare(what + " " + std::to_string(k), found.at(k), expected[k], within);
  }

 private:
  Precision precision_;
  std::unique_ptr<Backend> exact_;
  OpBench bench_, reference_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> proveInference(const OpCase& opCase, Backend& backend, Precision precision,
                                    InputLayout layout) {
  Proof proof(opCase, backend, precision, Mode::Inference, layout);
  proof.compare("output", proof.bench().forward(), proof.reference().forward(), kInference);
  return proof.take();
}

std::vector<Finding> proveTraining(const OpCase& opCase, Backend& backend, Precision precision,
                                   InputLayout layout) {
  Proof proof(opCase, backend, precision, Mode::Training, layout);
  OpBench &bench = proof.bench(), &reference = proof.reference();
  const UpdateRule rule{0.05, 0.9, 0.01, 3};
  for (int step = 0; step < 2; ++step) {
    const std::string when = step == 0 ? "" : ", second step";
    proof.compare("output" + when, bench.forward(), reference.forward(), kOutput);
    // Twice, as mini-batches of one step: parameter gradients add.
    for (std::uint64_t part = 0; part < 2; ++part) {
      const std::vector<double> delta =
          drawNumbers(bench.outputCount(), kSeed + part, "delta", 0.5, precision);
      if (part == 1) {
        bench.forward();
        reference.forward();
      }
      bench.backward(delta, 0.25);
      reference.backward(delta, 0.25);
      for (std::size_t k = 0; k < bench.inputCount(); ++k) {
        if (k < opCase.uses.size() && opCase.uses[k] == GradientUse::None) continue;
        proof.compare("input gradient " + std::to_string(k) + when, bench.inputGradient(k),
                      reference.inputGradient(k), kGradient);
      }
    }
    proof.compareAll("parameter gradient" + when, bench.parameterGradients(),
                     reference.parameterGradients(), kGradient);
    proof.compareAll("rolling statistics" + when, bench.rolling(), reference.rolling(),
                     kStatistics);
    bench.update(rule);
    reference.update(rule);
    proof.compareAll("updated parameter" + when, bench.masters(), reference.masters(), kGradient);
    for (const std::vector<double>& gradient : bench.parameterGradients())
      proof.compare("cleared gradient" + when, gradient, std::vector<double>(gradient.size()),
                    kExactly);
  }
  return proof.take();
}

bool isAskedOf(const OpCase& opCase, const Backend& backend) {
  if (!opCase.trainingOnly || backend.info().name == "reference") return true;
  const auto& block = std::get<ConvolutionBlock>(opCase.spec);
  return backend.joinsPool(block.layer, *block.pool);
}

}  // namespace boxwright
