// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/image/image.h"

namespace boxwright {

/// What a picture looks like, in 64 bits: which of its 64 coarsest waves (a cosine transform of its
/// brightness on 32 x 32 fields) lie above their median. Copies that were encoded again, resized or
/// made a little brighter keep most of the bits; pictures of the same kind of thing do not.
std::uint64_t perceptualHash(const Image& image);

/// How many bits differ, 0 to 64.
int hashDistance(std::uint64_t a, std::uint64_t b);

/// Up to this distance two pictures are taken for copies of one another; README.md has the figures.
inline constexpr int kNearCopyDistance = 6;

}  // namespace boxwright
