// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "core/compute/cuda/device.h"

namespace boxwright {

/// The backend over a card: float32, float32 rounded to tf32 in the convolutions, or bf16 with
/// float32 parameters, statistics and sums. `precision`: what it computes in where a Session does
/// not say; none: bf16 where the card has it. Throws Error where the card has no such.
std::unique_ptr<Backend> makeCudaBackend(std::unique_ptr<cuda::Device> device,
                                         std::optional<Precision> precision = {});

}  // namespace boxwright
