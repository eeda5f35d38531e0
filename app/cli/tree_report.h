// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/cli/json_output.h"
#include "core/evaluate/tree_classification.h"
#include "core/evaluate/tree_score.h"

namespace boxwright::cli {

/// How the nodes of a tree are listed: as a tree, each below its parent, or the highest score, the
/// first name, the most truths, the least depth first.
enum class NodeOrder { Tree, Score, Name, Truths, Depth };
/// "tree", "ap", "name", "truths" or "depth".
NodeOrder nodeOrderOf(const std::string& name);

/// "tree" in the JSON of `evaluate`. Its nodes in the order asked for, NodeOrder::Tree as the
/// network has them.
Json treeJson(const TreeScore& score, const ClassTree& tree, const ClassNames& names,
              NodeOrder order);
/// The same as a table, a node a line, indented by depth where it is in the order of the tree.
std::string treeText(const TreeScore& score, const ClassTree& tree, const ClassNames& names,
                     NodeOrder order);

/// The same of a classifier.
Json treeJson(const TreeClassification& score, const ClassTree& tree, const ClassNames& names,
              NodeOrder order);
std::string treeText(const TreeClassification& score, const ClassTree& tree,
                     const ClassNames& names, NodeOrder order);

}  // namespace boxwright::cli
