// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace boxwright {

constexpr std::size_t kChunk = 16384;

inline std::size_t chunksOf(std::size_t count) {
  return (count + kChunk - 1) / kChunk;
}

/// Calls task(0 … tasks - 1) on up to `threads` threads, each task once. Tasks must not throw.
template <typename Task>
void forEachTask(std::size_t tasks, int threads, const Task& task) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t index = next++; index < tasks; index = next++)
      task(index);
  };
  std::vector<std::jthread> others;
  const std::size_t wanted = std::min<std::size_t>(std::max(threads, 1), tasks);
  for (std::size_t t = 1; t < wanted; ++t)
    others.emplace_back(work);
  work();
}

/// Calls body(chunk, begin, end) for every fixed chunk of [0, count): the partition of the sums is
/// the same with any number of threads.
template <typename Body>
void forEachChunk(std::size_t count, int threads, const Body& body) {
  forEachTask(chunksOf(count), threads, [&](std::size_t chunk) {
    const std::size_t begin = chunk * kChunk;
    body(chunk, begin, std::min(begin + kChunk, count));
  });
}

}  // namespace boxwright
