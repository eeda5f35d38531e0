// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmark/unseen/scores.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "core/base/random.h"
#include "core/base/thread_budget.h"
#include "core/data/open_dataset.h"
#include "core/detect/classifier.h"
#include "core/detect/detector.h"
#include "core/evaluate/evaluate_model.h"
#include "core/evaluate/mean.h"
#include "core/evaluate/tree_score.h"
#include "core/image/codec.h"
#include "core/network/network_tree.h"

namespace boxwright::unseen {
namespace {

constexpr int kDraws = 20;         ///< of leaves by chance, whose scores are averaged
constexpr double kContext = 2.2;   ///< a crop's side, in longer sides of its box
constexpr double kLeast = 0.005;   ///< confidence, as `evaluate` has it
constexpr double kOverlap = 0.45;  ///< NMS, as `evaluate` has it

struct Test {
  Dataset dataset;
  std::vector<std::size_t> pictures;  ///< with boxes
};

Test openTest(const std::filesystem::path& file) {
  Test test{openDataset(file), {}};
  for (const std::size_t index : picturesOfSplit(test.dataset, test.dataset.splits, "test")) {
    if (!test.dataset.pictures[index].annotation->boxes.empty()) test.pictures.push_back(index);
  }
  return test;
}

Detector openDetector(const std::filesystem::path& run) {
  DetectorOptions options;
  options.threads = ThreadBudget::of().compute;
  return {openRunModel(run), options};
}

Row rowOf(std::string method, const TreeScore& score) {
  return {std::move(method), score.seen, score.unseen,
          score.depths.empty() ? std::nullopt : score.depths.front()};
}

Row evaluated(std::string method, const std::filesystem::path& run, const Test& test,
              const std::vector<int>& boxed) {
  Detector detector = openDetector(run);
  const EvaluateOutput output = evaluateModel(detector, test.dataset, test.pictures, {});
  // A run of boxes alone would not know which classes are unseen: the joint one does.
  Mean seen, unseen;
  for (const TreeScore::Node& node : output.tree->nodes) {
    if (!test.dataset.classTree->isLeaf(node.node)) continue;
    const bool known = std::binary_search(boxed.begin(), boxed.end(), node.node);
    (known ? seen : unseen).add(*node.score.ap);
  }
  Row row = rowOf(std::move(method), *output.tree);
  row.seen = seen.value();
  row.unseen = unseen.value();
  return row;
}

std::vector<int> leavesBelow(const ClassTree& tree, int root) {
  std::vector<int> leaves;
  for (int node = 0; node < tree.size(); ++node)
    if (tree.isLeaf(node) && tree.isWithin(node, root)) leaves.push_back(node);
  return leaves;
}

/// What the detector of boxes alone finds of each root, as it is scored itself: by objectness times
/// the root's probability.
std::vector<PictureResult> rootsFound(const std::filesystem::path& run, const Test& test) {
  Detector detector = openDetector(run);
  DetectSettings settings{.threshold = kLeast, .nms = kOverlap, .perClass = 100};
  const ClassTree::Group& roots = test.dataset.classTree->groups().front();
  for (int root = roots.first; root < roots.end(); ++root)
    settings.tree.nodes.push_back(root);
  std::vector<PictureResult> found;
  for (const std::size_t index : test.pictures) {
    PictureResult& picture = found.emplace_back();
    picture.truths = test.dataset.pictures[index].annotation->boxes;
    picture.detections =
        detector.detect(decodeImage(test.dataset.absolutePath(index)).image, settings);
  }
  return found;
}

TreeScore scoreOf(const std::vector<PictureResult>& pictures, const ClassTree& tree,
                  const std::vector<int>& boxed) {
  const std::vector<std::vector<Detection>> answers(pictures.size());
  return scoreTree(pictures, answers, tree, boxed);
}

/// The boxes found, each as a leaf below its root by chance.
Row drawn(const std::vector<PictureResult>& roots, const ClassTree& tree,
          const std::vector<int>& boxed) {
  Mean seen, unseen, above;
  for (int draw = 0; draw < kDraws; ++draw) {
    RandomStream random(1, "leaf by chance", 0, static_cast<std::uint64_t>(draw));
    std::vector<PictureResult> pictures = roots;
    for (PictureResult& picture : pictures) {
      std::vector<Detection> leaves;
      for (const Detection& root : picture.detections) {
        const std::vector<int> below = leavesBelow(tree, root.classId);
        leaves.push_back(root);
        if (tree.isLeaf(root.classId)) continue;
        leaves.push_back(root);
        leaves.back().classId = below[random.index(below.size())];
      }
      picture.detections = std::move(leaves);
    }
    const TreeScore score = scoreOf(pictures, tree, boxed);
    if (score.seen) seen.add(*score.seen);
    if (score.unseen) unseen.add(*score.unseen);
    if (score.depths.front()) above.add(*score.depths.front());
  }
  return {"(b) leaf drawn below the root", seen.value(), unseen.value(), above.value()};
}

/// The square about a box with what is around it; grey beyond the picture.
Image cropAround(const Image& image, const Rect& box) {
  const int side =
      std::max(8, static_cast<int>(std::lround(kContext * std::max(box.width(), box.height()))));
  const int left = static_cast<int>(std::lround(box.centreX() - side / 2.0));
  const int top = static_cast<int>(std::lround(box.centreY() - side / 2.0));
  Image crop(side, side);
  std::fill(crop.pixels.begin(), crop.pixels.end(), std::uint8_t(128));
  for (int y = std::max(0, -top); y < side && top + y < image.height; ++y) {
    const int from = std::max(0, -left), to = std::min(side, image.width - left);
    if (from < to)
      std::memcpy(crop.at(from, y), image.at(left + from, top + y),
                  3 * static_cast<std::size_t>(to - from));
  }
  return crop;
}

/// The boxes found, cut out and classified: every leaf below their root by what the classifier
/// thinks of it among these.
Row classified(const std::filesystem::path& run, const std::vector<PictureResult>& roots,
               const Test& test, const std::vector<int>& boxed) {
  const ClassTree& tree = *test.dataset.classTree;
  ClassifierOptions options;
  options.threads = ThreadBudget::of().compute;
  Classifier classifier(openRunModel(run), options);
  const std::shared_ptr<const ClassTree>& own = classTreeOf(classifier.model().network);
  const ClassMap nodes = mapByName(classifier.names(), tree, test.dataset.classes);
  std::vector<PictureResult> pictures = roots;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Image image = decodeImage(test.dataset.absolutePath(test.pictures[i])).image;
    std::vector<Detection> leaves = pictures[i].detections;
    for (const Detection& root : roots[i].detections) {
      const PreparedImage prepared = classifier.prepare(cropAround(image, root.rect));
      const PreparedImage* const one = &prepared;
      const std::vector<float> probabilities = classifier.classify({&one, 1}).front();
      std::vector<std::size_t> below;
      float sum = 0;
      for (std::size_t k = 0; k < nodes.size(); ++k) {
        if (nodes[k] < 0 || !tree.isLeaf(nodes[k]) || !tree.isWithin(nodes[k], root.classId))
          continue;
        if (own && !own->isLeaf(static_cast<int>(k))) continue;
        below.push_back(k);
        sum += probabilities[k];
      }
      for (const std::size_t k : below) {
        Detection leaf = root;
        leaf.classId = nodes[k];
        leaf.confidence *= sum > 0 ? probabilities[k] / sum : 0;
        if (leaf.confidence > kLeast) leaves.push_back(leaf);
      }
    }
    pictures[i].detections = std::move(leaves);
  }
  return rowOf("(c) its boxes, crops classified", scoreOf(pictures, tree, boxed));
}

}  // namespace

std::vector<Row> scoreRuns(const std::filesystem::path& dataset, const Runs& runs) {
  const Test test = openTest(dataset);
  const ClassTree& tree = *test.dataset.classTree;
  const std::vector<int> boxed = openRunModel(runs.joint).boxedClasses;
  std::vector<Row> rows;
  rows.push_back(evaluated("joint", runs.joint, test, boxed));
  rows.push_back(evaluated("(a) boxes alone, as many updates", runs.boxed, test, boxed));
  if (!runs.passes.empty())
    rows.push_back(evaluated("(a) boxes alone, as many passes", runs.passes, test, boxed));
  const std::vector<PictureResult> roots = rootsFound(runs.boxed, test);
  rows.push_back(drawn(roots, tree, boxed));
  if (!runs.classifier.empty()) rows.push_back(classified(runs.classifier, roots, test, boxed));
  if (!runs.shuffled.empty())
    rows.push_back(evaluated("joint, classes shuffled", runs.shuffled, test, boxed));
  return rows;
}

}  // namespace boxwright::unseen
