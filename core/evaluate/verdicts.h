// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/evaluate/average_precision.h"
#include "core/evaluate/sorted_boxes.h"

namespace boxwright {

/// The verdict on every detection above the operating confidence, by falling confidence within its
/// picture, and then on every truth that none of them stands for; picture by picture. `marks` are
/// those of each class at IOU .5: what is a hit, a miss and left out is decided there and nowhere
/// else. Of the misses each takes the free truth of another class that it overlaps best, by .5 or
/// more (wrong class); else it lies on a truth of its class that is taken (duplicate), beside one
/// (.1 or more: badly placed), or on background.
std::vector<JudgedBox> judge(const SortedBoxes& boxes, std::span<const RankedMarks> marks,
                             const ScoringOptions& options);

/// Where a verdict counts in the confusion matrix, {truth, predicted}; nothing where it is ignored.
/// `background` is the number of classes.
std::optional<std::pair<std::size_t, std::size_t>> confusionCell(const JudgedBox& box,
                                                                 std::size_t background);

}  // namespace boxwright
