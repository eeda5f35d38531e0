// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/classification_score.h"

#include <algorithm>
#include <cmath>

#include "core/evaluate/average_precision.h"

namespace boxwright {

ClassifiedPicture judge(std::span<const float> probabilities, int truth) {
  ClassifiedPicture picture;
  picture.truth = truth;
  const auto own = static_cast<std::size_t>(truth);
  std::size_t best = 0;
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    if (probabilities[k] > probabilities[best]) best = k;
    if (probabilities[k] > probabilities[own] ||
        (k < own && probabilities[k] == probabilities[own]))
      ++picture.rank;
  }
  picture.predicted = static_cast<int>(best);
  picture.confidence = static_cast<double>(probabilities[best]);
  // A probability that rounds to 0 costs as much as the smallest there is, not infinitely much.
  picture.loss = -std::log(std::max(static_cast<double>(probabilities[own]), 1e-38));
  return picture;
}

ClassifiedPicture judge(std::span<const float> probabilities, int truth, const ClassTree& tree) {
  ClassifiedPicture picture;
  picture.truth = truth;
  const auto of = [&](int node) { return probabilities[static_cast<std::size_t>(node)]; };
  int best = -1, own = -1;  // of all leaves, and of those within the truth
  for (int node = 0; node < tree.size(); ++node) {
    if (!tree.isLeaf(node)) continue;
    if (best < 0 || of(node) > of(best)) best = node;
    if (tree.isWithin(node, truth) && (own < 0 || of(node) > of(own))) own = node;
  }
  for (int node = 0; node < tree.size(); ++node) {
    if (tree.isLeaf(node) && (of(node) > of(own) || (node < own && of(node) == of(own))))
      ++picture.rank;
  }
  picture.predicted = best;
  picture.confidence = static_cast<double>(of(best));
  picture.loss = -std::log(std::max(static_cast<double>(of(truth)), 1e-38));
  return picture;
}

ClassificationScore score(std::span<const ClassifiedPicture> pictures, int classes) {
  const auto count = static_cast<std::size_t>(classes);
  ClassificationScore result;
  result.pictures = pictures.size();
  result.classes.resize(count);
  const bool confusion = count <= kLargestConfusion;
  if (confusion) result.confusion.assign(count, std::vector<std::size_t>(count));
  std::size_t first = 0, amongFive = 0;
  for (const ClassifiedPicture& picture : pictures) {
    const auto truth = static_cast<std::size_t>(picture.truth);
    const auto predicted = static_cast<std::size_t>(picture.predicted);
    ClassificationScore::PerClass& own = result.classes[truth];
    ++own.truths;
    ++result.classes[predicted].predicted;
    if (confusion) ++result.confusion[truth][predicted];
    result.loss += picture.loss;
    if (picture.rank < 1) ++own.found, ++result.classes[predicted].right, ++first;
    if (picture.rank < 5) ++own.foundTop5, ++amongFive;
  }
  if (!pictures.empty()) {
    const auto all = static_cast<double>(pictures.size());
    result.top1 = static_cast<double>(first) / all;
    result.top5 = static_cast<double>(amongFive) / all;
    result.loss /= all;
  }
  return result;
}

}  // namespace boxwright
