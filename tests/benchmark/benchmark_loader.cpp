// SPDX-License-Identifier: GPL-3.0-or-later
// The batch loader alone: decode, vary, bring to the input size, on one thread; then what a
// training step of yolov2-nano loses to it: steps on loaded batches and on one batch again and
// again, by turns.
//   benchmark_loader DATASET [SECONDS [SIZE [TURNS]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/thread_budget.h"
#include "core/compute/session.h"
#include "core/compute/trace.h"
#include "core/compute/wait_policy.h"
#include "core/data/open_dataset.h"
#include "core/train/batch_loader.h"
#include "core/train/training_pictures.h"

namespace {

using namespace boxwright;

double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::vector<LoaderPicture> picturesOf(const Dataset& dataset) {
  std::vector<LoaderPicture> pictures;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    LoaderPicture picture;
    picture.file = dataset.absolutePath(i);
    picture.name = dataset.pictures[i].path;
    picture.truths = truthsOf(dataset.pictures[i], picture.file).truths;
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

void run(const Dataset& dataset, double seconds, int side, std::size_t cacheBytes,
         const char* what) {
  std::vector<LoaderPicture> pictures = picturesOf(dataset);
  const auto count = static_cast<std::int64_t>(pictures.size());
  Trace trace;
  PictureCache cache(cacheBytes);
  LoaderSettings settings;
  settings.side = [side](std::int64_t) { return side; };
  settings.trace = &trace;
  BatchLoader loader(std::move(pictures), settings, cache, 0);
  const auto next = [&] { loader.recycle(std::move(*loader.next({}))); };
  // With a cache: once through, so that all is in it.
  for (std::int64_t i = 0; cacheBytes > 0 && i * settings.batch < count; ++i)
    next();
  const auto start = std::chrono::steady_clock::now();
  const double used = processorSeconds();
  std::int64_t done = 0;
  double wall = 0;
  while (wall < seconds) {
    next();
    done += settings.batch;
    wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  const double processor = processorSeconds() - used;
  std::printf("%s: %.0f pictures a second of processor time (%.0f of wall time)\n", what,
              static_cast<double>(done) / processor, static_cast<double>(done) / wall);
  for (const Trace::Line& line : trace.lines())
    std::printf("  %-8s %.2f ms\n", line.name.c_str(),
                1e3 * line.seconds / static_cast<double>(line.calls));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Steps of 8 pictures in turns of 24, of which the first 4 empty or fill the loader's store.
void besideTraining(const Dataset& dataset, int side, int turns) {
  constexpr int kBatch = 8, kSteps = 24, kUnsteady = 4;
  std::vector<Problem> problems;
  Network network = buildNetwork(readCfg(findNetwork("yolov2-nano"), problems), problems);
  resizeNetwork(network, side, side);
  initialiseWeights(network, 7);
  const ThreadBudget threads = ThreadBudget::of();
  const auto backend = openBackend("cpu", threads.compute);
  Parameters parameters(*backend, network, true);
  SessionOptions options;
  options.batch = kBatch;
  options.threads = threads.compute;
  Session session(parameters, network, options);
  const std::vector<float> gradient(session.headShape().count(), 0.01F);

  PictureCache cache(std::size_t(1) << 30);
  LoaderSettings settings;
  settings.batch = kBatch;
  settings.threads = threads.loader;
  settings.side = [side](std::int64_t) { return side; };
  BatchLoader loader(picturesOf(dataset), settings, cache, 0);
  std::optional<TrainingBatch> batch = loader.next({});
  std::vector<double> seconds[2], ratios;
  for (int turn = 0; turn < turns; ++turn) {
    for (const bool loading : {true, false}) {
      std::vector<double> all;
      for (int i = 0; i < kSteps; ++i) {
        const auto start = std::chrono::steady_clock::now();
        if (loading) {
          loader.recycle(std::move(*batch));
          batch = loader.next({});
        }
        session.forward(batch->input);
        session.backward(gradient);
        parameters.update({1e-6, 0.9, 0.0005, kBatch});
        if (i >= kUnsteady)
          all.push_back(
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      }
      // The mean, for a step that waits for pictures is as rare as it is long.
      double sum = 0;
      for (const double value : all)
        sum += value;
      seconds[loading].push_back(sum / static_cast<double>(all.size()));
    }
    ratios.push_back(seconds[1].back() / seconds[0].back());
  }
  std::printf(
      "training yolov2-nano, %d, batch %d, %d compute and %d loader threads: a step takes %.1f ms, "
      "%.1f ms on one batch; %.1f %% more, median of %d turns\n",
      side, kBatch, threads.compute, threads.loader, 1e3 * median(seconds[1]),
      1e3 * median(seconds[0]), 100 * (median(ratios) - 1), turns);
}

}  // namespace

int main(int argc, char** argv) {
  boxwright::letIdleThreadsSleep(argv);
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s DATASET [SECONDS [SIZE [TURNS]]]\n", argv[0]);
    return 2;
  }
  const boxwright::Dataset dataset = boxwright::openDataset(boxwright::pathFromUtf8(argv[1]), {});
  const double seconds = argc > 2 ? std::atof(argv[2]) : 5;
  const int side = argc > 3 ? std::atoi(argv[3]) : 416;
  run(dataset, seconds, side, 0, "decoded each time");
  run(dataset, seconds, side, std::size_t(1) << 30, "decoded once");
  besideTraining(dataset, side, std::max(1, argc > 4 ? std::atoi(argv[4]) : 5));
  return 0;
}
