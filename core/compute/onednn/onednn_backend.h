// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "core/compute/backend.h"

namespace boxwright {

/// The CPU through oneDNN, in float32, with `threads` threads of its OpenMP team.
std::unique_ptr<Backend> makeOnednnBackend(int threads);

}  // namespace boxwright
