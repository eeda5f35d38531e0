// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_counts.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/taxonomy/class_map.h"

namespace boxwright {
namespace {

/// Marks nodes, each once in a round.
class Round {
 public:
  explicit Round(NodeId ids) : last_(static_cast<std::size_t>(ids)) {}
  void begin() { ++round_; }
  bool isNew(NodeId node) {
    std::size_t& last = last_[static_cast<std::size_t>(node)];
    return last != round_ && (last = round_, true);
  }

 private:
  std::vector<std::size_t> last_;
  std::size_t round_ = 0;
};

char small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool holds(std::string_view text, std::string_view wanted) {
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                     [](char a, char b) { return small(a) == b; }) != text.end();
}

}  // namespace

std::vector<NodeCount> countTree(const TreeProject& project, const std::stop_token& stop) {
  std::vector<NodeCount> counts(static_cast<std::size_t>(project.idEnd()));
  Round own(project.idEnd()), within(project.idEnd());
  const auto at = [&](NodeId node) -> NodeCount& { return counts[static_cast<std::size_t>(node)]; };
  const auto addPictures = [&](const TreePart& part, const std::vector<int>& classes,
                               std::size_t pictures) {
    own.begin();
    within.begin();
    for (const int id : classes) {
      const NodeId node = part.nodes[static_cast<std::size_t>(id)];
      if (node < 0) continue;
      if (own.isNew(node)) at(node).ownPictures += pictures;
      for (NodeId above = node; above >= 0 && within.isNew(above); above = project.parentOf(above))
        at(above).pictures += pictures;
    }
  };
  for (std::size_t number = 0; number < project.parts().size(); ++number) {
    if (stop.stop_requested()) return counts;
    const TreePart& part = project.parts()[number];
    const std::uint64_t bit = std::uint64_t(1) << std::min<std::size_t>(number, 63);
    const auto& perClass = part.facts.counts;
    for (std::size_t id = 0; id < part.nodes.size(); ++id) {
      const NodeId node = part.nodes[id];
      if (node < 0) continue;
      const DatasetStatistics::PerClass held =
          id < perClass.size() ? perClass[id] : DatasetStatistics::PerClass();
      at(node).ownBoxes += held.boxes;
      at(node).ownParts |= bit;
      for (NodeId above = node; above >= 0; above = project.parentOf(above)) {
        at(above).boxes += held.boxes;
        at(above).parts |= bit;
      }
      if (!part.facts.sets) addPictures(part, {static_cast<int>(id)}, held.images);
    }
    if (!part.facts.sets) continue;
    for (const ClassSets::Set& set : part.facts.sets->sets)
      addPictures(part, set.classes, set.pictures);
  }
  return counts;
}

std::vector<std::vector<NodeId>> suggestNodes(const TreeProject& project,
                                              const std::stop_token& stop) {
  std::vector<std::vector<NodeId>> suggestions;
  for (const TreePart& part : project.parts())
    suggestions.emplace_back(part.nodes.size(), -1);
  if (project.unmappedCount() == 0) return suggestions;
  const std::vector<NodeId> order = project.inOrder();
  ClassNames names;
  for (const NodeId node : order)
    names.push_back(project.nameOf(node));
  for (std::size_t number = 0; number < project.parts().size(); ++number) {
    const TreePart& part = project.parts()[number];
    if (part.numbered) continue;
    for (std::size_t id = 0; id < part.nodes.size(); ++id) {
      if (part.nodes[id] >= 0) continue;
      if (stop.stop_requested()) return suggestions;
      const int near = nearestName(part.facts.classes[id], names);
      if (near >= 0) suggestions[number][id] = order[static_cast<std::size_t>(near)];
    }
  }
  return suggestions;
}

std::vector<NodeId> nodesNamed(const TreeProject& project, const std::string& text) {
  std::string wanted = text;
  std::transform(wanted.begin(), wanted.end(), wanted.begin(), small);
  std::vector<NodeId> found;
  if (wanted.empty()) return found;
  for (const NodeId node : project.inOrder())
    if (holds(project.nameOf(node), wanted) || holds(project.node(node).label, wanted))
      found.push_back(node);
  return found;
}

}  // namespace boxwright
