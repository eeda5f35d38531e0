// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/cli/json_output.h"
#include "core/evaluate/tree_score.h"

namespace boxwright::cli {

/// "tree" in the JSON of `evaluate`.
Json treeJson(const TreeScore& score, const ClassTree& tree, const ClassNames& names);
/// The same as a table, a node a line, indented by depth.
std::string treeText(const TreeScore& score, const ClassTree& tree, const ClassNames& names);

}  // namespace boxwright::cli
