// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether a device computes what the reference does: the table of ops in each precision that it
// has, a training step of a whole network op by op, and whether a step that is recorded gives what
// it gave op by op.
//   card_proof [DEVICE]     also "host": our kernels as loops, naive convolutions, without a card
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <memory_resource>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/compute/check_backend.h"
#include "core/compute/cuda/cuda_backend.h"
#include "core/compute/cuda/cuda_device.h"
#include "core/compute/session.h"
#include "core/network/cfg.h"
#include "tests/core/compute/cuda/host_device.h"
#include "tests/core/compute/cuda/kernel_proof.h"
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
      const double share =
          finding.limit > 0 ? finding.difference / finding.limit : (finding.isRight() ? 0 : 1e9);
      if (!finding.isRight()) {
        ++wrong;
        std::printf("WRONG: %s, %s is off by %g, right is %g\n", name.c_str(), finding.what.c_str(),
                    finding.difference, finding.limit);
      }
      if (!(share <= worst)) {
        worst = share;
        where = name + ", " + finding.what;
      }
    }
  }
  void fails(const std::string& name, const std::string& why) {
    ++findings;
    ++wrong;
    std::printf("WRONG: %s: %s\n", name.c_str(), why.c_str());
  }
};

std::unique_ptr<Backend> opened(const std::string& device,
                                std::optional<Precision> precision = {}) {
  if (device != "host") return openBackend(device, 2, precision ? nameOf(*precision) : "auto");
  return makeCudaBackend(std::make_unique<cuda::HostDevice>(true), precision);
}

