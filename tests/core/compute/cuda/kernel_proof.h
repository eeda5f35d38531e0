// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

/// Whether a device's kernels compute what plain loops in float64 do, where the table of ops does
/// not lead: sums over many rows, whose channels fill no block, and the convolution of pictures,
/// which is otherwise used where it is the fastest. What is wrong, a line each. `large`: also over
/// rows enough for an index to take more than the fewest, which is slow without a card.
std::vector<std::string> wrongKernels(Device& device, bool large);

}  // namespace boxwright::cuda
