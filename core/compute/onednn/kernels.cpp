// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/onednn/kernels.h"

namespace boxwright::onednn {

const Kernels& kernels() {
#if defined(__x86_64__)
  static const Kernels& best = []() -> const Kernels& {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
      return avx512::kKernels;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::kKernels;
    return base::kKernels;
  }();
  return best;
#else
  return base::kKernels;
#endif
}

}  // namespace boxwright::onednn
