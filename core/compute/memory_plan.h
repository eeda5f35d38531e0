// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace boxwright {

/// One buffer and the steps of the schedule, first to last inclusive, in which it must stay whole.
struct Lifetime {
  std::size_t bytes = 0;
  int first = 0, last = 0;
};

/// Bytes: a card reads memory in pieces of that size, a processor in smaller ones.
inline constexpr std::size_t kPlanAlignment = 256;

struct MemoryPlan {
  std::vector<std::size_t> offsets;  ///< one a lifetime, aligned
  std::size_t bytes = 0;             ///< the whole arena
};

/// Places buffers in one arena so that no two alive at the same step overlap; the largest first,
/// each at the lowest offset where it fits.
MemoryPlan planMemory(std::span<const Lifetime> lifetimes);

}  // namespace boxwright
