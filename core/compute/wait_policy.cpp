// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/wait_policy.h"

#include <unistd.h>

#include <cstdlib>

namespace boxwright {

void letIdleThreadsSleep(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return;
  if (setenv("OMP_WAIT_POLICY", "passive", 1) != 0) return;
  execv("/proc/self/exe", argv);
}

}  // namespace boxwright
