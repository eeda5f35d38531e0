// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/compute/backend.h"

namespace boxwright {

/// Computes on `first`, and each op once more on `second` from the same inputs, parameters and
/// gradients: what an op gives is compared, and what it is given never differs by what others did.
/// The reference computes in float64. Slow; report() has how far the two were from each other.
std::unique_ptr<Backend> makeCheckBackend(std::unique_ptr<Backend> first,
                                          std::unique_ptr<Backend> second);

}  // namespace boxwright