int proveOps(Backend& backend) {
  int wrong = 0;
  std::printf("%-9s %-10s %6s %6s  %s\n", "precision", "mode", "checks", "wrong",
              "nearest to its limit");
  for (const Precision precision :
       {Precision::Float32, Precision::TensorFloat32, Precision::BFloat16}) {
    if (!backend.info().computes(precision)) {
      std::printf("%-9s NOT CHECKED: this device has no such\n", nameOf(precision));
      continue;
    }
    for (const Mode mode : {Mode::Inference, Mode::Training}) {
      Tally tally;
      for (const InputLayout layout : {InputLayout::Plain, InputLayout::Produced}) {
        for (const OpCase& opCase : opCases()) {
          if (!isAskedOf(opCase, backend) || (opCase.trainingOnly && mode == Mode::Inference))
            continue;
          try {
            tally.add(opCase.name, mode == Mode::Inference
                                       ? proveInference(opCase, backend, precision, layout)
                                       : proveTraining(opCase, backend, precision, layout));
          } catch (const Error& error) {
            tally.fails(opCase.name, error.what());
          }
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

constexpr int kSide = 160, kBatch = 2;

std::vector<float> numbers(std::size_t count, const char* purpose, double scale, double around) {
  std::vector<float> all;
  for (const double value : drawNumbers(count, 1, purpose, scale))
    all.push_back(static_cast<float>(value + around));
  return all;
}

/// A step of yolov2-nano in training.
struct Step {
  explicit Step(Backend& backend)
      : network(make()),
        parameters(backend, network, true),
        session(parameters, network,
                {.batch = kBatch, .mode = Mode::Training, .threads = 2, .repeatable = true}) {
    session.forward(numbers(std::size_t(kBatch) * 3 * kSide * kSide, "pictures", 0.5, 0.5));
    session.backward(numbers(session.headShape().count(), "gradient", 0.1, 0));
  }
  static Network make() {
    std::vector<Problem> problems;
    Network network = buildNetwork(readCfg(findNetwork("yolov2-nano"), problems), problems);
    resizeNetwork(network, kSide, kSide);
    initialiseWeights(network, 1);
    return network;
  }
  /// What backward added to all gradients, which are cleared.
  std::vector<double> takeGradients() {
    std::vector<double> all;
    for (const auto& parameter : parameters.learned()) {
      const std::vector<double> own =
          readParameter(parameters.backend(), *parameter, parameter->gradient);
      all.insert(all.end(), own.begin(), own.end());
      writeParameter(parameters.backend(), *parameter, parameter->gradient,
                     std::vector<double>(parameter->count));
    }
    return all;
  }

  Network network;
  Parameters parameters;
  Session session;
};

/// Op by op, then from the recording: the same to the bit.
int proveRecording(const std::string& device, Precision precision) {
  const auto backend = opened(device, precision);
  Step step(*backend);
  const std::vector<double> expected = step.takeGradients();
  int wrong = 0;
  for (int again = 0; again < 3; ++again) {
    step.session.forwardAgain();
    step.session.backwardAgain();
    if (step.takeGradients() != expected) ++wrong;
  }
  const bool recorded = step.session.isRecorded();
  if (!recorded && backend->info().isCard) ++wrong;
  std::printf("\nyolov2-nano at %d, a step again, %s, %s: %s\n", kSide, nameOf(precision),
              recorded ? "from its recording" : "NOT RECORDED",
              wrong == 0 ? "the same to the bit" : "WRONG");
  return wrong;
}

/// A device to run kernels on by itself; null: it has none.
std::unique_ptr<cuda::Device> kernelsOf(const std::string& device) {
  if (device == "host") return std::make_unique<cuda::HostDevice>(true);
#ifdef BOXWRIGHT_HAS_CUDA
  const std::size_t colon = device.find(':');
  if (device.starts_with("cuda"))
    return cuda::openCard(colon == std::string::npos ? 0 : std::stoi(device.substr(colon + 1)));
#endif
  return nullptr;
}

/// Our own kernels, where the table of ops does not lead.
int proveKernels(const std::string& device) {
  const auto opened = kernelsOf(device);
  if (!opened) return 0;
  const std::vector<std::string> wrong = cuda::wrongKernels(*opened, true);
  for (const std::string& line : wrong)
    std::printf("WRONG: %s\n", line.c_str());
  std::printf("\nKernels beside plain loops: %s\n", wrong.empty() ? "right" : "WRONG");
  return static_cast<int>(wrong.size());
}

/// Pictures that were brought ahead give what pictures that are uploaded give.
int proveAhead(const std::string& device) {
  const auto backend = opened(device, Precision::Float32);
  const Network network = Step::make();
  SessionOptions options;
  options.batch = kBatch;
  options.threads = 2;
  Session session(*backend, fold(network), options);
  std::vector<std::pmr::vector<float>> pictures;
  std::vector<std::vector<float>> heads;
  for (int i = 0; i < 4; ++i) {
    const std::vector<float> drawn =
        numbers(std::size_t(kBatch) * 3 * kSide * kSide, "pictures", 0.5, 0.1 * i);
    pictures.emplace_back(drawn.begin(), drawn.end(), backend->hostMemory());
    session.forward(pictures.back());
    heads.emplace_back(session.head().begin(), session.head().end());
  }
  int wrong = 0;
  for (int i = 0; i < 12; ++i) {
    backend->uploadAhead(pictures[std::size_t(i + 1) % 4]);
    session.forward(pictures[std::size_t(i) % 4]);
    const std::vector<float>& expected = heads[std::size_t(i) % 4];
    if (!std::equal(expected.begin(), expected.end(), session.head().begin())) ++wrong;
  }
  std::printf("\nPictures brought over beside the work: %s\n", wrong == 0 ? "the same" : "WRONG");
  return wrong;
}

/// A head that is brought in parts, there and back, is what lies in these places; all else of what
/// is brought to the card is 0.
int provePlanes(const std::string& device) {
  const auto backend = opened(device, Precision::Float32);
  if (!backend->bringsPlanes()) return 0;
  const Shape shape{4, 2000, 17, 17};
  const std::size_t each = 17 * 17;
  const TensorSpec spec = backend->plainSpec(shape, Precision::Float32);
  const auto memory = backend->allocate(spec.bytes);
  const Tensor tensor{spec, memory.get()};
  const std::vector<float> values = numbers(shape.count(), "head", 1, 0);
  int wrong = 0;
  for (const int step : {1, 7, 90}) {
    std::vector<std::int32_t> planes;
    for (int plane = step - 1; plane < shape.n * shape.c; plane += step)
      planes.push_back(plane);
    std::vector<float> brought(values.size(), 7), back(values.size());
    backend->upload(values, tensor);
    backend->downloadPlanes(tensor, planes, brought);
    backend->uploadPlanes(values, planes, tensor);
    backend->download(tensor, back);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool named = static_cast<int>(i / each) % step == step - 1;
      if (brought[i] != (named ? values[i] : 7) || back[i] != (named ? values[i] : 0)) ++wrong;
    }
  }
  std::printf("\nA head in parts: %s\n", wrong == 0 ? "the same" : "WRONG");
  return wrong;
}

/// A step of yolov2-nano beside the reference.
int proveNetwork(const std::string& device, Precision precision) {
  // Each op gets what it should: it is its own rounding that is seen, and in bf16 what comes to lie
  // beyond a kink by it, which only gradients show.
  const bool float32 = precision == Precision::Float32;
  const double limit = float32 ? 1e-4 : 0.01, ofGradients = float32 ? 1e-4 : 0.15;
  const auto backend = makeCheckBackend(opened(device, precision), openBackend("reference", 2));
  const Step step(*backend);
  std::printf("\nyolov2-nano at %d, a step in %s; right is at most %g, of gradients %g\n", kSide,
              nameOf(precision), limit, ofGradients);
  int wrong = 0;
  const std::vector<std::string> report = backend->report();
  for (std::size_t i = 0; i < report.size(); ++i) {
    std::printf("%s\n", report[i].c_str());
    if (i < 2) continue;  // what it is, and the heads of the columns
    std::istringstream words(report[i]);
    std::vector<std::string> cells;
    for (std::string word; words >> word;)
      cells.push_back(word);
    const std::size_t gradients = cells.size() - 2;  // the columns after output and statistics
    for (std::size_t c = cells.size() - 4; c < cells.size(); ++c)
      if (cells[c] != "-" && !(std::stod(cells[c]) <= (c < gradients ? limit : ofGradients)))
        ++wrong;
  }
  if (wrong > 0) std::printf("WRONG: %d of these\n", wrong);
  return wrong;
}

int run(const std::string& device) {
  const auto backend = opened(device);
  std::printf("%s: %s\n\n", backend->info().name.c_str(), backend->info().kind.c_str());
  int wrong = proveOps(*backend);
  for (const Precision precision : {Precision::Float32, Precision::BFloat16}) {
    if (!backend->info().computes(precision)) continue;
    wrong += proveRecording(device, precision);
    wrong += proveNetwork(device, precision);
  }
  wrong += proveAhead(device);
  wrong += provePlanes(device);
  wrong += proveKernels(device);
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
