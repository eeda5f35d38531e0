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

#include "core/data/dataset.h"
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

/// Boxes for the unlabelled pictures between two labelled ones of a series.
struct SeriesFill {
  enum class Outcome {
    Filled,
    NoSeries,       ///< the picture's name ends in no number
    NoBoxes,        ///< it has none
    NothingBefore,  ///< no picture of the series before it has boxes
    NothingBetween,
    OtherSize,  ///< the two pictures are not of one size
    NoMatch,    ///< no box of the one is one of the other
  };
  Outcome outcome = Outcome::NoSeries;
  std::size_t first = 0;                                           ///< the labelled picture before
  std::vector<std::pair<std::size_t, std::vector<Box>>> pictures;  ///< ids 0
  std::size_t unmatched = 0;  ///< boxes of the two that are in one of them alone
};

/// Between `picture` and the last picture before it in its series that has boxes; the pictures of a
/// series stand by their numbers, wherever they are in the dataset. Negative pictures
/// between stay, and so do those of another size or in the trash.
SeriesFill seriesFillOf(const Dataset& dataset, std::size_t picture);

}  // namespace boxwright
