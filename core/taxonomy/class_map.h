// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// The node of a tree that each class of a dataset is, in class order; -1: none.
using ClassMap = std::vector<int>;

/// Reads Darknet's .map: a line a class, the node as a number. Throws Error naming the line where
/// one is no number or no node of a tree of `nodes` classes, which `tree` names.
ClassMap readClassMap(const std::filesystem::path& file, int nodes, const std::string& tree);
/// Writes it, atomically. Every class must have a node.
void writeClassMap(const std::filesystem::path& file, const ClassMap& map);

/// The nodes of a tree by what they are called, as mapByName() has it; made once for many classes.
/// Never changes.
class NodeIndex {
 public:
  NodeIndex(const ClassTree& tree, const ClassNames& names);

  /// -1 where no node, or more than one, is called so.
  int find(const std::string& name) const;

 private:
  std::unordered_map<std::string, int> byName_, byLabel_;
};

/// The nodes of the classes by what they are called: `names` are the tree's for people (as many as
/// it has nodes, or none), then its labels; capitals, blanks, - and _ are as good as one another.
/// A name that two nodes have is no one's.
ClassMap mapByName(const ClassNames& classes, const ClassTree& tree, const ClassNames& names);

/// The node that `name` most likely means, by spelling; -1 where none is near.
int nearestNode(const std::string& name, const ClassTree& tree, const ClassNames& names);

/// The same among names of any kind, without a tree.
int nearestName(const std::string& name, const ClassNames& among);

/// Throws Error naming the first classes that have no node, each with the nearest by name.
void requireWholeMap(const ClassMap& map, const ClassNames& classes, const ClassTree& tree,
                     const ClassNames& names, const std::string& where);

}  // namespace boxwright
