// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/taxonomy/class_tree.h"
#include "core/yolo/region_head.h"

namespace boxwright {

/// The planes of a head (a plane is one channel of one picture, height x width values; its number
/// is picture * channels + channel) that the loss over these pictures' truths reads, and outside of
/// which its gradient is 0: over a class tree those of coordinates and objectness and of the groups
/// on the way to each truth. Ascending. Empty: all, also where they are most. Of YOLO9000's 28,269
/// a picture of some objects they are about a thousand.
std::vector<std::int32_t> lossPlanes(const RegionLayer& region,
                                     std::span<const std::vector<Truth>> truths);

/// The groups of siblings on the way from the roots to these nodes, each once, in the tree's order:
/// of all classes those that a box of these learns.
std::vector<ClassTree::Group> groupsOnTheWay(const ClassTree& tree, std::span<const int> nodes);

}  // namespace boxwright
