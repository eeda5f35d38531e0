// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "core/base/random.h"

namespace boxwright {

/// Spec section 8's rand_scale: U(1, s), or its inverse.
double randomScale(double s, RandomStream& random);

/// Varies `count` pixels in place, planes of [0, 1]: hue shifted (by sextants of the circle),
/// saturation and value multiplied (spec section 8), without leaving RGB's planes: with value V and
/// chroma C the channel at hue sextant k is V - C * clamp(min(k, 4 - k), 0, 1).
void varyColour(float* red, float* green, float* blue, std::size_t count, float hueSextants,
                float saturation, float exposure);

}  // namespace boxwright
