// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/tree_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace boxwright::cli {
namespace {

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f} %", 100 * *value) : std::string("none");
}

}  // namespace

Json treeJson(const TreeScore& score, const ClassTree& tree, const ClassNames& names) {
  Json depths = Json::array(), nodes = Json::array();
  for (const std::optional<double>& depth : score.depths)
    depths.push_back(numberOrNull(depth));
  for (const TreeScore::Node& node : score.nodes)
    nodes.push_back({{"node", node.node},
                     {"name", names[static_cast<std::size_t>(node.node)]},
                     {"depth", tree.depthOf(node.node)},
                     {"leaf", tree.isLeaf(node.node)},
                     {"ap", numberOrNull(node.score.ap)},
                     {"truths", node.score.truths},
                     {"hadBoxes", node.hadBoxes}});
  return {{"leaves", numberOrNull(score.leaves)},
          {"depths", depths},
          {"seen", numberOrNull(score.seen)},
          {"unseen", numberOrNull(score.unseen)},
          {"hierarchicalPrecision", score.hierarchicalPrecision},
          {"answers", score.answers},
          {"nodes", nodes}};
}

std::string treeText(const TreeScore& score, const ClassTree& tree, const ClassNames& names) {
  std::string text = fmt::format("\nOver the tree, AP50: leaves {}", percent(score.leaves));
  if (score.seen || score.unseen)
    text += fmt::format(", of these with boxes in training {}, without {}", percent(score.seen),
                        percent(score.unseen));
  text += "\n";
  for (std::size_t depth = 0; depth < score.depths.size(); ++depth)
    text +=
        fmt::format("{}depth {} {}", depth == 0 ? "" : ", ", depth, percent(score.depths[depth]));
  text += fmt::format("\nHierarchical precision {:.2f} % of {} answers\n\n",
                      100 * score.hierarchicalPrecision, score.answers);
  std::size_t width = 5;
  const auto titleOf = [&](int node) {
    return std::string(2 * static_cast<std::size_t>(tree.depthOf(node)), ' ') +
           names[static_cast<std::size_t>(node)];
  };
  for (const TreeScore::Node& node : score.nodes)
    width = std::max(width, titleOf(node.node).size());
  text += fmt::format("  {:<{}}  {:>8}  {:>7}  {}\n", "class", width, "AP50", "truths", "boxes");
  // A node stands below its parent, not with its siblings as in the file.
  std::vector<const TreeScore::Node*> order;
  for (const TreeScore::Node& node : score.nodes)
    order.push_back(&node);
  std::sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
    return tree.pathTo(a->node) < tree.pathTo(b->node);
  });
  for (const TreeScore::Node* const node : order)
    text += fmt::format("  {:<{}}  {:>8}  {:>7}  {}\n", titleOf(node->node), width,
                        percent(node->score.ap), node->score.truths, node->hadBoxes ? "yes" : "no");
  return text;
}

}  // namespace boxwright::cli
