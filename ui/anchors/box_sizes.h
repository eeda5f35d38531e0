// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/geometry/box.h"

namespace boxwright::ui {

/// Most points a scatter draws.
inline constexpr std::size_t mostDrawnPoints = 20000;

/// The sizes of a dataset's boxes, in fractions of their pictures, and where each comes from.
struct BoxSizes {
  struct Origin {
    int picture = 0;
    std::uint32_t box = 0;  ///< its id within the picture
  };
  std::vector<Size> fractions;
  std::vector<Origin> origins;
  std::vector<std::uint32_t> sample;  ///< ascending; all, or a fixed choice of mostDrawnPoints
};

/// The boxes of a split ("all": of every picture) that training learns from, as
/// core/data/box_sizes.h says. Pure; run it off the GUI thread.
BoxSizes boxSizesOf(const Dataset& dataset, const Splits& splits, const std::string& split);

/// `count` indices below `total`, ascending, the same for the same numbers; all when there are
/// fewer.
std::vector<std::uint32_t> fixedSample(std::size_t total, std::size_t count);

}  // namespace boxwright::ui
