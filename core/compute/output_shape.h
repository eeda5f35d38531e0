// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

#include "core/compute/op.h"

namespace boxwright {

/// The shape of a block's output (spec sections 1 and 4). Throws Error naming `name` where the
/// inputs do not fit the block: the same check for every backend.
Shape outputShape(const OpSpec& spec, std::span<const TensorSpec> inputs, const std::string& name);

}  // namespace boxwright
