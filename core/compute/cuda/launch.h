// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

#include "core/base/out_of_memory.h"
#include "core/compute/cuda/kernels.h"

#ifdef __CUDACC__
#include <cuda_runtime.h>
#define BOXWRIGHT_HD __host__ __device__ __forceinline__
#else
#define BOXWRIGHT_HD inline
#endif
// BOXWRIGHT_UNROLL: before a loop whose counter must be known to the compiler, or an array would
// not lie in registers. BOXWRIGHT_UNROLL_4: before one that reads; four rounds are on their way.
#ifdef __CUDA_ARCH__
#define BOXWRIGHT_UNROLL _Pragma("unroll")
#define BOXWRIGHT_UNROLL_4 _Pragma("unroll 4")
#else
#define BOXWRIGHT_UNROLL
#define BOXWRIGHT_UNROLL_4
#endif

/// How kernels are written: a struct of what one needs, whose call operator does the work of one
/// index, alone. Nothing is shared between indices, so a card runs them in any order and a host
/// without a card in a loop, with the same answer. Where indices must meet, the work of a block is
/// in two parts, and all of the first is over before the second begins.
namespace boxwright::cuda {

constexpr unsigned kBlock = 256;
/// Values that one index takes from a row: 16 bytes of bf16.
constexpr unsigned kLane = 8;

/// The upper half of a float32.
struct BFloat16 {
  std::uint16_t bits;
};

BOXWRIGHT_HD float asFloat(std::uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __uint_as_float(bits);
#else
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
#endif
}

BOXWRIGHT_HD std::uint32_t asBits(float value) {
#ifdef __CUDA_ARCH__
  return __float_as_uint(value);
#else
  std::uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
#endif
}

BOXWRIGHT_HD float toFloat(float value) {
  return value;
}
BOXWRIGHT_HD float toFloat(BFloat16 value) {
  return asFloat(std::uint32_t(value.bits) << 16);
}

template <typename T>
BOXWRIGHT_HD T fromFloat(float value);
template <>
BOXWRIGHT_HD float fromFloat<float>(float value) {
  return value;
}
/// To the nearest, ties to even; what is no number stays none.
template <>
BOXWRIGHT_HD BFloat16 fromFloat<BFloat16>(float value) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  BFloat16 rounded;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(rounded.bits) : "f"(value));
  return rounded;
#else
  const std::uint32_t bits = asBits(value);
  if ((bits & 0x7fffffffU) > 0x7f800000U) return {static_cast<std::uint16_t>((bits >> 16) | 0x40U)};
  return {static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16)};
#endif
}

/// kLane values beside each other, read and written in whole.
template <typename T>
struct alignas(16) Pack {
  T values[kLane];
};

template <typename T>
BOXWRIGHT_HD void load(const T* from, float* values) {
  const Pack<T> pack = *reinterpret_cast<const Pack<T>*>(from);
  for (unsigned l = 0; l < kLane; ++l)
    values[l] = toFloat(pack.values[l]);
}

template <typename T>
BOXWRIGHT_HD void store(T* to, const float* values) {
  Pack<T> pack;
  for (unsigned l = 0; l < kLane; ++l)
    pack.values[l] = fromFloat<T>(values[l]);
  *reinterpret_cast<Pack<T>*>(to) = pack;
}

/// The row and the first of the kLane values in it that are an index's.
struct Place {
  unsigned row, first;
};
BOXWRIGHT_HD Place placeOf(unsigned index, unsigned pitch) {
  const unsigned lanes = pitch / kLane;
  return {index / lanes, index % lanes * kLane};
}

/// Numbers as kernels take them.
inline unsigned u(int value) {
  return static_cast<unsigned>(value);
}
inline unsigned u(std::size_t value) {
  return static_cast<unsigned>(value);
}

#ifdef __CUDACC__
template <typename Kernel>
__global__ void __launch_bounds__(kBlock) runKernel(Kernel kernel, unsigned count) {
  const unsigned index = blockIdx.x * kBlock + threadIdx.x;
  if (index < count) kernel(index);
}

template <typename Kernel>
__global__ void __launch_bounds__(kBlock) runBlocks(Kernel kernel) {
  __shared__ typename Kernel::Shared shared;
  kernel.first(shared, blockIdx.x, threadIdx.x);
  __syncthreads();
  kernel.second(shared, blockIdx.x, threadIdx.x);
}

