// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// A tree as large as YOLO9000's: 8 roots, below each node up to the seventh depth a few children.
inline std::shared_ptr<const ClassTree> bigTree() {
  constexpr int kNodes = 9418;
  std::vector<int> parents(8, -1);
  ClassNames labels;
  for (int node = 0; static_cast<int>(parents.size()) < kNodes; ++node) {
    const int children = node % 3 == 2 ? 0 : 2 + node % 4;
    for (int i = 0; i < children && static_cast<int>(parents.size()) < kNodes; ++i)
      parents.push_back(node);
  }
  for (int node = 0; node < kNodes; ++node)
    labels.push_back("kind" + std::to_string(node));
  return std::make_shared<const ClassTree>(labels, parents);
}

}  // namespace boxwright
