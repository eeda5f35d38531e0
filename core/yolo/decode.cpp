// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/decode.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/base/error.h"
#include "core/geometry/iou.h"
#include "core/yolo/activation.h"
#include "core/yolo/box_form.h"

namespace boxwright {

void checkHead(int anchors, int classes, bool classesPerCell, const RegionLayer& region) {
  const bool yolo = region.boxForm == BoxForm::Yolo;
  if (anchors == region.num && classes == region.classes && region.coords == 4 &&
      classesPerCell == yolo && (yolo || region.anchors.size() >= std::size_t(region.num))) {
    return;
  }
  throw Error("the head does not fit [region]",
              "head: " + std::to_string(anchors) + " anchors, " + std::to_string(classes) +
                  (classesPerCell ? " classes a cell" : " classes") + "; [region]: num=" +
                  std::to_string(region.num) + ", classes=" + std::to_string(region.classes) +
                  ", coords=" + std::to_string(region.coords) + ", " +
                  std::to_string(region.anchors.size()) + " anchors",
              "coords must be 4, and the layer before [region] needs num * (classes + 5) filters");
}

namespace {

Rect rectOf(const HeadView<float>& head, const RegionLayer& region, int b, const BoxPlace& at) {
  const auto entry = [&](int e) { return double(head.at(b, at.n, e, at.j, at.i)); };
  const PlacedBox<double> box =
      placeBox<double>(region, at, {entry(0), entry(1), entry(2), entry(3)});
  return rectFromCentre({box.x, box.y, box.w, box.h});
}

/// The classes of one box, told one after the other with their probabilities.
class ClassReader {
 public:
  ClassReader(const HeadView<float>& head, const RegionLayer& region, int b)
      : head_(head), region_(region), b_(b), probabilities_(std::size_t(head.classes)) {}

  /// All of them, however small `least` is.
  template <typename Take>
  void read(const BoxPlace& at, float /*least*/, Take&& take) {
    classProbabilities<float>(head_, region_, b_, at.n, at.j, at.i, probabilities_);
    for (int k = 0; k < head_.classes; ++k)
      take(k, probabilities_[std::size_t(k)]);
  }

 private:
  const HeadView<float>& head_;
  const RegionLayer& region_;
  int b_;
  std::vector<float> probabilities_;
};

/// Some classes of a tree, each by itself. Only the groups on their ways are looked at, and none
/// below a class that is not over `least`: nothing in it can be.
class NodeReader {
 public:
  NodeReader(const HeadView<float>& head, const ClassTree& tree, const std::vector<int>& nodes,
             int b)
      : head_(head), nodes_(nodes), b_(b), absolute_(std::size_t(tree.size())) {
    std::vector<bool> wanted(std::size_t(tree.size()));
    for (int node : nodes) {
      if (node < 0 || node >= tree.size())
        throw Error("class " + std::to_string(node) + " is not in the tree");
      for (; node >= 0 && !wanted[std::size_t(node)]; node = tree.parentOf(node))
        wanted[std::size_t(node)] = true;
    }
    for (const ClassTree::Group& group : tree.groups()) {
      const auto first = wanted.begin() + group.first;
      if (std::find(first, first + group.count, true) != first + group.count)
        groups_.push_back(&group);
    }
  }

  template <typename Take>
  void read(const BoxPlace& at, float least, Take&& take) {
    const TreeValues<float> values = treeValues(head_, b_, at.n, at.j, at.i);
    for (const ClassTree::Group* const group : groups_) {
      const auto own =
          std::span<float>(absolute_).subspan(std::size_t(group->first), std::size_t(group->count));
      const float above = group->parent < 0 ? 1.0F : absolute_[std::size_t(group->parent)];
      if (!(above > least)) {
        std::fill(own.begin(), own.end(), 0.0F);
        continue;
      }
      groupSoftmax(values, *group, own);
      for (float& probability : own)
        probability *= above;
    }
    for (const int node : nodes_)
      take(node, absolute_[std::size_t(node)]);
  }

