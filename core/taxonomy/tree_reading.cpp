// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/tree_reading.h"

namespace boxwright {

std::size_t largestGroup(const ClassTree& tree) {
  int largest = 0;
  for (const ClassTree::Group& group : tree.groups())
    largest = std::max(largest, group.count);
  return static_cast<std::size_t>(largest);
}

std::vector<PathStep> pathOf(const ClassTree& tree, TreeValues<float> values, int node) {
  std::vector<PathStep> path;
  double absolute = 1;
  for (const int step : tree.pathTo(node)) {
    const double conditional = std::exp(logConditional(tree, values, step));
    absolute *= conditional;
    path.push_back({step, static_cast<float>(conditional), static_cast<float>(absolute)});
  }
  return path;
}

}  // namespace boxwright
