// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "core/network/network.h"

namespace boxwright {

/// Sets input and output shape of layer `index` from the layers before it (spec section 1). Throws
/// Error naming layer and line where they do not fit or are absurdly large.
void shapeLayer(Network& network, std::size_t index);

}  // namespace boxwright
