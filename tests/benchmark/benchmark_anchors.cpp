// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/anchors/cluster_anchors.h"
#include "core/base/random.h"

namespace {

using boxwright::RandomStream;
using boxwright::Size;

std::vector<Size> boxes(std::size_t count) {
  RandomStream random(1, "benchmark boxes");
  std::vector<Size> sizes;
  for (std::size_t i = 0; i < count; ++i) {
    const double side = std::exp(random.uniform(std::log(0.03), std::log(0.8)));
    const double aspect = std::exp(0.5 * random.normal());
    sizes.push_back({std::min(1.0, side * aspect), std::min(1.0, side / aspect)});
  }
  return sizes;
}

/// One restart to convergence, k = 9; arguments: boxes, threads.
void clusterOnce(benchmark::State& state, boxwright::ClusterUpdate update) {
  const std::vector<Size> sizes = boxes(static_cast<std::size_t>(state.range(0)));
  boxwright::ClusterOptions options;
  options.k = 9;
  options.restarts = 1;
  options.update = update;
  options.threads = static_cast<int>(state.range(1));
  boxwright::AnchorSet set;
  for (auto _ : state)
    set = boxwright::clusterAnchors(sizes, options);
  state.counters["rounds"] = set.iterations;
  state.counters["meanIou"] = set.meanIou;
}

BENCHMARK_CAPTURE(clusterOnce, mean, boxwright::ClusterUpdate::Mean)
    ->Args({5000, 1})
    ->Args({1000000, 1})
    ->Args({1000000, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(clusterOnce, median, boxwright::ClusterUpdate::Median)
    ->Args({1000000, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
