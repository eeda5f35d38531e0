// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/thread_budget.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace boxwright {

ThreadBudget ThreadBudget::of(int total) {
  const int cores = total > 0 ? std::min(total, mostThreads()) : availableCores();
  return {.compute = cores, .loader = std::clamp(cores / 2, 1, 8)};
}

int availableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

int mostThreads() {
  return std::max(8, 4 * availableCores());
}

void lowerThisThreadsPriority() {
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  setpriority(PRIO_PROCESS, thread, 5);
}

void nameThisThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace boxwright
