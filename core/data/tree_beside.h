// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/data/combined_file.h"

namespace boxwright {

/// A combined dataset's tree, seen from one of its parts: what the part's objects can be labelled
/// as. A value; made off the GUI thread, for it looks at files and at every node.
struct TreeBeside {
  std::filesystem::path file;  ///< the combined dataset
  CombinedTree tree;
  CombinedFile::Part part;
  /// What each node is called as a class: its name for people; where others have the same, or it
  /// can be no class's, its label.
  ClassNames names;

  /// The nodes that classes of the part are, and those whose name as a class is one's that means
  /// another node: a value a node. Costs as much as there are classes, and a bit a node.
  std::vector<bool> taken(const ClassNames& classes) const;
  /// Those above a node from the root down, "animal > dog"; empty for a root.
  std::string wayTo(int node) const;
};

/// Looks in the dataset's folder and in the one above for a combined dataset that names the folder
/// as a part of it; the first by name. One that cannot be read is passed over: who opens it is
/// told. So is one whose map of the part is a .map file, a line a class: it would not fit any more.
std::optional<TreeBeside> treeBeside(const std::filesystem::path& root);

}  // namespace boxwright
