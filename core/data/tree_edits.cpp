// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_edits.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "core/base/counted.h"
#include "core/data/open_dataset.h"

namespace boxwright {
namespace {

TreeEdit refused(std::string why) {
  TreeEdit edit;
  edit.refusal = std::move(why);
  return edit;
}

std::string tooManyText(std::size_t nodes) {
  return counted(nodes, "class", "classes") + " at once are too many: up to " +
         counted(kMostChosen, "class", "classes") + " can be chosen, or choose what they lie below";
}

/// Without blanks at the ends; line breaks and the like are blanks.
std::string cleaned(std::string name) {
  for (char& c : name)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  const std::size_t begin = name.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return name.substr(begin, name.find_last_not_of(' ') + 1 - begin);
}

/// Why a node cannot be called so; empty: it can.
std::string faultOf(const std::string& name) {
  if (name.empty()) return "a class needs a name";
  if (name.size() > kLongestLabel)
    return "the name has " + std::to_string(name.size()) + " bytes, Darknet reads " +
           std::to_string(kLongestLabel) + " at most: shorten it";
  return {};
}

/// An edit of several steps, each made with what the steps before have left.
class Steps {
 public:
  explicit Steps(const TreeProject& project) : now_(project) {}

  void add(TreeStep step) {
    now_.apply(step);
    edit.steps.push_back(std::move(step));
  }
  const TreeProject& now() const { return now_; }

  TreeEdit edit;

