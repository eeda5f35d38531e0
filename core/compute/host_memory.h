// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>

namespace boxwright {

/// Zeroed host memory for a backend that computes on the CPU: page aligned, in large pages where
/// the system gives them. Throws OutOfMemory naming the size when the machine has not so much free,
/// rather than be killed while using it.
std::shared_ptr<void> allocateHostMemory(std::size_t bytes);

/// The same, and the system has handed it out already: it is missing from what the next one finds
/// free. For what is used as a whole but perhaps later.
std::shared_ptr<void> reserveHostMemory(std::size_t bytes);

/// Bytes of memory in this machine.
std::size_t hostMemoryBytes();

}  // namespace boxwright
