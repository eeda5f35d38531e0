// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/network/network.h"
#include "core/train/batch_loader.h"

namespace boxwright {

/// What of the training set the network cannot learn well, counted before the first update.
struct Preflight {
  std::size_t pictures = 0, truths = 0;
  std::size_t shared =
      0;                 ///< truths whose cell and anchor another truth of the picture has already
  std::size_t tiny = 0;  ///< truths with a side under tinySide pixels at the training size
  std::size_t beyondMax = 0;     ///< truths over the cfg's own `max` a picture
  std::size_t withoutBoxes = 0;  ///< pictures that show nothing
  std::size_t repeated = 0;      ///< truths at the very place of another of the picture's
  std::string firstRepeated;     ///< the first picture that has one
  int tinySide = 6;
};

/// Counts at input side `side` with pictures as they are (not varied).
Preflight inspect(const std::vector<LoaderPicture>& pictures, const RegionLayer& region, int side,
                  int stride);

/// The findings with advice, in sentences; empty when all is well.
std::vector<std::string> adviceOf(const Preflight& found, int side);

}  // namespace boxwright
