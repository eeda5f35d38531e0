// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace boxwright {

/// While it lives, the calling thread computes with `threads` threads of the OpenMP team that
/// oneDNN uses as well, and denormal numbers count as zero in all of them (they cost a hundred
/// times as much and mean nothing in an activation). Nests; restores what was.
class ComputeScope {
 public:
  explicit ComputeScope(int threads);
  ~ComputeScope();
  ComputeScope(const ComputeScope&) = delete;
  ComputeScope& operator=(const ComputeScope&) = delete;

 private:
  int previousThreads_;
  unsigned previousControl_;
};

/// Whether this build computes on an OpenMP team at all.
bool hasComputeTeam();

/// Runs body(data, task) for every task in [0, count) on the team; tasks are taken in order by
/// whichever thread is free, so results must not depend on who runs them. The body must not throw.
void runTasks(std::size_t count, void (*body)(void*, std::size_t), void* data);

/// The same for any callable taking the task's number.
template <typename Body>
void parallelFor(std::size_t count, Body&& body) {
  using Callable = std::remove_reference_t<Body>;
  runTasks(
      count, [](void* data, std::size_t task) { (*static_cast<Callable*>(data))(task); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

}  // namespace boxwright
