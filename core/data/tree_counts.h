// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/data/tree_project.h"

namespace boxwright {

/// What the datasets hold of a node: of the classes that are it, and with all that lies below it.
/// A picture counts once, whatever it shows of them.
struct NodeCount {
  std::size_t ownBoxes = 0, ownPictures = 0;
  std::size_t boxes = 0, pictures = 0;
  std::uint64_t ownParts = 0, parts = 0;  ///< a bit a part; those from the 64th on share the last
};

/// Of each node by its id; early where stopped. The pictures of a part whose sets of classes are
/// not known are added up class by class.
std::vector<NodeCount> countTree(const TreeProject& project, const std::stop_token& stop);

/// For each class of each part that has no node the one it most likely means, by spelling; -1:
/// none, or it has one. Early where stopped.
std::vector<std::vector<NodeId>> suggestNodes(const TreeProject& project,
                                              const std::stop_token& stop);

/// The nodes whose name or label holds the text, as they are shown; capitals of ASCII count as
/// small letters.
std::vector<NodeId> nodesNamed(const TreeProject& project, const std::string& text);

}  // namespace boxwright
