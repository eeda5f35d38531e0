// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// A tree with what its nodes are called for people, in node order.
struct NamedTree {
  ClassTree tree;
  ClassNames names;
};

/// Reads a .tree and the names file of it; without one (empty) the labels are the names. Throws
/// Error naming both files where they do not fit each other.
NamedTree readNamedTree(const std::filesystem::path& tree, const std::filesystem::path& names);

/// A class tree in the making: in any order, by names alone. A value.
struct TreeDraft {
  struct Node {
    std::string name;
    int parent = -1;  ///< place of another node; -1: a root
    /// What it is called in files; empty: the name, with _ for blanks.
    std::string label = {};

    bool operator==(const Node&) const = default;
  };
  std::vector<Node> nodes;

  bool operator==(const TreeDraft&) const = default;
};

/// The tree of a draft in the draft's own order, where a tree can stand so, else level by level,
/// siblings in the draft's order; labels that the draft does not give are the names with _ for
/// blanks, and where two are alike with a number. Throws Error where there is no node, one has no
/// name, or parents go round in a circle. `placeOf`, where given, takes the place of each of the
/// draft's nodes in the tree.
NamedTree treeOfDraft(const TreeDraft& draft, std::vector<int>* placeOf = nullptr);
/// The draft of a tree, its nodes in their order; labels are given where the names do not make
/// them.
TreeDraft draftOfTree(const NamedTree& named);

/// From a text with a class a line, indented below its parent by blanks or tabs. Throws Error with
/// the line where an indentation fits none above.
TreeDraft draftFromIndentedText(std::string_view text, const std::string& file);
/// From folders in folders: each is a class, pictures and other files are passed over. Throws Error
/// where there is no folder in it.
TreeDraft draftFromFolders(const std::filesystem::path& folder);
/// From hypernym paths, a line each ("animal > dog > pug"), several of them where a class lies on
/// several ways, by the paper's rule: first the classes with one way, then each by the way that
/// adds the fewest nodes. Throws Error with the line.
TreeDraft draftFromPaths(std::string_view text, const std::string& file);

}  // namespace boxwright
