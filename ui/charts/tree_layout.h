// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/taxonomy/class_tree.h"

namespace boxwright::ui {

/// Where the nodes of a tree lie when its leaves stand side by side, a step wide each, and every
/// node above those that are within it. Made once a tree; never changes.
class TreeLayout {
 public:
  explicit TreeLayout(std::shared_ptr<const ClassTree> tree);

  const ClassTree& tree() const { return *tree_; }
  int leaves() const { return static_cast<int>(leafAt_.size()); }
  /// The leaves of a node: [first, end).
  int first(int node) const { return first_[static_cast<std::size_t>(node)]; }
  int end(int node) const { return end_[static_cast<std::size_t>(node)]; }
  int depth(int node) const { return depth_[static_cast<std::size_t>(node)]; }
  /// The largest depth of all that is within `node`; of -1 of all.
  int deepest(int node) const;
  /// The nodes at a depth from left to right.
  const std::vector<int>& row(int depth) const { return rows_[static_cast<std::size_t>(depth)]; }
  int rows() const { return static_cast<int>(rows_.size()); }
  /// The node at this depth over a leaf; where there is none, the leaf.
  int nodeOver(int leaf, int depth) const;
  /// The node beside `node` in its row, `by` places to the right; itself where there is none.
  int beside(int node, int by) const;

 private:
  std::shared_ptr<const ClassTree> tree_;
  std::vector<int> first_, end_, depth_, deepest_, place_;
  std::vector<int> leafAt_;  ///< the node of each leaf from left to right
  std::vector<std::vector<int>> rows_;
};

}  // namespace boxwright::ui
