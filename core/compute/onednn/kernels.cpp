// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/onednn/kernels.h"

#include "core/compute/onednn/winograd_kernels.h"

namespace boxwright::onednn {
namespace {

enum class InstructionSet { Base, Avx2, Avx512 };

InstructionSet instructionSet() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
    return InstructionSet::Avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::Avx2;
#endif
  return InstructionSet::Base;
}

template <typename Set>
const Set& best(const Set& base, [[maybe_unused]] const Set& avx2,
                [[maybe_unused]] const Set& avx512) {
  switch (instructionSet()) {
    case InstructionSet::Avx512:
      return avx512;
    case InstructionSet::Avx2:
      return avx2;
    case InstructionSet::Base:
      break;
  }
  return base;
}

}  // namespace

const Kernels& kernels() {
#if defined(__x86_64__)
  static const Kernels& chosen = best(base::kKernels, avx2::kKernels, avx512::kKernels);
  return chosen;
#else
  return base::kKernels;
#endif
}

const WinogradKernels& winogradKernels() {
#if defined(__x86_64__)
  static const WinogradKernels& chosen = best(base::kWinograd, avx2::kWinograd, avx512::kWinograd);
  return chosen;
#else
  return base::kWinograd;
#endif
}

}  // namespace boxwright::onednn
