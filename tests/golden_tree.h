// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/taxonomy/class_tree.h"
#include "tests/golden_file.h"

namespace boxwright {

/// The tree that a golden file writes as the "lines" of its .tree.
inline ClassTree treeOf(const nlohmann::json& golden) {
  ClassNames labels;
  std::vector<int> parents;
  for (const std::string line : golden.at("lines")) {
    const std::size_t blank = line.find(' ');
    labels.push_back(line.substr(0, blank));
    parents.push_back(std::stoi(line.substr(blank)));
  }
  return ClassTree(std::move(labels), std::move(parents));
}

}  // namespace boxwright
