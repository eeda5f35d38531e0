// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace boxwright::onednn {

/// A max-pool over one block of channels of one picture. Rows and columns are of the input and
/// output; `period` channels lie beside each other.
struct PoolPlane {
  int inHeight = 0, inWidth = 0, outWidth = 0;
  int size = 1, stride = 1, before = 0;  ///< window starts at out * stride - before
  int period = 1;
};

/// Our own vector loops: what oneDNN lacks or does in more passes. One set an instruction set,
/// picked once. All walk `pixels` pixels of `period` channels beside each other without gaps;
/// coefficients are arrays of `period` floats. Activations are x > 0 ? x : slope * x (1: linear,
/// .1: leaky).
struct Kernels {
  /// sums[c] += sum of x - pivot, squares[c] += sum of its square.
  void (*moments)(const float* x, const float* pivot, std::size_t pixels, int period, double* sums,
                  double* squares);
  /// out = activation(scale * x + shift); in place where out is x.
  void (*normalise)(const float* x, const float* scale, const float* shift, std::size_t pixels,
                    int period, float slope, float* out);
  /// With d = delta * activation'(scale * x + shift): sums[c] += d, products[c] += d * (x - mean).
  void (*normSums)(const float* delta, const float* x, const float* scale, const float* shift,
                   const float* mean, std::size_t pixels, int period, float slope, double* sums,
                   double* products);
  /// delta = a * d + b * (x - mean) + c, with d as in normSums.
  void (*normGradient)(float* delta, const float* x, const float* scale, const float* shift,
                       const float* mean, const float* a, const float* b, const float* c,
                       std::size_t pixels, int period, float slope);
  /// delta *= activation'(out), sums[c] += delta.
  void (*slopeSums)(float* delta, const float* out, std::size_t pixels, int period, float slope,
                    double* sums);
  /// Output rows [row, row + rows) of a max-pool; `chosen` takes the winner's place in its window,
  /// row * size + column.
  void (*maxPool)(const PoolPlane& plane, const float* in, int row, int rows, float* out,
                  std::uint8_t* chosen);
  /// The gradient of those rows: written where `add` is false (windows must not overlap then), else
  /// added.
  void (*maxPoolGradient)(const PoolPlane& plane, const float* delta, const std::uint8_t* chosen,
                          int row, int rows, bool add, float* into);
  /// normalise and max-pool 2x2 in one: output rows [row, row + rows); `winner` takes the value of
  /// x that won. slope >= 0.
  void (*normalisePool)(const PoolPlane& plane, const float* x, const float* scale,
                        const float* shift, float slope, int row, int rows, float* out,
                        std::uint8_t* chosen, float* winner);
  /// normGradient through such a max-pool: delta, chosen and winner are the pooled ones, into the
  /// gradient of x; in place where `into` is x.
  void (*normPoolGradient)(const PoolPlane& plane, const float* delta, const std::uint8_t* chosen,
                           const float* winner, const float* x, const float* scale,
                           const float* shift, const float* mean, const float* a, const float* b,
                           const float* c, float slope, int row, int rows, float* into);
  /// into += x.
  void (*add)(const float* x, std::size_t count, float* into);
  /// One step of spec section 6 over `count` numbers: u = momentum - gradient - decay * w;
  /// w += rate * u; momentum = keep * u; gradient = 0.
  void (*step)(float* w, float* gradient, float* momentum, std::size_t count, float rate,
               float decay, float keep);
  /// Multiply-adds in registers alone, the most that a loop can do; returns how many operations
  /// (two each) `rounds` rounds were.
  double (*multiplyAdds)(std::size_t rounds);
};

/// The kernels of the best instruction set that this processor has.
const Kernels& kernels();

namespace base {
extern const Kernels kKernels;
}
#if defined(__x86_64__)
namespace avx2 {
extern const Kernels kKernels;
}
namespace avx512 {
extern const Kernels kKernels;
}
#endif

}  // namespace boxwright::onednn
