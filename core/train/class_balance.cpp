// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/class_balance.h"

#include <cmath>

#include "core/yolo/loss_planes.h"

namespace boxwright {

std::vector<double> classWeights(const std::vector<LoaderPicture>& pictures, int classes,
                                 double exponent, bool ofWholePictures) {
  std::vector<double> counts(static_cast<std::size_t>(classes), 0), weights(counts.size(), 1);
  double truths = 0;
  std::size_t present = 0;
  for (const LoaderPicture& picture : pictures) {
    for (const Truth& truth : picture.truths) {
      if (truth.classOnly != ofWholePictures) continue;
      double& count = counts[static_cast<std::size_t>(truth.classId)];
      if (count == 0) ++present;
      ++count;
      ++truths;
    }
  }
  if (truths == 0 || exponent == 0) return weights;
  const double mean = truths / static_cast<double>(present);
  double sum = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) continue;
    weights[c] = std::pow(mean / counts[c], exponent);
    sum += weights[c] * counts[c];
  }
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] > 0) weights[c] *= truths / sum;
  return weights;
}

void balanceGradient(const HeadView<float>& head, const RegionTargets& targets,
                     const RegionLayer& region, const ClassBalance& balance,
                     std::span<float> gradient) {
  std::vector<int> taught;
  for (const RegionTargets::Entry& entry : targets.entries) {
    if (entry.classId < 0) continue;
    const std::vector<double>& weights = entry.isClassOnly ? balance.wholePictures : balance.boxes;
    const auto weight = static_cast<float>(weights[static_cast<std::size_t>(entry.classId)]);
    const auto weigh = [&](int first, int count) {
      for (int e = first; e < first + count; ++e)
        gradient[head.index(entry.b, entry.n, e, entry.j, entry.i)] *= weight;
    };
    if (!region.classTree) {
      weigh(0, 5 + head.classes);
      continue;
    }
    weigh(0, 5);  // and of the classes those that are not 0
    taught = entry.moreClasses;
    taught.push_back(entry.classId);
    for (const ClassTree::Group& group : groupsOnTheWay(*region.classTree, taught))
      weigh(5 + group.first, group.count);
  }
}

}  // namespace boxwright
