// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace boxwright {

/// How the cores are shared. One value, made from `--threads` or the machine, and passed down: a
/// session computes with `compute` threads, a batch loader decodes with `loader` threads.
struct ThreadBudget {
  int compute = 1;
  int loader = 1;

  /// Shares out `total` cores; 0 means all that this process may run on. Never more than
  /// mostThreads().
  static ThreadBudget of(int total = 0);
};

/// The number of cores this process may run on (its affinity mask), at least 1.
int availableCores();

/// More threads than this are of no use to anybody, and systems refuse them: four a core, at least
/// 8.
int mostThreads();

/// Lowers the calling thread's scheduling priority (jobs run below the GUI); failure is ignored.
void lowerThisThreadsPriority();

/// Names the calling thread for debuggers and profilers; at most 15 characters are kept.
void nameThisThread(const std::string& name);

}  // namespace boxwright
