// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/bulk_edit.h"
#include "core/data/dataset.h"

namespace boxwright {

/// A box that is worth a look, and why. No fault for sure: nothing is done about it.
struct LabelFinding {
  BoxRef box;
  std::string what;  ///< one sentence

  bool operator==(const LabelFinding&) const = default;
};

/// Boxes that lie on another of their class: by an IOU over 0.8, or the smaller one by 95 % of its
/// area within the larger. The smaller is named, once. Crowds are passed over. Empty at a stop.
std::vector<LabelFinding> overlappingBoxes(const Dataset& dataset,
                                           const std::stop_token& stop = {});

/// Boxes whose area is far from that of their class: by more than 4.5 deviations of its logarithm,
/// told from the median and the median distance from it, in classes of 30 boxes or more. The
/// farthest first.
std::vector<LabelFinding> unusualSizes(const Dataset& dataset, const std::stop_token& stop = {});

}  // namespace boxwright
