// SPDX-License-Identifier: GPL-3.0-or-later
// Detection on a video file: frames a second against what the processor time of the stages, each
// alone, allows on so many cores.
//   benchmark_video VIDEO [THREADS [NETWORK]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/compute/wait_policy.h"
#include "core/detect/detection_crew.h"
#include "core/detect/frame_source.h"
#include "core/detect/video_library.h"

namespace {

using namespace boxwright;
using Clock = std::chrono::steady_clock;

double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Model modelOf(const std::string& name) {
  std::vector<Problem> problems;
  Model model;
  model.network = buildNetwork(readCfg(findNetwork(name), problems), problems);
  initialiseWeights(model.network, 7);
  for (Layer& layer : model.network.layers)
    for (float& variance : layer.weights.rollingVariance)
      variance = 1;
  for (int i = 0; i < model.network.region().classes; ++i)
    model.names.push_back("class " + std::to_string(i));
  return model;
}

/// Processor milliseconds a frame of `work`, which returns how many frames it did.
template <typename Work>
double millisecondsEach(Work work) {
  const double used = processorSeconds();
  const double frames = static_cast<double>(work());
  return 1e3 * (processorSeconds() - used) / frames;
}

}  // namespace

int main(int argc, char** argv) {
  letIdleThreadsSleep(argv);
  prepareVideoLibrary();
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s VIDEO [THREADS [NETWORK]]\n", argv[0]);
    return 2;
  }
  const int threads = argc > 2 ? std::atoi(argv[2]) : 2;
  const Model model = modelOf(argc > 3 ? argv[3] : "yolov2-nano");
  const DetectSettings settings;

  Image frame;
  const double reading = millisecondsEach([&] {
    const auto source = openFrameSource(argv[1]);
    std::size_t frames = 0;
    while (std::optional<Frame> next = source->next({})) {
      frame = std::move(next->image);
      ++frames;
    }
    return frames;
  });
  Detector alone(model, {.device = "cpu", .threads = 1});
  alone.detect(frame, settings);
  const double detecting = millisecondsEach([&] {
    for (int i = 0; i < 100; ++i)
      alone.detect(frame, settings);
    return 100;
  });
  const double possible = 1e3 * threads / (reading + detecting);
  std::printf(
      "alone, a frame: reading %.2f ms, detecting %.2f ms of processor time; %d cores could "
      "do %.1f frames a second\n",
      reading, detecting, threads, possible);

  for (const int detectors : {1, 2}) {
    DetectionCrew crew(model, {.device = "cpu", .threads = threads}, {detectors});
    const auto source = openFrameSource(argv[1]);
    std::size_t frames = 0;
    const auto start = Clock::now();
    const double used = processorSeconds();
    crew.run(*source, settings, {}, [&](DetectedFrame&&) { return ++frames, true; });
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const double rate = static_cast<double>(frames) / seconds;
    std::printf(
        "%d detector%s: %.1f frames a second, %.2f of that; %.2f ms of processor time a "
        "frame%s\n",
        detectors, detectors == 1 ? "" : "s", rate, rate / possible,
        1e3 * (processorSeconds() - used) / static_cast<double>(frames),
        DetectionCrew::sizeFor(*source, model, threads, false).detectors == detectors ? " (used)"
                                                                                      : "");
  }
  return 0;
}
