// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/stuck_threads.h"

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <utility>
#include <vector>

namespace boxwright {
namespace {

struct StuckThread {
  std::thread thread;
  std::shared_ptr<const std::atomic<bool>> done;
};

struct StuckThreads {
  std::mutex mutex;
  std::vector<StuckThread> threads;

  /// Joins those that have ended; true when none is left.
  bool reap() {
    const std::lock_guard lock(mutex);
    for (std::size_t i = threads.size(); i-- > 0;) {
      if (!*threads[i].done) continue;
      threads[i].thread.join();
      threads.erase(threads.begin() + std::ptrdiff_t(i));
    }
    return threads.empty();
  }
};

StuckThreads& stuckThreads() {
  static auto* const threads = new StuckThreads;  // outlives every destructor
  return *threads;
}

void atExit(int status, void*) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(333);
  while (!stuckThreads().reap()) {
    if (std::chrono::steady_clock::now() > end) {
      std::cout.flush();
      std::fflush(nullptr);
      _exit(status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

void leaveBehind(std::thread thread, std::shared_ptr<const std::atomic<bool>> done) {
  static std::once_flag once;
  std::call_once(once, [] { on_exit(atExit, nullptr); });
  StuckThreads& stuck = stuckThreads();
  stuck.reap();
  const std::lock_guard lock(stuck.mutex);
  stuck.threads.push_back({std::move(thread), std::move(done)});
}

}  // namespace boxwright
