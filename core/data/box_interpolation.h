// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/geometry/box.h"

namespace boxwright {

/// A picture that is one of a numbered series, such as the frames of a video.
struct SeriesPlace {
  std::string series;        ///< the path before the number, and its ending
  std::uint64_t number = 0;  ///< of the frame
};

/// "clip/clip_000120.jpg" is 120 of "clip/clip_*.jpg"; nothing where the name ends in no number.
std::optional<SeriesPlace> seriesPlaceOf(std::string_view path);

/// Which box of `second` is which of `first`, by their places in the lists: of one class, those
/// that overlap best, then those that are nearest, up to twice their size apart. Each at most once.
std::vector<std::pair<std::size_t, std::size_t>> matchedBoxes(std::span<const Box> first,
                                                              std::span<const Box> second);

/// A box on its way from one to the other, `share` (0 to 1) of the way: linear in its edges, in
/// whole pixels where both are. What else it says is what `from` says; id 0, no score, no area.
Box boxBetween(const Box& from, const Box& to, double share);

}  // namespace boxwright
