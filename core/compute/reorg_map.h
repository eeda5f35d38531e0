// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "core/compute/op.h"

namespace boxwright {

/// Darknet's reorg as a permutation (spec section 4): entry f is the flat CHW index, within one
/// picture of the input, of the value that lands at flat index f of the output. Without
/// layer.reverse the channels become C*s*s, with it C/(s*s).
std::vector<std::size_t> reorgMap(const Shape& input, const ReorgLayer& layer);

}  // namespace boxwright
