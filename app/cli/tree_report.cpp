// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/tree_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace boxwright::cli {
namespace {

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f} %", 100 * *value) : std::string("none");
}

/// What both tables have of a node.
struct Row {
  int node = 0, depth = 0;
  std::optional<double> score;
  std::size_t truths = 0;
  std::string last;  ///< the last column; empty: there is none
};

/// `rows` are ascending by node.
void sort(std::vector<Row>& rows, const ClassTree& tree, const ClassNames& names, NodeOrder order) {
  std::vector<std::size_t> place(static_cast<std::size_t>(tree.size()));
  const std::vector<int> printed = nodesFromTheTop(tree);
  for (std::size_t i = 0; i < printed.size(); ++i)
    place[static_cast<std::size_t>(printed[i])] = i;
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    return place[static_cast<std::size_t>(a.node)] < place[static_cast<std::size_t>(b.node)];
  });
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    switch (order) {
      case NodeOrder::Tree:
        return false;
      case NodeOrder::Score:
        return a.score.value_or(-1) > b.score.value_or(-1);
      case NodeOrder::Name:
        return names[static_cast<std::size_t>(a.node)] < names[static_cast<std::size_t>(b.node)];
      case NodeOrder::Truths:
        return a.truths > b.truths;
      case NodeOrder::Depth:
        return a.depth < b.depth;
    }
    return false;
  });
}

std::string table(const std::vector<Row>& rows, const ClassNames& names, NodeOrder order,
                  const char* score, const char* truths, const char* last) {
  const auto titleOf = [&](const Row& row) {
    const auto indent = order == NodeOrder::Tree ? 2 * static_cast<std::size_t>(row.depth) : 0;
    return std::string(indent, ' ') + names[static_cast<std::size_t>(row.node)];
  };
  std::size_t width = 5;
  for (const Row& row : rows)
    width = std::max(width, titleOf(row).size());
  const auto lastOf = [](const std::string& text) { return (text.empty() ? "" : "  ") + text; };
  std::string text =
      fmt::format("  {:<{}}  {:>8}  {:>8}{}\n", "class", width, score, truths, lastOf(last));
  for (const Row& row : rows)
    text += fmt::format("  {:<{}}  {:>8}  {:>8}{}\n", titleOf(row), width, percent(row.score),
                        row.truths, lastOf(row.last));
  return text;
}

std::vector<Row> rowsOf(const TreeScore& score, const ClassTree& tree) {
  std::vector<Row> rows;
  for (const TreeScore::Node& node : score.nodes)
    rows.push_back({node.node, tree.depthOf(node.node), node.score.ap, node.score.truths,
                    !node.hadBoxes   ? ""
                    : *node.hadBoxes ? "yes"
                                     : "no"});
  return rows;
}

std::vector<Row> rowsOf(const TreeClassification& score, const ClassTree& tree) {
  std::vector<Row> rows;
  for (const TreeClassification::Node& node : score.nodes)
    rows.push_back({node.node, tree.depthOf(node.node), node.share.value(), node.share.pictures,
                    std::to_string(node.share.found)});
  return rows;
}

/// `score` is ascending by node.
template <typename Score>
std::vector<typename decltype(Score::nodes)::value_type> inOrder(const Score& score,
                                                                 const ClassTree& tree,
                                                                 const ClassNames& names,
                                                                 NodeOrder order) {
  if (order == NodeOrder::Tree) return score.nodes;
  std::vector<Row> rows = rowsOf(score, tree);
  sort(rows, tree, names, order);
  std::vector<typename decltype(Score::nodes)::value_type> nodes;
  for (const Row& row : rows)
    nodes.push_back(*std::lower_bound(score.nodes.begin(), score.nodes.end(), row.node,
                                      [](const auto& a, int node) { return a.node < node; }));
  return nodes;
}

std::string depthsText(const std::vector<std::optional<double>>& depths) {
  std::string text;
  for (std::size_t depth = 0; depth < depths.size(); ++depth)
    text += fmt::format("{}depth {} {}", depth == 0 ? "" : ", ", depth, percent(depths[depth]));
  return text;
}

}  // namespace

