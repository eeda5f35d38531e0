// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/tree_layout.h"

#include <algorithm>
#include <utility>

namespace boxwright::ui {

TreeLayout::TreeLayout(std::shared_ptr<const ClassTree> tree) : tree_(std::move(tree)) {
  const auto size = static_cast<std::size_t>(tree_->size());
  first_.assign(size, 0);
  end_.assign(size, 0);
  depth_.assign(size, 0);
  deepest_.assign(size, 0);
  place_.assign(size, 0);
  const std::vector<int> order = nodesFromTheTop(*tree_);
  for (const int node : order) {
    const auto at = static_cast<std::size_t>(node);
    const int parent = tree_->parentOf(node);
    depth_[at] = deepest_[at] = parent < 0 ? 0 : depth(parent) + 1;
    first_[at] = end_[at] = leaves();
    if (tree_->isLeaf(node)) {
      leafAt_.push_back(node);
      end_[at] = leaves();
    }
    if (rows() <= depth_[at]) rows_.resize(static_cast<std::size_t>(depth_[at]) + 1);
    std::vector<int>& own = rows_[static_cast<std::size_t>(depth_[at])];
    place_[at] = static_cast<int>(own.size());
    own.push_back(node);
  }
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    const int parent = tree_->parentOf(*node);
    if (parent < 0) continue;
    const auto above = static_cast<std::size_t>(parent);
    end_[above] = std::max(end_[above], end(*node));
    deepest_[above] = std::max(deepest_[above], deepest(*node));
  }
}

int TreeLayout::deepest(int node) const {
  return node < 0 ? rows() - 1 : deepest_[static_cast<std::size_t>(node)];
}

int TreeLayout::nodeOver(int leaf, int depth) const {
  int node = leafAt_[static_cast<std::size_t>(leaf)];
  while (this->depth(node) > depth)
    node = tree_->parentOf(node);
  return node;
}

int TreeLayout::beside(int node, int by) const {
  const std::vector<int>& own = row(depth(node));
  const int place = place_[static_cast<std::size_t>(node)] + by;
  if (place < 0 || place >= static_cast<int>(own.size())) return node;
  return own[static_cast<std::size_t>(place)];
}

}  // namespace boxwright::ui
