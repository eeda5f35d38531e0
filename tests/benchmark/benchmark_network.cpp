// SPDX-License-Identifier: GPL-3.0-or-later
// A network by layer: inference, or a training step (forward, region loss on 30 truths a picture,
// backward, update), beside what the processor can do at most.
//   benchmark_network inference|training [RUNS [THREADS [BATCH [SIZE [NETWORK…]]]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/compute/session.h"
#include "core/compute/wait_policy.h"
#include "core/yolo/region_head.h"
#include "core/yolo/region_loss.h"

namespace {

using namespace boxwright;
using Clock = std::chrono::steady_clock;

struct Setting {
  bool training = false;
  int runs = 5, threads = 2, batch = 1, size = 416;
};

double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double gigaflopsOf(const Network& network, int batch) {
  return 1e-9 * batch * static_cast<double>(operationsOf(network));
}

/// Times `run` and prints the medians; `work` is what one run computes, in GFLOP.
template <typename Run>
void time(const std::string& name, const Setting& s, double work, double peak, Run run) {
  for (int i = 0; i < (s.training ? 1 : 3); ++i)
    run();
  std::vector<double> wall, processor;
  for (int i = 0; i < s.runs; ++i) {
    const auto start = Clock::now();
    const double used = processorSeconds();
    run();
    processor.push_back(1e3 * (processorSeconds() - used));
    wall.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::sort(wall.begin(), wall.end());
  std::sort(processor.begin(), processor.end());
  const double median = wall[wall.size() / 2];
  std::printf(
      "%s %s at %d, batch %d, %d threads: median %.1f ms (least %.1f, processor %.1f ms), %.1f "
      "pictures/s, %.0f GFLOP/s by the direct count, %.0f %% of the peak of %.0f\n",
      name.c_str(), s.training ? "training" : "inference", s.size, s.batch, s.threads, median,
      wall[0], processor[processor.size() / 2], 1e3 * s.batch / median, 1e3 * work / median,
      1e5 * work / median / peak, peak);
}

/// 30 objects in each picture, the most that Darknet's own truth lists hold.
BatchTruths randomTruths(int batch, int classes) {
  RandomStream random(1, "benchmark truths");
  BatchTruths truths(static_cast<std::size_t>(batch));
  for (std::vector<Truth>& own : truths) {
    for (int i = 0; i < 30; ++i)
      own.push_back(
          {{random.uniform(), random.uniform(), random.uniform(.05, .6), random.uniform(.05, .6)},
           static_cast<int>(random.index(static_cast<std::uint64_t>(classes)))});
  }
  return truths;
}

/// The lines of one direction, with the rate of each convolution by the direct count.
void printLayers(const Trace& trace, const Network& network, int batch, double peak) {
  for (const Trace::Line& line : trace.lines()) {
    const double each = line.seconds / static_cast<double>(line.calls);
    std::printf("  %*s%-*s %8.2f ms  processor %8.2f ms", 2 * line.depth, "", 54 - 2 * line.depth,
                line.name.c_str(), 1e3 * each,
                1e3 * line.processorSeconds / static_cast<double>(line.calls));
    int index = -1;
    if (std::sscanf(line.name.c_str(), "layer %d [convolutional]", &index) == 1) {
      Network one = network;
      const double all = gigaflopsOf(network, batch);
      one.layers.erase(one.layers.begin() + index);
      const double rate = (all - gigaflopsOf(one, batch)) / each;
      std::printf("  %6.0f GFLOP/s  %4.0f %%", rate, 100 * rate / peak);
    }
    std::printf("\n");
  }
}

void run(const std::string& name, const Setting& s) {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork(name), problems), problems);
  resizeNetwork(network, s.size, s.size);
  initialiseWeights(network, 7);
  for (Layer& layer : network.layers)
    for (float& variance : layer.weights.rollingVariance)
      variance = 1;
  const auto backend = openBackend("cpu", s.threads);
  const double peak = 1e-9 * backend->measureCeilings().operations;
  SessionOptions options;
  options.width = options.height = s.size;
  options.batch = s.batch;
  options.threads = s.threads;
  std::vector<float> input(std::size_t(3) * s.batch * s.size * s.size);
  RandomStream random(3, "benchmark picture");
  for (float& value : input)
    value = static_cast<float>(random.uniform());
  // A training step computes three times a forward pass: the gradients by data and by weights too.
  const double work = gigaflopsOf(network, s.batch) * (s.training ? 3 : 1);
  Trace trace;
  for (Trace* const taken : {static_cast<Trace*>(nullptr), &trace}) {
    options.trace = taken;
    if (s.training) {
      Parameters parameters(*backend, network, true);
      Session session(parameters, network, options);
      const RegionLayer& region = network.region();
      const BatchTruths truths = randomTruths(s.batch, region.classes);
      const Shape shape = session.headShape();
      std::vector<float> gradient(shape.count());
      LossSettings lossSettings;
      lossSettings.seen = 1000000;  // past the first pictures, which pull boxes to their anchors
      const UpdateRule rule{1e-6, 0.9, 0.0005, s.batch};
      time(name, s, work, peak, [&] {
        session.forward(input);
        {
          const Trace::Span span(taken, "loss");
          const HeadView<float> head =
              headView(region, session.head().data(), shape.n, shape.h, shape.w);
          const RegionTargets targets = assign(head, truths, region, lossSettings);
          regionLoss<float>(head, targets, region, gradient);
        }
        session.backward(gradient);
        const Trace::Span span(taken, "update");
        parameters.update(rule);
      });
      if (taken == nullptr)
        std::printf("  %zu MB of activations, gradients and scratch\n",
                    session.memoryBytes() >> 20);
    } else {
      Session session(*backend, fold(network), options);
      time(name, s, work, peak, [&] { session.forward(input); });
    }
  }
  printLayers(trace, network, s.batch, peak);
}

}  // namespace

int main(int argc, char** argv) {
  boxwright::letIdleThreadsSleep(argv);
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode != "inference" && mode != "training") {
    std::fprintf(stderr,
                 "usage: %s inference|training [RUNS [THREADS [BATCH [SIZE [NETWORK…]]]]]\n",
                 argv[0]);
    return 2;
  }
  const auto number = [&](int index, int otherwise) {
    return argc > index ? std::max(1, std::atoi(argv[index])) : otherwise;
  };
  const bool training = mode == "training";
  const Setting setting{training, number(2, training ? 5 : 21), number(3, 2),
                        number(4, training ? 8 : 1), number(5, 416)};
  std::vector<std::string> names(argv + std::min(argc, 6), argv + argc);
  if (names.empty()) names = {"yolov2-nano", "yolov2-tiny-voc"};
  for (const std::string& name : names)
    run(name, setting);
  return 0;
}
