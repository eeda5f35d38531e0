// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/node_results.h"

#include <map>
#include <utility>

namespace boxwright {

std::vector<ValidationEvent::NodeResult> nodeResults(const TreeScore& boxes,
                                                     const TreeClassification& pictures,
                                                     const ClassNames& names) {
  std::map<int, ValidationEvent::NodeResult> found;
  const auto at = [&](int node) -> ValidationEvent::NodeResult& {
    ValidationEvent::NodeResult& result = found[node];
    result.node = node;
    return result;
  };
  for (const TreeScore::Node& node : boxes.nodes) {
    ValidationEvent::NodeResult& result = at(node.node);
    result.ap = node.score.ap;
    result.truths = node.score.truths;
  }
  for (const TreeClassification::Node& node : pictures.nodes) {
    ValidationEvent::NodeResult& result = at(node.node);
    result.top1 = node.share.value();
    result.pictures = node.share.pictures;
  }
  std::vector<ValidationEvent::NodeResult> results;
  for (auto& [node, result] : found) {
    result.name = names[static_cast<std::size_t>(node)];
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace boxwright
