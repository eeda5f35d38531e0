// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace boxwright {
namespace {

std::size_t aligned(std::size_t bytes) {
  return (bytes + kPlanAlignment - 1) / kPlanAlignment * kPlanAlignment;
}

}  // namespace

MemoryPlan planMemory(std::span<const Lifetime> lifetimes) {
  MemoryPlan plan;
  plan.offsets.resize(lifetimes.size());
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return lifetimes[a].bytes > lifetimes[b].bytes;
  });
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t index : order) {
    const Lifetime& life = lifetimes[index];
    if (life.bytes == 0) continue;
    std::size_t offset = 0;
    for (const std::size_t other : placed) {
      const Lifetime& taken = lifetimes[other];
      if (taken.last < life.first || taken.first > life.last) continue;
      if (offset + life.bytes <= plan.offsets[other]) break;
      offset = std::max(offset, plan.offsets[other] + aligned(taken.bytes));
    }
    plan.offsets[index] = offset;
    plan.bytes = std::max(plan.bytes, offset + aligned(life.bytes));
    const auto place = std::upper_bound(
        placed.begin(), placed.end(), offset,
        [&](std::size_t value, std::size_t other) { return value < plan.offsets[other]; });
    placed.insert(place, index);
  }
  return plan;
}

}  // namespace boxwright
