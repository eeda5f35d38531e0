// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>

#include <vector>

#include "core/base/random.h"
#include "core/evaluate/average_precision.h"

namespace {

using namespace boxwright;

/// 5,000 pictures with about 7 truths and 10 detections of 80 classes, half of them near a truth.
std::vector<PictureResult> pictures() {
  RandomStream random(1, "benchmark scoring");
  std::vector<PictureResult> all(5000);
  for (PictureResult& picture : all) {
    for (int i = 0; i < 7; ++i) {
      Box box;
      box.classId = static_cast<int>(random.index(80));
      const double x = random.uniform(0, 500), y = random.uniform(0, 400);
      box.rect = {x, y, x + random.uniform(8, 140), y + random.uniform(8, 140)};
      picture.truths.push_back(box);
    }
    for (int i = 0; i < 10; ++i) {
      const Box& near = picture.truths[random.index(7)];
      const double dx = random.uniform(-20, 20), dy = random.uniform(-20, 20);
      Detection found{
          {near.rect.left + dx, near.rect.top + dy, near.rect.right + dx, near.rect.bottom + dy},
          near.classId,
          static_cast<float>(random.uniform())};
      if (i % 2 == 1) found.classId = static_cast<int>(random.index(80));
      picture.detections.push_back(found);
    }
  }
  return all;
}

void scoring(benchmark::State& state, Protocol protocol) {
  const std::vector<PictureResult> all = pictures();
  ScoringOptions options;
  options.protocol = protocol;
  double map = 0;
  for (auto _ : state)
    map = score(all, 80, options).map;
  state.counters["map"] = map;
}
BENCHMARK_CAPTURE(scoring, coco, Protocol::Coco)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(scoring, voc, Protocol::Voc)->Unit(benchmark::kMillisecond);

}  // namespace
