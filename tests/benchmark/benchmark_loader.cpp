// SPDX-License-Identifier: GPL-3.0-or-later
// The batch loader alone: decode, vary, bring to the input size, on one thread.
//   benchmark_loader DATASET [SECONDS [SIZE]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/compute/trace.h"
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

void run(const Dataset& dataset, double seconds, int side, std::size_t cacheBytes,
         const char* what) {
  std::vector<LoaderPicture> pictures;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    LoaderPicture picture;
    picture.file = dataset.absolutePath(i);
    picture.name = dataset.pictures[i].path;
    picture.truths = truthsOf(dataset.pictures[i], picture.file).truths;
    pictures.push_back(std::move(picture));
  }
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

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s DATASET [SECONDS [SIZE]]\n", argv[0]);
    return 2;
  }
  const boxwright::Dataset dataset = boxwright::openDataset(boxwright::pathFromUtf8(argv[1]), {});
  const double seconds = argc > 2 ? std::atof(argv[2]) : 5;
  const int side = argc > 3 ? std::atoi(argv[3]) : 416;
  run(dataset, seconds, side, 0, "decoded each time");
  run(dataset, seconds, side, std::size_t(1) << 30, "decoded once");
  return 0;
}
