// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "core/base/random.h"
#include "core/taxonomy/class_tree.h"
#include "core/yolo/decode.h"
#include "core/yolo/region_loss.h"
#include "tests/yolo9000_files.h"

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

/// yolo9000's head at 544: 17x17 cells, 3 anchors, its tree of 9,418 classes; 33 MB a picture. All
/// weights are random, so that every box is likely to be an object and none is passed over.
struct TreeHead {
  RegionLayer region;
  std::vector<float> values;
  BatchTruths truths;
  int batch = 0;

  TreeHead(int pictures, std::shared_ptr<const ClassTree> tree)
      : truths(std::size_t(pictures)), batch(pictures) {
    region.classes = tree->size();
    region.num = 3;
    region.softmax = region.biasMatch = region.rescore = true;
    region.threshold = 0.6;
    region.objectScale = 5;
    region.anchors = {{0.77871, 1.14074}, {3.00525, 4.31277}, {9.22725, 9.61974}};
    RandomStream random(1, "benchmark tree head");
    values.resize(std::size_t(pictures) * 3 * std::size_t(5 + region.classes) * 289);
    for (float& value : values)
      value = static_cast<float>(random.normal());
    for (std::size_t b = 0; b < truths.size(); ++b) {
      if (b % 5 != 0) {  // four of whole pictures to one with boxes
        truths[b].push_back(
            {{}, static_cast<int>(random.index(std::size_t(tree->size()))), -1, true});
        continue;
      }
      for (int i = 0; i < 30; ++i) {
        truths[b].push_back(
            {{random.uniform(), random.uniform(), random.uniform(.05, .6), random.uniform(.05, .6)},
             static_cast<int>(random.index(std::size_t(tree->size())))});
      }
    }
    region.classTree = std::move(tree);
  }
  HeadView<float> view() const { return {values.data(), batch, 3, region.classes, 17, 17}; }
};

/// Null, and the benchmark skipped, where nobody says where yolo9000's files are.
std::shared_ptr<const ClassTree> yolo9000Tree(benchmark::State& state) {
  if (yolo9000Files().empty()) {
    state.SkipWithError("BOXWRIGHT_9K names no folder with 9k.tree");
    return nullptr;
  }
  return std::make_shared<const ClassTree>(readClassTree(yolo9000Files() / "9k.tree"));
}

void readTree(benchmark::State& state) {
  if (!yolo9000Tree(state)) return;
  for (auto _ : state)
    benchmark::DoNotOptimize(readClassTree(yolo9000Files() / "9k.tree"));
}
BENCHMARK(readTree)->Unit(benchmark::kMillisecond);

/// One picture, one answer a box, of all its 867 boxes or of those over .25.
void decodeTree(benchmark::State& state) {
  const auto tree = yolo9000Tree(state);
  if (!tree) return;
  const TreeHead head(1, tree);
  const double threshold = static_cast<double>(state.range(0)) / 100;
  const double walk = static_cast<double>(state.range(1)) / 100;
  std::size_t boxes = 0;
  for (auto _ : state) {
    const auto candidates =
        decodeRegion(head.view(), head.region, 0, threshold, {.threshold = walk});
    boxes = candidates.size();
    benchmark::DoNotOptimize(suppress(candidates, 0.45, 100, Rivals::All));
  }
  state.counters["boxes"] = static_cast<double>(boxes);
}
BENCHMARK(decodeTree)
    ->ArgNames({"percent", "walk"})
    ->Args({0, 50})
    ->Args({0, 0})
    ->Args({25, 50})
    ->Unit(benchmark::kMillisecond);

/// One picture, all 9,418 classes of every box, each by itself: what an evaluation over the whole
/// tree asks for.
void decodeAllNodes(benchmark::State& state) {
  const auto tree = yolo9000Tree(state);
  if (!tree) return;
  const TreeHead head(1, tree);
  TreeSettings settings;
  for (int node = 0; node < tree->size(); ++node)
    settings.nodes.push_back(node);
  for (auto _ : state)
    benchmark::DoNotOptimize(decodeRegion(head.view(), head.region, 0, 0.005, settings));
}
BENCHMARK(decodeAllNodes)->Unit(benchmark::kMillisecond);

/// Assignment, loss and gradient of five pictures, one of them with 30 boxes.
void treeLoss(benchmark::State& state) {
  const auto tree = yolo9000Tree(state);
  if (!tree) return;
  const TreeHead head(5, tree);
  LossSettings settings;
  settings.seen = 1000000;
  std::vector<float> gradient(head.values.size());
  for (auto _ : state) {
    const RegionTargets targets = assign(head.view(), head.truths, head.region, settings);
    benchmark::DoNotOptimize(regionLoss<float>(head.view(), targets, head.region, gradient));
  }
}
BENCHMARK(treeLoss)->Unit(benchmark::kMillisecond);

}  // namespace