 private:
  TreeProject now_;
};

/// The classes of these nodes get another.
void remap(const TreeProject& project, const std::set<NodeId>& from, NodeId to, TreeEdit& edit) {
  MapStep step;
  for (int part = 0; part < static_cast<int>(project.parts().size()); ++part) {
    const std::vector<NodeId>& nodes = project.part(part).nodes;
    for (int id = 0; id < static_cast<int>(nodes.size()); ++id) {
      const NodeId node = nodes[static_cast<std::size_t>(id)];
      if (from.contains(node)) step.classes.push_back({part, id, node, to});
    }
  }
  if (!step.classes.empty()) edit.steps.emplace_back(std::move(step));
}

/// A node goes, its children go up into its place.
void dissolve(const TreeProject& now, NodeId node, const auto& add) {
  const NodeId parent = now.parentOf(node);
  const int row = now.rowOf(node);
  const auto children = static_cast<int>(now.childrenOf(node).size());
  const std::string name = now.nameOf(node), label = now.node(node).label;
  if (children > 0) add(MoveStep{node, 0, children, parent, row + 1});
  add(NodeStep{false, node, parent, row, name, label});
}

/// Those that lie below no other of them, as they are shown.
std::vector<NodeId> uppermost(const TreeProject& project, const std::vector<NodeId>& nodes) {
  const std::set<NodeId> all(nodes.begin(), nodes.end());
  std::vector<std::pair<std::vector<int>, NodeId>> found;  // by their ways of rows
  for (const NodeId node : all) {
    bool inner = false;
    std::vector<int> way{project.rowOf(node)};
    for (NodeId above = project.parentOf(node); above >= 0; above = project.parentOf(above)) {
      inner = inner || all.contains(above);
      way.push_back(project.rowOf(above));
    }
    if (inner) continue;
    std::reverse(way.begin(), way.end());
    found.emplace_back(std::move(way), node);
  }
  std::sort(found.begin(), found.end());
  std::vector<NodeId> order;
  for (const auto& [way, node] : found)
    order.push_back(node);
  return order;
}

/// The path without links and a slash at the end.
std::filesystem::path plainOf(const std::filesystem::path& path) {
  std::error_code fault;
  const std::filesystem::path plain = std::filesystem::weakly_canonical(path, fault);
  return (fault ? path : plain) / ".";
}

/// Whether one holds what the other does: a folder what a file in it describes, too. Two files of
/// one folder may describe different pictures.
bool isSameDataset(const TreePart& a, const TreePart& b) {
  const std::filesystem::path one = plainOf(a.path), other = plainOf(b.path);
  if (one == other) return true;
  const auto isOf = [](const std::filesystem::path& folder, const TreePart& part) {
    return plainOf(part.root.empty() && isDatasetFile(part.path) ? part.path.parent_path()
                                                                 : part.root) == folder;
  };
  return isOf(one, b) || isOf(other, a);
}

std::string titled(const TreeProject& project, const std::vector<NodeId>& nodes) {
  return nodes.size() == 1 ? project.nameOf(nodes.front())
                           : counted(nodes.size(), "class", "classes");
}

}  // namespace

TreeEdit addNode(const TreeProject& project, NodeId parent, int row, const std::string& name) {
  const std::string clean = cleaned(name);
  if (std::string fault = faultOf(clean); !fault.empty()) return refused(std::move(fault));
  TreeEdit edit;
  edit.title = "Add " + clean;
  const auto siblings = static_cast<int>(project.childrenOf(parent).size());
  edit.steps = {NodeStep{
      true, project.idEnd(), parent, row < 0 || row > siblings ? siblings : row, clean, {}}};
  return edit;
}

TreeEdit renameNode(const TreeProject& project, NodeId node, const std::string& name) {
  const std::string clean = cleaned(name);
  if (std::string fault = faultOf(clean); !fault.empty()) return refused(std::move(fault));
  TreeEdit edit;
  const TreeProject::Node& own = project.node(node);
  if (clean == own.name) return edit;
  edit.title = "Rename " + own.name + " to " + clean;
  edit.steps = {NameStep{node, own.name, clean, own.label, own.label}};
  return edit;
}

TreeEdit moveNodes(const TreeProject& project, std::vector<NodeId> nodes, NodeId to, int row) {
  if (nodes.size() > kMostChosen) return refused(tooManyText(nodes.size()));
  nodes = uppermost(project, nodes);
  if (nodes.empty()) return {};
  for (const NodeId node : nodes) {
    if (node == to) return refused(project.nameOf(node) + " cannot be below itself");
    if (project.isWithin(to, node))
      return refused(project.nameOf(node) + " cannot be below " + project.nameOf(to) +
                     ", which lies below it");
  }
  const std::string title = "Move " + titled(project, nodes) +
                            (to < 0 ? " to the roots" : " below " + project.nameOf(to));
  const std::vector<NodeId>& children = project.childrenOf(to);
  // What they come before stays where it is.
  const std::set<NodeId> moved(nodes.begin(), nodes.end());
  NodeId before = -1;
  for (std::size_t at = row < 0 ? children.size() : static_cast<std::size_t>(row);
       at < children.size() && before < 0; ++at)
    if (!moved.contains(children[at])) before = children[at];
  const auto stepFor = [&](const TreeProject& now, NodeId node) {
    const NodeId from = now.parentOf(node);
    const int fromRow = now.rowOf(node);
    int toRow = before < 0 ? static_cast<int>(now.childrenOf(to).size()) : now.rowOf(before);
    if (from == to && fromRow < toRow) --toRow;
    return MoveStep{from, fromRow, 1, to, toRow};
  };
  const auto changes = [](const MoveStep& step) {
    return step.from != step.to || step.fromRow != step.toRow;
  };
  if (nodes.size() == 1) {
    TreeEdit edit;
    const MoveStep step = stepFor(project, nodes.front());
    if (!changes(step)) return edit;
    edit.title = title;
    edit.steps = {step};
    return edit;
  }
  Steps steps(project);
  for (const NodeId node : nodes)
    if (const MoveStep step = stepFor(steps.now(), node); changes(step)) steps.add(step);
  steps.edit.title = title;
  return std::move(steps.edit);
}

TreeEdit mergeNode(const TreeProject& project, NodeId node, NodeId into) {
  if (node == into) return refused(project.nameOf(node) + " cannot be merged into itself");
  TreeEdit edit;
  edit.title = "Merge " + project.nameOf(node) + " into " + project.nameOf(into);
  remap(project, {node}, into, edit);
  const auto add = [&](TreeStep step) { edit.steps.push_back(std::move(step)); };
  if (project.isWithin(into, node)) {
    dissolve(project, node, add);
    return edit;
  }
  const auto children = static_cast<int>(project.childrenOf(node).size());
  if (children > 0)
    add(MoveStep{node, 0, children, into, static_cast<int>(project.childrenOf(into).size())});
  add(NodeStep{false, node, project.parentOf(node), project.rowOf(node), project.nameOf(node),
               project.node(node).label});
  return edit;
}

TreeEdit mergeNodes(const TreeProject& project, const std::vector<NodeId>& nodes, NodeId into) {
  if (nodes.size() == 1) return mergeNode(project, nodes.front(), into);
  if (nodes.size() > kMostChosen) return refused(tooManyText(nodes.size()));
  Steps steps(project);
  for (const NodeId node : nodes) {
    TreeEdit one = mergeNode(steps.now(), node, into);
    if (!one.refusal.empty()) return one;
    for (TreeStep& step : one.steps)
      steps.add(std::move(step));
  }
  steps.edit.title = "Merge " + titled(project, nodes) + " into " + project.nameOf(into);
  return std::move(steps.edit);
}

TreeEdit removeNodes(const TreeProject& project, std::vector<NodeId> nodes) {
  if (nodes.empty()) return {};
  if (nodes.size() > kMostChosen) return refused(tooManyText(nodes.size()));
  const std::set<NodeId> gone(nodes.begin(), nodes.end());
  const std::string title = "Remove " + titled(project, nodes);
  if (nodes.size() == 1) {
    TreeEdit edit;
    edit.title = title;
    remap(project, gone, -1, edit);
    dissolve(project, nodes.front(), [&](TreeStep step) { edit.steps.push_back(std::move(step)); });
    return edit;
  }
  Steps steps(project);
  steps.edit.title = title;
  remap(project, gone, -1, steps.edit);
  for (const NodeId node : gone)
    dissolve(steps.now(), node, [&](TreeStep step) { steps.add(std::move(step)); });
  return std::move(steps.edit);
}

TreeEdit mapClasses(const TreeProject& project, const std::vector<ClassChoice>& choices) {
  TreeEdit edit;
  MapStep step;
  for (const auto& [place, node] : choices) {
    const NodeId before = project.part(place.part).nodes[static_cast<std::size_t>(place.id)];
    if (before != node) step.classes.push_back({place.part, place.id, before, node});
  }
  if (step.classes.empty()) return edit;
  const MapStep::Class& first = step.classes.front();
  const std::string what =
      step.classes.size() == 1
          ? "the class " +
                project.part(first.part).facts.classes[static_cast<std::size_t>(first.id)]
          : counted(step.classes.size(), "class", "classes");
  edit.title = first.after < 0 ? "Take " + what + " from the tree" : "Map " + what;
  if (first.after >= 0 && step.classes.size() == 1)
    edit.title += " to " + project.nameOf(first.after);
  edit.steps.emplace_back(std::move(step));
  return edit;
}

TreeEdit addUnmapped(const TreeProject& project) {
  TreeEdit edit;
  MapStep map;
  std::map<std::string, NodeId> added;
  NodeId next = project.idEnd();
  auto row = static_cast<int>(project.childrenOf(-1).size());
  for (int part = 0; part < static_cast<int>(project.parts().size()); ++part) {
    const TreePart& own = project.part(part);
    if (own.numbered) continue;  // what they are called is not known
    for (int id = 0; id < static_cast<int>(own.nodes.size()); ++id) {
      if (own.nodes[static_cast<std::size_t>(id)] >= 0) continue;
      const std::string name = cleaned(own.facts.classes[static_cast<std::size_t>(id)]);
      if (!faultOf(name).empty()) continue;
      const auto [found, isNew] = added.try_emplace(name, next);
      if (isNew) edit.steps.emplace_back(NodeStep{true, next++, -1, row++, name, {}});
      map.classes.push_back({part, id, -1, found->second});
    }
  }
  if (map.classes.empty()) return edit;
  edit.title = "Add " + counted(added.size(), "class", "classes") + " without a node";
  edit.steps.emplace_back(std::move(map));
  return edit;
}

TreeEdit addPart(const TreeProject& project, TreePart part) {
  for (const TreePart& own : project.parts())
    if (isSameDataset(own, part))
      return refused("the dataset " + part.name() + " is in the tree already");
  part.nodes = nodesByName(project, part.facts.classes);
  TreeEdit edit;
  edit.title = "Add the dataset " + part.name();
  edit.steps = {PartStep{true, static_cast<int>(project.parts().size()),
                         std::make_shared<const TreePart>(std::move(part))}};
  return edit;
}

TreeEdit removePart(const TreeProject& project, int part) {
  TreeEdit edit;
  edit.title = "Remove the dataset " + project.part(part).name();
  edit.steps = {PartStep{false, part, std::make_shared<const TreePart>(project.part(part))}};
  return edit;
}

TreeEdit replaceTree(const TreeProject& project, const TreeDraft& draft, const std::string& title) {
  TreeProject fresh(draft);
  auto after = std::make_shared<ReplaceStep::State>(*fresh.state());
  for (const TreePart& part : project.parts()) {
    std::vector<NodeId> nodes = nodesByName(fresh, part.facts.classes);
    ClassNames called;
    for (const NodeId node : part.nodes)
      called.push_back(node < 0 ? std::string() : project.nameOf(node));
    const std::vector<NodeId> before = nodesByName(fresh, called);
    for (std::size_t id = 0; id < nodes.size(); ++id)
      if (nodes[id] < 0) nodes[id] = before[id];
    after->maps.push_back(std::move(nodes));
  }
  TreeEdit edit;
  edit.title = title;
  edit.steps = {ReplaceStep{project.state(), std::move(after)}};
  return edit;
}

}  // namespace boxwright
