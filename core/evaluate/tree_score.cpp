// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/tree_score.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/evaluate/mean.h"
#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double kOverlap = 0.5;

/// The picture's truths as each of `nodes` sees them: objects of it, or such as may be.
std::vector<Box> liftedTruths(const std::vector<Box>& truths, const ClassTree& tree,
                              const std::vector<int>& nodes) {
  std::vector<Box> lifted;
  for (const Box& truth : truths) {
    for (const int node : nodes) {
      const bool within = tree.isWithin(truth.classId, node);
      if (!within && !tree.isWithin(node, truth.classId)) continue;
      Box box = truth;
      box.classId = node;
      box.difficult = box.difficult || !within;
      lifted.push_back(box);
    }
  }
  return lifted;
}

/// The share of the way to `truth` that `answer` knows.
double shareOfWay(const ClassTree& tree, int answer, int truth) {
  const int meeting = tree.meetingOf(answer, truth);
  if (meeting < 0) return 0;
  const int longer = std::max(tree.depthOf(answer), tree.depthOf(truth));
  return static_cast<double>(tree.depthOf(meeting) + 1) / (longer + 1);
}

void scoreAnswers(const PictureResult& picture, std::vector<Detection> answers,
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
  std::set<int> labelled;
  for (const PictureResult& picture : pictures)
    for (const Box& truth : picture.truths)
      labelled.insert(truth.classId);
  const std::vector<int> truths(labelled.begin(), labelled.end());
  const std::vector<int> nodes = nodesOnTheWay(tree, truths);
  std::vector<PictureResult> lifted;
  for (const PictureResult& picture : pictures)
    lifted.push_back({liftedTruths(picture.truths, tree, nodes), picture.detections});
  // At IOU .5 alone, whatever the protocol's own mean is over.
  ScoringOptions plain = options;
  if (plain.protocol == Protocol::Coco) plain.protocol = Protocol::Voc;
  const EvaluationResult result = score(lifted, tree.size(), plain);

  TreeScore scored;
  Mean leaves, seen, unseen;
  std::vector<Mean> depths;
  for (const int node : nodes) {
    const ClassResult& own = result.classes[static_cast<std::size_t>(node)];
    if (!own.ap) continue;
    const bool hadBoxes = std::any_of(boxed.begin(), boxed.end(),
                                      [&](int inner) { return tree.isWithin(inner, node); });
    scored.nodes.push_back({node, own, hadBoxes});
    const auto depth = static_cast<std::size_t>(tree.depthOf(node));
    if (depths.size() <= depth) depths.resize(depth + 1);
    depths[depth].add(*own.ap);
    if (!tree.isLeaf(node)) continue;
    leaves.add(*own.ap);
    if (!boxed.empty()) (hadBoxes ? seen : unseen).add(*own.ap);
  }
  scored.leaves = leaves.value();
  scored.seen = seen.value();
  scored.unseen = unseen.value();
  for (const Mean& depth : depths)
    scored.depths.push_back(depth.value());
  double sum = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    scoreAnswers(pictures[i], answers[i], tree, options.operatingConfidence, sum, scored.answers);
  if (scored.answers > 0) scored.hierarchicalPrecision = sum / static_cast<double>(scored.answers);
  return scored;
}

}  // namespace boxwright