 private:
  const HeadView<float>& head_;
  const std::vector<int>& nodes_;
  int b_;
  std::vector<const ClassTree::Group*> groups_;  ///< parents' before children's
  std::vector<float> absolute_;
};

/// Calls `take(place, objectness)` for every box of picture `b` with objectness over `cut`.
template <typename Take>
void forEachBox(const HeadView<float>& head, const RegionLayer& region, int b, float cut,
                Take&& take) {
  for (int n = 0; n < head.anchors; ++n) {
    for (int j = 0; j < head.height; ++j) {
      for (int i = 0; i < head.width; ++i) {
        const float objectness = region.background ? 1.0F : logistic(head.at(b, n, 4, j, i));
        if (objectness > cut) take(BoxPlace{n, j, i, head.height, head.width}, objectness);
      }
    }
  }
}

/// A probability up to which its product with `objectness` is not over `cut`, however rounded.
float leastProbability(float cut, float objectness) {
  return std::max(0.0F, cut / objectness * (1 - 1e-5F));
}

/// A candidate for every class that `reader` tells and that is over `cut`.
template <typename Reader>
std::vector<Candidate> candidatesOf(const HeadView<float>& head, const RegionLayer& region, int b,
                                    float cut, Reader reader) {
  std::vector<Candidate> candidates;
  forEachBox(head, region, b, cut, [&](const BoxPlace& at, float objectness) {
    Candidate candidate;
    reader.read(at, leastProbability(cut, objectness), [&](int classId, float probability) {
      const float confidence = objectness * probability;
      if (!(confidence > cut)) return;
      if (candidate.confidence == 0)  // the first class of this box
        candidate.rect = rectOf(head, region, b, at);
      candidate.classId = classId;
      candidate.confidence = confidence;
      candidates.push_back(candidate);
    });
  });
  return candidates;
}

/// One answer a box.
std::vector<Candidate> answersOf(const HeadView<float>& head, const RegionLayer& region, int b,
                                 float cut, const TreeSettings& settings) {
  const ClassTree& tree = *region.classTree;
  std::vector<float> scratch(largestGroup(tree));
  std::vector<Candidate> candidates;
  forEachBox(head, region, b, cut, [&](const BoxPlace& at, float objectness) {
    const TreeValues<float> values = treeValues(head, b, at.n, at.j, at.i);
    Candidate candidate;
    candidate.rect = rectOf(head, region, b, at);
    candidate.classId =
        topOfTree<float>(tree, values, settings.threshold, settings.walk, scratch).node;
    candidate.confidence = objectness;
    for (const PathStep& step : pathOf(tree, values, candidate.classId))
      candidate.path.push_back(step.conditional);
    candidates.push_back(std::move(candidate));
  });
  return candidates;
}

}  // namespace

std::vector<Candidate> decodeRegion(const HeadView<float>& head, const RegionLayer& region, int b,
                                    double threshold, const TreeSettings& tree) {
  checkHead(head, region);
  const auto cut = static_cast<float>(threshold);
  if (!region.classTree) return candidatesOf(head, region, b, cut, ClassReader(head, region, b));
  if (tree.oneAnswer()) return answersOf(head, region, b, cut, tree);
  return candidatesOf(head, region, b, cut, NodeReader(head, *region.classTree, tree.nodes, b));
}

std::vector<float> wholePicture(const HeadView<float>& head, const RegionLayer& region, int b) {
  checkHead(head, region);
  BoxPlace best;
  float most = -1;
  forEachBox(head, region, b, -1, [&](const BoxPlace& at, float objectness) {
    if (!(objectness > most)) return;
    most = objectness;
    best = at;
  });
  std::vector<float> probabilities(std::size_t(head.classes));
  classProbabilities<float>(head, region, b, best.n, best.j, best.i, probabilities);
  if (region.classTree) makeAbsolute<float>(*region.classTree, probabilities);
  return probabilities;
}

std::vector<Candidate> suppress(std::vector<Candidate> candidates, double threshold,
                                std::size_t perClass, Rivals rivals) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return candidates[a].confidence > candidates[b].confidence;
  });
  int classes = 0;
  for (const Candidate& candidate : candidates)
    classes = std::max(classes, candidate.classId + 1);
  std::vector<std::vector<std::size_t>> keptOf(rivals == Rivals::All ? 1 : classes);
  std::vector<std::size_t> counts(classes);
  std::vector<Candidate> result;
  for (const std::size_t index : order) {
    const Candidate& candidate = candidates[index];
    std::vector<std::size_t>& kept = keptOf[rivals == Rivals::All ? 0 : candidate.classId];
    if (counts[candidate.classId] >= perClass) continue;
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](std::size_t other) {
      return iou(candidates[other].rect, candidate.rect) > threshold;
    });
    if (covered) continue;
    kept.push_back(index);
    ++counts[candidate.classId];
    result.push_back(candidate);
  }
  return result;
}

}  // namespace boxwright
