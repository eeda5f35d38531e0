// SPDX-License-Identifier: GPL-3.0-or-later
// One training step (forward, backward, update) by layer: wall time and processor time.
//   benchmark_training [STEPS [THREADS [BATCH [SIZE [NETWORK…]]]]]
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

namespace {

using namespace boxwright;
using Clock = std::chrono::steady_clock;

double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void run(const std::string& name, int steps, int threads, int batch, int size) {
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork(name), problems), problems);
  resizeNetwork(network, size, size);
  initialiseWeights(network, 7);
  const auto backend = openBackend("cpu", threads);
  Parameters parameters(*backend, network, true);
  SessionOptions options;
  options.width = options.height = size;
  options.batch = batch;
  options.threads = threads;
  std::vector<float> input(std::size_t(3) * batch * size * size);
  RandomStream random(3, "benchmark picture");
  for (float& value : input)
    value = static_cast<float>(random.uniform());
  const UpdateRule rule{1e-6, 0.9, 0.0005, batch};
  for (const bool profiled : {false, true}) {
    options.profile = profiled;
    Session session(parameters, network, options);
    const std::vector<float> gradient(session.headShape().count(), 0.01F);
    double update = 0;
    const auto step = [&] {
      session.forward(input);
      session.backward(gradient);
      const auto start = Clock::now();
      parameters.update(rule);
      update += std::chrono::duration<double>(Clock::now() - start).count();
    };
    step();
    update = 0;
    const double processor = processorSeconds();
    std::vector<double> times;
    for (int i = 0; i < steps; ++i) {
      const auto start = Clock::now();
      step();
      times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    const double used = (processorSeconds() - processor) / steps;
    std::sort(times.begin(), times.end());
    if (!profiled) {
      std::printf(
          "%s at %d, batch %d, %d threads: median %.1f ms a step (least %.1f), %.1f "
          "images/s (best %.1f), processor %.1f ms a step, %zu MB\n",
          name.c_str(), size, batch, threads, 1e3 * times[times.size() / 2], 1e3 * times[0],
          batch / times[times.size() / 2], batch / times[0], 1e3 * used,
          session.memoryBytes() >> 20);
      continue;
    }
    for (const LayerTime& time : session.profile()) {
      const Shape shape = time.layer >= 0 ? session.layerShape(time.layer) : session.headShape();
      std::printf("  %-3d %-46s %4dx%-4d %5d  forward %7.2f ms  backward %7.2f ms\n", time.layer,
                  time.name.substr(0, 46).c_str(), shape.h, shape.w, shape.c,
                  1e3 * time.forwardSeconds / (steps + 1),
                  1e3 * time.backwardSeconds / (steps + 1));
    }
    std::printf("  update %.2f ms\n", 1e3 * update / steps);
  }
}

}  // namespace

int main(int argc, char** argv) {
  boxwright::letIdleThreadsSleep(argv);
  const auto number = [&](int index, int otherwise) {
    return argc > index ? std::max(1, std::atoi(argv[index])) : otherwise;
  };
  std::vector<std::string> names(argv + std::min(argc, 5), argv + argc);
  if (names.empty()) names = {"yolov2-nano", "yolov2-tiny-voc"};
  for (const std::string& name : names) {
    run(name, number(1, 5), number(2, 2), number(3, 8), number(4, 416));
  }
  return 0;
}