NodeOrder nodeOrderOf(const std::string& name) {
  if (name == "ap") return NodeOrder::Score;
  if (name == "name") return NodeOrder::Name;
  if (name == "truths") return NodeOrder::Truths;
  return name == "depth" ? NodeOrder::Depth : NodeOrder::Tree;
}

Json treeJson(const TreeScore& score, const ClassTree& tree, const ClassNames& names,
              NodeOrder order) {
  Json depths = Json::array(), nodes = Json::array();
  for (const std::optional<double>& depth : score.depths)
    depths.push_back(numberOrNull(depth));
  for (const TreeScore::Node& node : inOrder(score, tree, names, order))
    nodes.push_back({{"node", node.node},
                     {"name", names[static_cast<std::size_t>(node.node)]},
                     {"depth", tree.depthOf(node.node)},
                     {"leaf", tree.isLeaf(node.node)},
                     {"ap", numberOrNull(node.score.ap)},
                     {"truths", node.score.truths},
                     {"hadBoxes", node.hadBoxes ? Json(*node.hadBoxes) : Json()}});
  return {{"leaves", numberOrNull(score.leaves)},
          {"depths", depths},
          {"seen", numberOrNull(score.seen)},
          {"unseen", numberOrNull(score.unseen)},
          {"hierarchicalPrecision", score.hierarchicalPrecision},
          {"answers", score.answers},
          {"nodes", nodes}};
}

std::string treeText(const TreeScore& score, const ClassTree& tree, const ClassNames& names,
                     NodeOrder order) {
  std::string text = fmt::format("\nOver the tree, AP50: leaves {}", percent(score.leaves));
  if (score.seen || score.unseen)
    text += fmt::format(", of these with boxes in training {}, without {}", percent(score.seen),
                        percent(score.unseen));
  text += "\n" + depthsText(score.depths);
  text += fmt::format("\nHierarchical precision {:.2f} % of {} answers\n\n",
                      100 * score.hierarchicalPrecision, score.answers);
  std::vector<Row> rows = rowsOf(score, tree);
  sort(rows, tree, names, order);
  const bool boxes = !score.nodes.empty() && score.nodes.front().hadBoxes;
  return text + table(rows, names, order, "AP50", "truths", boxes ? "boxes" : "");
}

Json treeJson(const TreeClassification& score, const ClassTree& tree, const ClassNames& names,
              NodeOrder order) {
  Json depths = Json::array(), nodes = Json::array();
  for (const TreeClassification::Share& depth : score.depths)
    depths.push_back({{"accuracy", depth.value()}, {"pictures", depth.pictures}});
  for (const TreeClassification::Node& node : inOrder(score, tree, names, order))
    nodes.push_back({{"node", node.node},
                     {"name", names[static_cast<std::size_t>(node.node)]},
                     {"depth", tree.depthOf(node.node)},
                     {"leaf", tree.isLeaf(node.node)},
                     {"accuracy", node.share.value()},
                     {"pictures", node.share.pictures},
                     {"found", node.share.found}});
  return {
      {"depths", depths}, {"hierarchicalPrecision", score.hierarchicalPrecision}, {"nodes", nodes}};
}

std::string treeText(const TreeClassification& score, const ClassTree& tree,
                     const ClassNames& names, NodeOrder order) {
  std::vector<std::optional<double>> depths;
  for (const TreeClassification::Share& depth : score.depths)
    depths.emplace_back(depth.value());
  std::string text = fmt::format(
      "\nOver the tree, pictures whose most probable leaf is within their class: {}\n"
      "Hierarchical precision {:.2f} %\n\n",
      depthsText(depths), 100 * score.hierarchicalPrecision);
  std::vector<Row> rows = rowsOf(score, tree);
  sort(rows, tree, names, order);
  return text + table(rows, names, order, "accuracy", "pictures", "found");
}

}  // namespace boxwright::cli
