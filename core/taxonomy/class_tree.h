// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/taxonomy/class_names.h"

namespace boxwright {

/// A tree of classes, YOLO9000's WordTree (spec section 11): node k is class k of the network. A
/// parent stands before its children, and children of one parent stand together: they are a group,
/// of which the network says one is it. The roots are a group, too. A value; never changes.
class ClassTree {
 public:
  /// Nodes [first, first + count), children of `parent` (-1: the roots).
  struct Group {
    int first = 0, count = 0, parent = -1;

    int end() const { return first + count; }
  };

  ClassTree() = default;
  /// Node k is called labels[k] and lies below parents[k] (-1: a root). Throws Error where a label
  /// is no word or too long for Darknet, or a parent or a group stands wrongly; `file`, where
  /// given, is named with the node's line.
  ClassTree(ClassNames labels, std::vector<int> parents, const std::string& file = {});

  int size() const { return static_cast<int>(parents_.size()); }
  bool empty() const { return parents_.empty(); }
  /// What the nodes are called in files: without blanks. For people a network has names.
  const ClassNames& labels() const { return labels_; }
  const std::vector<int>& parents() const { return parents_; }
  int parentOf(int node) const { return parents_[static_cast<std::size_t>(node)]; }
  /// Group 0 holds the roots; a group stands before those of its nodes' children.
  const std::vector<Group>& groups() const { return groups_; }
  const Group& groupOf(int node) const {
    return groups_[static_cast<std::size_t>(ownGroup_[static_cast<std::size_t>(node)])];
  }
  /// The children of a node; null for a leaf.
  const Group* childrenOf(int node) const {
    const int group = childGroup_[static_cast<std::size_t>(node)];
    return group < 0 ? nullptr : &groups_[static_cast<std::size_t>(group)];
  }
  bool isLeaf(int node) const { return childGroup_[static_cast<std::size_t>(node)] < 0; }
  int leafCount() const;
  /// Edges above a node; 0 for a root.
  int depthOf(int node) const;
  int depth() const;  ///< the largest of all nodes
  /// Whether `node` is `above` or lies below it.
  bool isWithin(int node, int above) const;
  /// From the root down to `node`.
  std::vector<int> pathTo(int node) const;
  /// The lowest node that both lie in; -1 where they have no root in common.
  int meetingOf(int a, int b) const;

  bool operator==(const ClassTree& other) const {
    return labels_ == other.labels_ && parents_ == other.parents_;
  }

 private:
  ClassNames labels_;
  std::vector<int> parents_, ownGroup_, childGroup_;
  std::vector<Group> groups_;
};

/// All nodes, each followed by what lies within it: as one would print a tree.
std::vector<int> nodesFromTheTop(const ClassTree& tree);

/// The longest label that Darknet reads.
inline constexpr std::size_t kLongestLabel = 255;

/// Reads Darknet's .tree: a line a node, "label parent", the parent as a line counted from 0 or -1.
/// Throws Error naming file and line.
ClassTree readClassTree(const std::filesystem::path& file);
/// Writes it, atomically.
void writeClassTree(const std::filesystem::path& file, const ClassTree& tree);

}  // namespace boxwright
