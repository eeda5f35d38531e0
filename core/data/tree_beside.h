// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/data/combined_file.h"

namespace boxwright {

/// A combined dataset's tree, seen from one of its parts: what the part's objects can be labelled
/// as beside the classes that it has already.
struct TreeBeside {
  std::filesystem::path file;  ///< the combined dataset
  CombinedTree tree;
  CombinedFile::Part part;
};

/// Looks in the dataset's folder and in the one above for a combined dataset that names the folder
/// as a part of it; the first by name. One that cannot be read is passed over: who opens it is
/// told. So is one whose map of the part is a .map file, a line a class: it would not fit any more.
std::optional<TreeBeside> treeBeside(const std::filesystem::path& root);

/// A node that can be labelled: the class it is to be.
struct OfferedNode {
  int node = 0;
  std::string name;  ///< its name for people; where others have the same, its label
  std::string way;   ///< those above it from the root down, "animal > dog"; empty for a root
};

/// The nodes that none of `classes` is, in the order of the tree.
std::vector<OfferedNode> offeredNodes(const TreeBeside& beside, const ClassNames& classes);

}  // namespace boxwright
