// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>

#include <vector>

#include "core/base/random.h"
#include "core/yolo/decode.h"
#include "core/yolo/region_loss.h"

namespace {

using namespace boxwright;

/// yolov2-voc's head at 416: 13x13 cells, 5 anchors, 20 classes.
struct VocHead {
  RegionLayer region;
  std::vector<float> values;
  BatchTruths truths;
  int batch = 0;

  explicit VocHead(int pictures) : truths(std::size_t(pictures)), batch(pictures) {
    region.classes = 20;
    region.num = 5;
    region.softmax = region.biasMatch = region.rescore = true;
    region.threshold = 0.6;
    region.objectScale = 5;
    region.anchors = {{1.3, 1.7}, {3.2, 4.0}, {5.1, 8.1}, {9.5, 4.8}, {11.2, 10.0}};
    RandomStream random(1, "benchmark head");
    values.resize(std::size_t(pictures) * 5 * 25 * 169);
    for (float& value : values)
      value = static_cast<float>(random.normal());
    for (std::vector<Truth>& own : truths) {
      for (int i = 0; i < 30; ++i) {
        own.push_back(
            {{random.uniform(), random.uniform(), random.uniform(.05, .6), random.uniform(.05, .6)},
             static_cast<int>(random.index(20))});
      }
    }
  }
  HeadView<float> view() const { return {values.data(), batch, 5, 20, 13, 13}; }
};

/// Assignment, loss and gradient of 8 pictures with 30 truths each.
void assignAndLoss(benchmark::State& state) {
  const VocHead head(8);
  LossSettings settings;
  settings.seen = static_cast<std::uint64_t>(state.range(0));
  std::vector<float> gradient(head.values.size());
  for (auto _ : state) {
    const RegionTargets targets = assign(head.view(), head.truths, head.region, settings);
    benchmark::DoNotOptimize(regionLoss<float>(head.view(), targets, head.region, gradient));
  }
  state.counters["pictures"] = benchmark::Counter(8, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(assignAndLoss)->Arg(0)->Arg(1000000)->Unit(benchmark::kMicrosecond);

/// One picture at the threshold of an evaluation.
void decodeAndSuppress(benchmark::State& state) {
  const VocHead head(1);
  std::size_t kept = 0;
  for (auto _ : state)
    kept = suppress(decodeRegion(head.view(), head.region, 0, 0.005), 0.45).size();
  state.counters["kept"] = static_cast<double>(kept);
}
BENCHMARK(decodeAndSuppress)->Unit(benchmark::kMicrosecond);

}  // namespace
