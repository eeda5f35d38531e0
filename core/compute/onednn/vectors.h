// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the files that are compiled once for each instruction set, and for no other.

namespace boxwright::onednn::BOXWRIGHT_KERNELS {

#if defined(__AVX512F__)
inline constexpr int kWidth = 16;
#elif defined(__AVX2__)
inline constexpr int kWidth = 8;
#else
inline constexpr int kWidth = 4;
#endif

/// As many floats as the instruction set computes with at once.
using Vector = float __attribute__((vector_size(kWidth * sizeof(float))));
/// The same anywhere in memory.
using LooseVector = float __attribute__((vector_size(kWidth * sizeof(float)), aligned(4)));

inline Vector load(const float* p) {
  return *reinterpret_cast<const LooseVector*>(p);
}
inline void store(float* p, Vector v) {
  *reinterpret_cast<LooseVector*>(p) = v;
}

}  // namespace boxwright::onednn::BOXWRIGHT_KERNELS
