// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/tree_score.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/evaluate/mean.h"
#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double kOverlap = 0.5;

/// A node that a label has to do with: as an object of it, or as something that may be one.
struct Lifted {
  int node = 0;
  bool within = false;
};

/// Of each class that is labelled, those of `nodes`.
std::map<int, std::vector<Lifted>> lifts(const std::vector<int>& labelled, const ClassTree& tree,
                                         const std::vector<int>& nodes) {
  std::map<int, std::vector<Lifted>> all;
  for (const int label : labelled)
    for (int node = label; node >= 0; node = tree.parentOf(node))
      all[label].push_back({node, true});
  for (const int node : nodes) {
    for (int above = tree.parentOf(node); above >= 0; above = tree.parentOf(above))
      if (const auto found = all.find(above); found != all.end())
        found->second.push_back({node, false});
  }
  return all;
}

/// Those that are nodes of the tree.
std::vector<int> labelledClasses(std::span<const PictureResult> pictures, const ClassTree& tree) {
  std::set<int> labelled;
  for (const PictureResult& picture : pictures)
    for (const Box& truth : picture.truths)
      if (truth.classId >= 0 && truth.classId < tree.size()) labelled.insert(truth.classId);
  return {labelled.begin(), labelled.end()};
}

void judgeAnswers(const PictureResult& picture, std::vector<Detection> answers,
                  const ClassTree& tree, double confidence, double& sum, std::size_t& count) {
  std::stable_sort(answers.begin(), answers.end(), [](const Detection& a, const Detection& b) {
    return a.confidence > b.confidence;
  });
  std::vector<bool> taken(picture.truths.size());
  for (const Detection& answer : answers) {
    if (!(static_cast<double>(answer.confidence) > confidence)) continue;
    std::size_t best = picture.truths.size();
    double most = kOverlap;
    for (std::size_t t = 0; t < picture.truths.size(); ++t) {
      const double overlap = iou(answer.rect, picture.truths[t].rect);
      if (taken[t] || overlap < most) continue;
      most = overlap;
      best = t;
    }
    if (best < picture.truths.size()) {
      taken[best] = true;
      if (picture.truths[best].difficult || picture.truths[best].crowd) continue;
      sum += shareOfWay(tree, answer.classId, picture.truths[best].classId);
    }
    ++count;
  }
}

}  // namespace

double shareOfWay(const ClassTree& tree, int answer, int truth) {
  const int meeting = tree.meetingOf(answer, truth);
  if (meeting < 0) return 0;
  const int longer = std::max(tree.depthOf(answer), tree.depthOf(truth));
  return static_cast<double>(tree.depthOf(meeting) + 1) / (longer + 1);
}

std::vector<int> nodesOnTheWay(const ClassTree& tree, std::span<const int> truths) {
  std::set<int> nodes;
  for (int node : truths)
    for (; node >= 0 && nodes.insert(node).second; node = tree.parentOf(node)) {
    }
  return {nodes.begin(), nodes.end()};
}

TreeScore scoreTree(std::span<const PictureResult> pictures,
                    std::span<const std::vector<Detection>> answers, const ClassTree& tree,
                    std::span<const int> boxed, const ScoringOptions& options) {
  const std::vector<int> labelled = labelledClasses(pictures, tree);
  const std::vector<int> nodes = nodesOnTheWay(tree, labelled);
  const std::map<int, std::vector<Lifted>> all = lifts(labelled, tree, nodes);
  const std::vector<int> boxedWays = nodesOnTheWay(tree, boxed);
  std::vector<std::vector<Box>> lifted;
  for (const PictureResult& picture : pictures) {
    std::vector<Box>& truths = lifted.emplace_back();
    for (const Box& truth : picture.truths) {
      const auto found = all.find(truth.classId);
      if (found == all.end()) continue;
      for (const Lifted& as : found->second) {
        Box& box = truths.emplace_back(truth);
        box.classId = as.node;
        box.difficult = box.difficult || !as.within;
      }
    }
  }
  // At IOU .5 alone, whatever the protocol's own mean is over.
  ScoringOptions plain = options;
  if (plain.protocol == Protocol::Coco) plain.protocol = Protocol::Voc;
  const EvaluationResult result = score(lifted, pictures, tree.size(), plain);

  TreeScore scored;
  Mean leaves, seen, unseen;
  std::vector<Mean> depths;
  for (const int node : nodes) {
    const ClassResult& own = result.classes[static_cast<std::size_t>(node)];
    if (!own.ap) continue;
    std::optional<bool> hadBoxes;
    if (!boxed.empty()) hadBoxes = std::binary_search(boxedWays.begin(), boxedWays.end(), node);
    scored.nodes.push_back({node, own, hadBoxes});
    const auto depth = static_cast<std::size_t>(tree.depthOf(node));
    if (depths.size() <= depth) depths.resize(depth + 1);
    depths[depth].add(*own.ap);
    if (!tree.isLeaf(node)) continue;
    leaves.add(*own.ap);
    if (hadBoxes) (*hadBoxes ? seen : unseen).add(*own.ap);
  }
  scored.leaves = leaves.value();
  scored.seen = seen.value();
  scored.unseen = unseen.value();
  for (const Mean& depth : depths)
    scored.depths.push_back(depth.value());
  if (!answers.empty()) scoreAnswers(scored, pictures, answers, tree, options.operatingConfidence);
  return scored;
}

void scoreAnswers(TreeScore& score, std::span<const PictureResult> pictures,
                  std::span<const std::vector<Detection>> answers, const ClassTree& tree,
                  double operatingConfidence) {
  double sum = 0;
  score.answers = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    judgeAnswers(pictures[i], answers[i], tree, operatingConfidence, sum, score.answers);
  score.hierarchicalPrecision = score.answers > 0 ? sum / static_cast<double>(score.answers) : 0;
}

void keepLabelledClasses(std::vector<PictureResult>& pictures, std::span<const int> labelled) {
  const std::set<int> kept(labelled.begin(), labelled.end());
  for (PictureResult& picture : pictures)
    std::erase_if(picture.detections,
                  [&](const Detection& found) { return !kept.contains(found.classId); });
}

}  // namespace boxwright
