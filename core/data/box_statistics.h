// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/data/dataset.h"

namespace boxwright {

/// What the boxes of some pictures are like, as counts behind the bars of charts. Sizes are the
/// longer sides in pixels, aspects are width to height.
struct BoxStatistics {
  /// `from` is in it; `to` is in it of counts, and not of sizes and aspects. Infinite at the ends.
  struct Bin {
    double from = 0, to = 0;
    std::size_t count = 0;

    bool operator==(const Bin&) const = default;
  };
  static constexpr std::size_t kPlaces = 20;  ///< a side: each is 5 % of the picture

  std::size_t pictures = 0, boxes = 0;
  std::vector<std::size_t> classes;  ///< boxes by class id
  std::vector<Bin> sizes, aspects;   ///< boxes; without empty bins at the ends
  std::vector<Bin> perPicture;       ///< pictures by their number of boxes, from none to the most
  /// Boxes by their centres, row by row; those of pictures of unknown size are left out.
  std::array<std::size_t, kPlaces * kPlaces> places{};
};

/// Of the boxes of one class, or of all, in `pictures`. Pure; empty when it was stopped.
BoxStatistics boxStatistics(const Dataset& dataset, std::span<const std::size_t> pictures,
                            std::optional<int> classId = {}, const std::stop_token& stop = {});

}  // namespace boxwright
