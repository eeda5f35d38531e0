// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

/// Card `index` of this machine. Throws Error with the reason where there is none, no driver, no
/// cuDNN, or where it is too old.
std::unique_ptr<Device> openCard(int index);

/// How many there are; 0 where there is no driver.
int cardCount();

}  // namespace boxwright::cuda
