// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/anchors/single_moves.h"

#include <algorithm>

#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double kLeastRise = 1e-9;

double medianOf(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

/// One cluster's centre and the sum of its boxes' IOU with it.
struct Cluster {
  Size centre;
  double sum = 0;
};

Cluster clusterOf(std::span<const Size> boxes, const std::vector<int>& labels, int cluster,
                  ClusterUpdate how) {
  std::vector<double> widths, heights;
  Cluster result;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (labels[i] != cluster) continue;
    widths.push_back(boxes[i].width);
    heights.push_back(boxes[i].height);
    result.centre.width += boxes[i].width;
    result.centre.height += boxes[i].height;
  }
  if (widths.empty()) return result;
  if (how == ClusterUpdate::Mean) {
    result.centre.width /= static_cast<double>(widths.size());
    result.centre.height /= static_cast<double>(heights.size());
  } else {
    result.centre = {medianOf(widths), medianOf(heights)};
  }
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (labels[i] == cluster) result.sum += sizeIou(boxes[i], result.centre);
  }
  return result;
}

}  // namespace

std::vector<std::vector<Size>> moveSingleBoxes(std::span<const Size> boxes, std::vector<int> labels,
                                               ClusterUpdate how, std::vector<Size> centres,
                                               const std::stop_token& stop) {
  const int clusters = static_cast<int>(centres.size());
  std::vector<Cluster> now;
  for (int c = 0; c < clusters; ++c)
    now.push_back(clusterOf(boxes, labels, c, how));
  std::vector<std::vector<Size>> sweeps;
  bool moved = true;
  while (moved && !stop.stop_requested()) {
    moved = false;
    for (std::size_t box = 0; box < boxes.size(); ++box) {
      for (int to = 0; to < clusters; ++to) {
        const int from = labels[box];
        if (to == from) continue;
        if (std::count(labels.begin(), labels.end(), from) == 1) break;  // never empty a cluster
        labels[box] = to;
        const Cluster left = clusterOf(boxes, labels, from, how);
        const Cluster joined = clusterOf(boxes, labels, to, how);
        if (left.sum + joined.sum > now[from].sum + now[to].sum + kLeastRise) {
          now[from] = left;
          now[to] = joined;
          moved = true;
        } else {
          labels[box] = from;
        }
      }
    }
    if (!moved) break;
    for (int c = 0; c < clusters; ++c) {
      if (now[c].sum > 0) centres[c] = now[c].centre;
    }
    sweeps.push_back(centres);
  }
  return sweeps;
}

}  // namespace boxwright
