// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/loss_planes.h"

#include <algorithm>

namespace boxwright {

std::vector<ClassTree::Group> groupsOnTheWay(const ClassTree& tree, std::span<const int> nodes) {
  std::vector<ClassTree::Group> groups;
  for (const int classId : nodes)
    for (int node = classId; node >= 0; node = tree.parentOf(node))
      groups.push_back(tree.groupOf(node));
  using Group = ClassTree::Group;
  std::sort(groups.begin(), groups.end(),
            [](const Group& one, const Group& other) { return one.first < other.first; });
  const auto isSame = [](const Group& one, const Group& other) { return one.first == other.first; };
  groups.erase(std::unique(groups.begin(), groups.end(), isSame), groups.end());
  return groups;
}

std::vector<std::int32_t> lossPlanes(const RegionLayer& region,
                                     std::span<const std::vector<Truth>> truths) {
  if (!region.classTree) return {};
  const ClassTree& tree = *region.classTree;
  const int each = 5 + region.classes;
  std::vector<std::int32_t> planes;
  std::vector<int> classes;
  for (std::size_t b = 0; b < truths.size(); ++b) {
    classes.clear();
    for (const Truth& truth : truths[b])
      if (truth.classId >= 0 && truth.classId < tree.size())  // assign() refuses others
        classes.push_back(truth.classId);
    const std::vector<ClassTree::Group> groups = groupsOnTheWay(tree, classes);
    for (int n = 0; n < region.num; ++n) {
      const int first = (static_cast<int>(b) * region.num + n) * each;
      for (int entry = 0; entry < 5; ++entry)
        planes.push_back(first + entry);
      for (const ClassTree::Group& group : groups)
        for (int node = group.first; node < group.end(); ++node)
          planes.push_back(first + 5 + node);
    }
  }
  const std::size_t all = truths.size() * static_cast<std::size_t>(region.num * each);
  return 2 * planes.size() > all ? std::vector<std::int32_t>() : planes;
}

}  // namespace boxwright
