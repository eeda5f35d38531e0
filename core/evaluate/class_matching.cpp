// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/class_matching.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/network_tree.h"

namespace boxwright {

std::vector<std::optional<int>> modelClasses(const Dataset& dataset, const Model& model,
                                             const ClassMap& given) {
  std::vector<std::optional<int>> ids;
  ids.reserve(dataset.classes.size());
  const std::shared_ptr<const ClassTree>& tree = classTreeOf(model.network);
  if (!tree) {
    for (const std::string& name : dataset.classes)
      ids.push_back(classIdOf(model.names, name));
    return ids;
  }
  const bool same = dataset.classTree && *dataset.classTree == *tree;
  if (same && !given.empty())
    throw Error("a combined dataset over the model's own tree needs no map", utf8(dataset.root),
                "leave the map out, or give the part whose classes it is of");
  const ClassMap map =
      same || !given.empty() ? given : mapByName(dataset.classes, *tree, model.names);
  if (!same && map.size() != dataset.classes.size())
    throw Error(fmt::format("the map has {} lines, the dataset {} classes", map.size(),
                            dataset.classes.size()),
                utf8(dataset.root), "write a line for each class: the number of its node");
  for (std::size_t id = 0; id < dataset.classes.size(); ++id) {
    const int node = same ? static_cast<int>(id) : map[id];
    ids.push_back(node < 0 ? std::nullopt : std::optional(node));
  }
  return ids;
}

}  // namespace boxwright
