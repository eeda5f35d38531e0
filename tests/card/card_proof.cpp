// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether a device computes what the reference does: the table of ops in each precision that it
// has, and a training step of a whole network op by op.
//   card_proof [DEVICE]
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/compute/session.h"
#include "core/network/cfg.h"
#include "tests/ops/op_proof.h"

namespace boxwright {
namespace {

struct Tally {
  int findings = 0, wrong = 0;
  double worst = 0;  ///< the largest share of what is right
  std::string where;

  void add(const std::string& name, const std::vector<Finding>& found) {
    for (const Finding& finding : found) {
      ++findings;
      const double share = finding.limit > 0 ? finding.difference / finding.limit
                                             : (finding.isRight() ? 0 : 1e9);
      if (!finding.isRight()) {
        ++wrong;
        std::printf("WRONG: %s, %s is off by %g, right is %g\n", name.c_str(),
                    finding.what.c_str(), finding.difference, finding.limit);
      }
      if (!(share <= worst)) {
        worst = share;
        where = name + ", " + finding.what;
      }
    }
  }
};

bool computes(const Backend& backend, Precision precision) {
  try {
    backend.plainSpec({1, 1, 1, 1}, precision);
    return true;
  } catch (const Error&) {
    return false;
  }
}

int proveOps(Backend& backend) {
  int wrong = 0;
  std::printf("%-9s %-10s %6s %6s  %s\n", "precision", "mode", "checks", "wrong",
              "nearest to its limit");
  for (const Precision precision :
       {Precision::Float32, Precision::TensorFloat32, Precision::BFloat16}) {
    if (!computes(backend, precision)) {
      std::printf("%-9s NOT CHECKED: this device has no such\n", nameOf(precision));
      continue;
    }
    for (const Mode mode : {Mode::Inference, Mode::Training}) {
      Tally tally;
      for (const InputLayout layout : {InputLayout::Plain, InputLayout::Produced}) {
        for (const OpCase& opCase : opCases()) {
          if (!isAskedOf(opCase, backend) || (opCase.trainingOnly && mode == Mode::Inference))
            continue;
          tally.add(opCase.name, mode == Mode::Inference
                                     ? proveInference(opCase, backend, precision, layout)
                                     : proveTraining(opCase, backend, precision, layout));
        }
      }
      std::printf("%-9s %-10s %6d %6d  %.0f %% in %s\n", nameOf(precision),
                  mode == Mode::Inference ? "inference" : "training", tally.findings, tally.wrong,
                  100 * tally.worst, tally.where.c_str());
      wrong += tally.wrong;
    }
  }
  return wrong;
}

/// A step of yolov2-nano at 160 pixels beside the reference.
void proveNetwork(const std::string& device, const std::string& precision) {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork("yolov2-nano"), problems), problems);
  constexpr int kSide = 160, kBatch = 2;
  resizeNetwork(network, kSide, kSide);
  initialiseWeights(network, 1);
  const auto backend = openBackend("check:" + device + ",reference", 2, precision);
  Parameters parameters(*backend, network, true);
  SessionOptions options;
  options.batch = kBatch;
  options.mode = Mode::Training;
  options.threads = 2;
  Session session(parameters, network, options);
  const std::vector<double> drawn =
      drawNumbers(std::size_t(kBatch) * 3 * kSide * kSide, 1, "pictures", 0.5);
  std::vector<float> input;
  for (const double value : drawn)
    input.push_back(static_cast<float>(value + 0.5));
  const std::vector<double> gradient =
      drawNumbers(session.headShape().count(), 2, "gradient", 0.1);
  session.forward(input);
  session.backward(std::vector<float>(gradient.begin(), gradient.end()));
  std::printf("\nyolov2-nano at %d, a step in %s\n", kSide, precision.c_str());
  for (const std::string& line : backend->report())
    std::printf("%s\n", line.c_str());
}

int run(const std::string& device) {
  const auto backend = openBackend(device, 2);
  std::printf("%s: %s\n\n", backend->info().name.c_str(), backend->info().kind.c_str());
  const int wrong = proveOps(*backend);
  for (const Precision precision : {Precision::Float32, Precision::BFloat16})
    if (computes(*backend, precision)) proveNetwork(device, nameOf(precision));
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace boxwright

int main(int count, char** arguments) {
  try {
    return boxwright::run(count > 1 ? arguments[1] : "cuda");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "card_proof: %s\n", error.what());
    return 1;
  }
}
