// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "core/compute/cuda/device.h"

namespace boxwright::cuda {

/// Card `index` of this machine. Throws Error with the reason where there is none, no driver, no
/// cuDNN, or where it is too old.
std::unique_ptr<Device> openCard(int index);

/// The cards of this machine, without taking any into use: at least one, which where there is none
/// says why.
std::vector<DeviceInfo> listCards();

}  // namespace boxwright::cuda
