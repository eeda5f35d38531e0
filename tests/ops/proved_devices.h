// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/compute/backend.h"

namespace boxwright {

// What tests call the cuda backend without a card (tests/core/compute/cuda/host_device.h): with
// convolutions that add a bias and activate in one, and in passes.
inline constexpr const char* kCudaInOne = "cudaOnTheHostInOne";
inline constexpr const char* kCudaInPasses = "cudaOnTheHostInPasses";

/// A device by its name, these two among them.
std::unique_ptr<Backend> openProved(const std::string& name,
                                    Precision precision = Precision::Float32);

/// The NVIDIA card of this machine, as a list of its name; empty: there is none.
std::vector<std::string> cardHere();
/// Why there is none.
std::string whyNoCard();

}  // namespace boxwright
