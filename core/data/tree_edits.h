// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/data/tree_project.h"

namespace boxwright {

// The edits of a TreeProject: pure functions of it. What cannot be done says why (refusal); what
// changes nothing has no steps.

/// More nodes at once are refused: each is looked for among its siblings, and that would be felt.
inline constexpr std::size_t kMostChosen = 2000;

/// Below `parent` at this row; -1: behind the others. The new node is project.idEnd().
TreeEdit addNode(const TreeProject& project, NodeId parent, int row, const std::string& name);
TreeEdit renameNode(const TreeProject& project, NodeId node, const std::string& name);
/// Below `to`, before what has this row of its children now; -1: behind the others. Nodes that lie
/// below others of `nodes` stay below them.
TreeEdit moveNodes(const TreeProject& project, std::vector<NodeId> nodes, NodeId to, int row);
/// `node` becomes part of `into`: its children (where `into` is among what lies below it, they go
/// up instead) and its classes.
TreeEdit mergeNode(const TreeProject& project, NodeId node, NodeId into);
/// The same of several, one after the other.
TreeEdit mergeNodes(const TreeProject& project, const std::vector<NodeId>& nodes, NodeId into);
/// Children go up to the parent; classes have no node then.
TreeEdit removeNodes(const TreeProject& project, std::vector<NodeId> nodes);

struct ClassPlace {
  int part = 0, id = 0;

  bool operator==(const ClassPlace&) const = default;
};
struct ClassChoice {
  ClassPlace place;
  NodeId node = -1;
};
/// -1: no node.
TreeEdit mapClasses(const TreeProject& project, const std::vector<ClassChoice>& choices);
/// Every class without a node becomes a root; those of one name the same one.
TreeEdit addUnmapped(const TreeProject& project);

/// Its classes have the nodes of their names.
TreeEdit addPart(const TreeProject& project, TreePart part);
TreeEdit removePart(const TreeProject& project, int part);
/// Another tree. Classes have the nodes of their names or else of what their nodes were called.
TreeEdit replaceTree(const TreeProject& project, const TreeDraft& draft, const std::string& title);

}  // namespace boxwright
