// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/compute/op.h"

namespace boxwright {

/// The factors of dropout for a tensor in NCHW order, 0 or 1 / (1 - probability): a pure function
/// of (seed, iteration), the same on every backend (spec section 1).
std::vector<float> dropoutMask(const Shape& shape, double probability, std::uint64_t seed,
                               std::uint64_t iteration);

}  // namespace boxwright