inline void checkLaunch() {
  const cudaError_t fault = cudaGetLastError();
  if (fault == cudaErrorMemoryAllocation)
    throw OutOfMemory("the card has no memory left for a kernel", {}, "use a smaller batch");
  if (fault != cudaSuccess)
    throw Error(std::string("the card refuses a kernel: ") + cudaGetErrorString(fault), {},
                "choose the cpu device, or a build for this card");
}
#endif

/// What both kinds of launch say where there is no card to run on.
[[noreturn]] inline void refuseLaunch() {
  throw Error("this build has no code for a card", {}, "choose the cpu device");
}

/// Throws Error where there are more than indices can count.
inline void checkCount(std::size_t count) {
  if (count > std::numeric_limits<unsigned>::max() - kBlock)
    throw Error("a tensor with too many values for the card", {}, "choose a smaller batch");
}

/// Runs `kernel` for every index below `count`.
template <typename Kernel>
void launch(const Queue& queue, std::size_t count, const Kernel& kernel) {
  if (count == 0) return;
  checkCount(count);
  if (queue.onHost) {
    for (unsigned index = 0; index < static_cast<unsigned>(count); ++index)
      kernel(index);
    return;
  }
#ifdef __CUDACC__
  const auto all = static_cast<unsigned>(count);
  runKernel<<<(all + kBlock - 1) / kBlock, kBlock, 0, static_cast<cudaStream_t>(queue.stream)>>>(
      kernel, all);
  checkLaunch();
#else
  refuseLaunch();
#endif
}

/// Runs first(shared, block, thread) and then second(…) of all kBlock threads of every block, which
/// have a Kernel::Shared in common.
template <typename Kernel>
void launchBlocks(const Queue& queue, std::size_t blocks, const Kernel& kernel) {
  static_assert(sizeof(typename Kernel::Shared) <= 48 * 1024, "a block has no more");
  if (blocks == 0) return;
  if (queue.onHost) {
    typename Kernel::Shared shared;
    for (unsigned block = 0; block < u(blocks); ++block) {
      for (unsigned thread = 0; thread < kBlock; ++thread)
        kernel.first(shared, block, thread);
      for (unsigned thread = 0; thread < kBlock; ++thread)
        kernel.second(shared, block, thread);
    }
    return;
  }
#ifdef __CUDACC__
  runBlocks<<<u(blocks), kBlock, 0, static_cast<cudaStream_t>(queue.stream)>>>(kernel);
  checkLaunch();
#else
  refuseLaunch();
#endif
}

/// Calls work(T()) with the type of a precision's values.
template <typename Work>
void withType(Precision precision, Work work) {
  if (precision == Precision::BFloat16) {
    work(BFloat16());
  } else {
    work(float());
  }
}

/// Calls work(constant) with an activation as a std::integral_constant: where one is asked for many
/// values, a card should not ask again at each which it is.
template <typename Work>
void withActivation(Activation activation, Work work) {
  switch (activation) {
    case Activation::Leaky:
      return work(std::integral_constant<Activation, Activation::Leaky>());
    case Activation::Relu:
      return work(std::integral_constant<Activation, Activation::Relu>());
    case Activation::Logistic:
      return work(std::integral_constant<Activation, Activation::Logistic>());
    case Activation::Linear:
      return work(std::integral_constant<Activation, Activation::Linear>());
  }
}

BOXWRIGHT_HD float activated(Activation activation, float x) {
  switch (activation) {
    case Activation::Leaky:
      return x > 0 ? x : 0.1F * x;
    case Activation::Relu:
      return x > 0 ? x : 0;
    case Activation::Logistic:
      return 1 / (1 + expf(-x));
    case Activation::Linear:
      break;
  }
  return x;
}

/// The derivative from the activated value y.
BOXWRIGHT_HD float slopeAt(Activation activation, float y) {
  switch (activation) {
    case Activation::Leaky:
      return y > 0 ? 1 : 0.1F;
    case Activation::Relu:
      return y > 0 ? 1 : 0;
    case Activation::Logistic:
      return y * (1 - y);
    case Activation::Linear:
      break;
  }
  return 1;
}

}  // namespace boxwright::cuda
