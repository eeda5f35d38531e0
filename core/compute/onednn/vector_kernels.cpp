// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once for each instruction set, with BOXWRIGHT_KERNELS naming the namespace. Nothing of
// the standard library is instantiated here: its inline functions, compiled for a newer processor,
// could be the copies that the linker keeps for the whole program.
#include "core/compute/onednn/kernels.h"
#include "core/compute/onednn/vectors.h"

namespace boxwright::onednn::BOXWRIGHT_KERNELS {
namespace {

using Integers = std::int32_t __attribute__((vector_size(kWidth * sizeof(std::int32_t))));
using Bytes = std::uint8_t __attribute__((vector_size(kWidth)));
using LooseBytes = std::uint8_t __attribute__((vector_size(kWidth), aligned(1)));

inline Vector all(float value) {
  return Vector{} + value;
}
inline Integers loadPlaces(const std::uint8_t* p) {
  const Bytes bytes = *reinterpret_cast<const LooseBytes*>(p);
  return __builtin_convertvector(bytes, Integers);
}
inline void storePlaces(std::uint8_t* p, Integers v) {
  *reinterpret_cast<LooseBytes*>(p) = __builtin_convertvector(v, Bytes);
}

/// So many pixels are summed in float before the sums go to double.
constexpr std::size_t kRun = 256;

// Every loop over channels comes in two forms: by whole vectors (blocked layouts, and channels-last
// with a multiple of the width), and one by one for what is left.

inline bool wide(int period) {
  return period % kWidth == 0;
}

/// Sums over runs of pixels: term(pixel offset, channel, sum0, sum1) adds a vector's terms.
template <typename VectorTerm, typename ScalarTerm>
inline void sumChannels(std::size_t pixels, int period, double* sums0, double* sums1,
                        VectorTerm vectorTerm, ScalarTerm scalarTerm) {
  const auto step = static_cast<std::size_t>(period);
  for (std::size_t start = 0; start < pixels; start += kRun) {
    const std::size_t end = start + kRun < pixels ? start + kRun : pixels;
    if (wide(period)) {
      for (int c = 0; c < period; c += kWidth) {
        // Two pairs of sums hide the latency of the additions.
        Vector a0{}, a1{}, b0{}, b1{};
        std::size_t p = start;
        for (; p + 1 < end; p += 2) {
          vectorTerm(p * step + static_cast<std::size_t>(c), c, a0, a1);
          vectorTerm((p + 1) * step + static_cast<std::size_t>(c), c, b0, b1);
        }
        if (p < end) vectorTerm(p * step + static_cast<std::size_t>(c), c, a0, a1);
        a0 += b0;
        a1 += b1;
        for (int k = 0; k < kWidth; ++k) {
          sums0[c + k] += static_cast<double>(a0[k]);
          sums1[c + k] += static_cast<double>(a1[k]);
        }
      }
    } else {
      for (int c = 0; c < period; ++c) {
        float a0 = 0;
        float a1 = 0;
        for (std::size_t p = start; p < end; ++p) {
          scalarTerm(p * step + static_cast<std::size_t>(c), c, a0, a1);
        }
        sums0[c] += static_cast<double>(a0);
        sums1[c] += static_cast<double>(a1);
      }
    }
  }
}

/// Visits every vector (offset, channel), or value where the period is no multiple of the width.
template <typename VectorBody, typename ScalarBody>
inline void eachChannel(std::size_t pixels, int period, VectorBody vectorBody,
                        ScalarBody scalarBody) {
  const auto step = static_cast<std::size_t>(period);
  if (period == kWidth) {
    for (std::size_t p = 0; p < pixels; ++p)
      vectorBody(p * step, 0);
  } else if (wide(period)) {
    for (std::size_t p = 0; p < pixels; ++p) {
      for (int c = 0; c < period; c += kWidth) {
        vectorBody(p * step + static_cast<std::size_t>(c), c);
      }
    }
  } else {
    for (std::size_t p = 0; p < pixels; ++p) {
      for (int c = 0; c < period; ++c)
        scalarBody(p * step + static_cast<std::size_t>(c), c);
    }
  }
}

void moments(const float* x, const float* pivot, std::size_t pixels, int period, double* sums,
             double* squares) {
  sumChannels(
      pixels, period, sums, squares,
      [&](std::size_t i, int c, Vector& s0, Vector& s1) {
        const Vector d = load(x + i) - load(pivot + c);
        s0 += d;
        s1 += d * d;
      },
      [&](std::size_t i, int c, float& s0, float& s1) {
        const float d = x[i] - pivot[c];
        s0 += d;
        s1 += d * d;
      });
}

void normalise(const float* x, const float* scale, const float* shift, std::size_t pixels,
               int period, float slope, float* out) {
  const Vector slopes = all(slope);
  eachChannel(
      pixels, period,
      [&](std::size_t i, int c) {
        const Vector t = load(x + i) * load(scale + c) + load(shift + c);
        store(out + i, t > Vector{} ? t : t * slopes);
      },
      [&](std::size_t i, int c) {
        const float t = x[i] * scale[c] + shift[c];
        out[i] = t > 0 ? t : t * slope;
      });
}

void normSums(const float* delta, const float* x, const float* scale, const float* shift,
              const float* mean, std::size_t pixels, int period, float slope, double* sums,
              double* products) {
  const Vector slopes = all(slope);
  sumChannels(
      pixels, period, sums, products,
      [&](std::size_t i, int c, Vector& s0, Vector& s1) {
        const Vector value = load(x + i);
        const Vector t = value * load(scale + c) + load(shift + c);
        const Vector given = load(delta + i);
        const Vector d = t > Vector{} ? given : given * slopes;
        s0 += d;
        s1 += d * (value - load(mean + c));
      },
      [&](std::size_t i, int c, float& s0, float& s1) {
        const float t = x[i] * scale[c] + shift[c];
        const float d = t > 0 ? delta[i] : delta[i] * slope;
        s0 += d;
        s1 += d * (x[i] - mean[c]);
      });
}

void normGradient(float* delta, const float* x, const float* scale, const float* shift,
                  const float* mean, const float* a, const float* b, const float* c,
                  std::size_t pixels, int period, float slope) {
  const Vector slopes = all(slope);
  eachChannel(
      pixels, period,
      [&](std::size_t i, int k) {
        const Vector value = load(x + i);
        const Vector t = value * load(scale + k) + load(shift + k);
        const Vector given = load(delta + i);
        const Vector d = t > Vector{} ? given : given * slopes;
        store(delta + i, load(a + k) * d + load(b + k) * (value - load(mean + k)) + load(c + k));
      },
      [&](std::size_t i, int k) {
        const float t = x[i] * scale[k] + shift[k];
        const float d = t > 0 ? delta[i] : delta[i] * slope;
        delta[i] = a[k] * d + b[k] * (x[i] - mean[k]) + c[k];
      });
}

void slopeSums(float* delta, const float* out, std::size_t pixels, int period, float slope,
               double* sums) {
  const auto step = static_cast<std::size_t>(period);
  const Vector slopes = all(slope);
  for (std::size_t start = 0; start < pixels; start += kRun) {
    const std::size_t end = start + kRun < pixels ? start + kRun : pixels;
    if (wide(period)) {
      for (int c = 0; c < period; c += kWidth) {
        Vector sum{};
        for (std::size_t p = start; p < end; ++p) {
          const std::size_t i = p * step + static_cast<std::size_t>(c);
          const Vector given = load(delta + i);
          const Vector d = load(out + i) > Vector{} ? given : given * slopes;
          store(delta + i, d);
          sum += d;
        }
        for (int k = 0; k < kWidth; ++k)
          sums[c + k] += static_cast<double>(sum[k]);
      }
    } else {
      for (int c = 0; c < period; ++c) {
        float sum = 0;
        for (std::size_t p = start; p < end; ++p) {
          const std::size_t i = p * step + static_cast<std::size_t>(c);
          delta[i] = out[i] > 0 ? delta[i] : delta[i] * slope;
          sum += delta[i];
        }
        sums[c] += static_cast<double>(sum);
      }
    }
  }
}

/// Calls visit(offset of the input pixel, place in the window) for the window of output (y, x).
template <typename Visit>
inline void eachInWindow(const PoolPlane& plane, int y, int x, Visit visit) {
  const int top = y * plane.stride - plane.before;
  const int left = x * plane.stride - plane.before;
  const int rowStart = top < 0 ? -top : 0;
  const int rowEnd = top + plane.size > plane.inHeight ? plane.inHeight - top : plane.size;
  const int columnStart = left < 0 ? -left : 0;
  const int columnEnd = left + plane.size > plane.inWidth ? plane.inWidth - left : plane.size;
  for (int v = rowStart; v < rowEnd; ++v) {
    for (int u = columnStart; u < columnEnd; ++u) {
      const std::size_t pixel =
          static_cast<std::size_t>(top + v) * static_cast<std::size_t>(plane.inWidth) +
          static_cast<std::size_t>(left + u);
      visit(pixel * static_cast<std::size_t>(plane.period), v * plane.size + u);
    }
  }
}

void maxPool(const PoolPlane& plane, const float* in, int row, int rows, float* out,
             std::uint8_t* chosen) {
  for (int y = row; y < row + rows; ++y) {
    for (int x = 0; x < plane.outWidth; ++x) {
      const std::size_t at =
          (static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.outWidth) +
           static_cast<std::size_t>(x)) *
          static_cast<std::size_t>(plane.period);
      if (wide(plane.period)) {
        for (int c = 0; c < plane.period; c += kWidth) {
          Vector best{};
          Integers place = Integers{} + 255;
          bool first = true;
          eachInWindow(plane, y, x, [&](std::size_t pixel, int where) {
            const Vector value = load(in + pixel + c);
            if (first) {
              best = value;
              place = Integers{} + where;
              first = false;
            } else {
              const Integers larger = value > best;
              best = larger ? value : best;
              place = larger ? Integers{} + where : place;
            }
          });
          store(out + at + c, best);
          if (chosen) storePlaces(chosen + at + c, place);
        }
      } else {
        for (int c = 0; c < plane.period; ++c) {
          float best = 0;
          int place = 255;
          eachInWindow(plane, y, x, [&](std::size_t pixel, int where) {
            const float value = in[pixel + static_cast<std::size_t>(c)];
            if (place == 255 || value > best) {
              best = value;
              place = where;
            }
          });
          out[at + static_cast<std::size_t>(c)] = best;
          if (chosen) chosen[at + static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(place);
        }
      }
    }
  }
}

void maxPoolGradient(const PoolPlane& plane, const float* delta, const std::uint8_t* chosen,
                     int row, int rows, bool add, float* into) {
  for (int y = row; y < row + rows; ++y) {
    for (int x = 0; x < plane.outWidth; ++x) {
      const std::size_t at =
          (static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.outWidth) +
           static_cast<std::size_t>(x)) *
          static_cast<std::size_t>(plane.period);
      if (wide(plane.period)) {
        for (int c = 0; c < plane.period; c += kWidth) {
          const Vector d = load(delta + at + c);
          const Integers place = loadPlaces(chosen + at + c);
          eachInWindow(plane, y, x, [&](std::size_t pixel, int where) {
            const Vector part = place == where ? d : Vector{};
            float* to = into + pixel + c;
            store(to, add ? load(to) + part : part);
          });
        }
      } else {
        for (int c = 0; c < plane.period; ++c) {
          const std::size_t k = at + static_cast<std::size_t>(c);
          eachInWindow(plane, y, x, [&](std::size_t pixel, int where) {
            const float part = chosen[k] == where ? delta[k] : 0;
            float* to = into + pixel + static_cast<std::size_t>(c);
            *to = add ? *to + part : part;
          });
        }
      }
    }
  }
}

/// Calls vectorBody(input offset, output offset, channel) for every output pixel of rows
/// [row, row + rows) of a 2x2 pool, or scalarBody where the window is cut or the channels do not
/// fill vectors.
template <typename VectorBody, typename ScalarBody>
inline void eachPooled(const PoolPlane& plane, int row, int rows, VectorBody vectorBody,
                       ScalarBody scalarBody) {
  const auto period = static_cast<std::size_t>(plane.period);
  for (int y = row; y < row + rows; ++y) {
    const bool below = 2 * y + 1 < plane.inHeight;
    std::size_t in =
        static_cast<std::size_t>(2 * y) * static_cast<std::size_t>(plane.inWidth) * period;
    std::size_t out =
        static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.outWidth) * period;
    const int whole = below && wide(plane.period) ? plane.inWidth / 2 : 0;
    for (int x = 0; x < plane.outWidth; ++x, in += 2 * period, out += period) {
      if (x < whole) {
        for (int c = 0; c < plane.period; c += kWidth) {
          vectorBody(in + static_cast<std::size_t>(c), out + static_cast<std::size_t>(c), c);
        }
      } else {
        const bool right = 2 * x + 1 < plane.inWidth;
        for (int c = 0; c < plane.period; ++c) {
          scalarBody(in + static_cast<std::size_t>(c), out + static_cast<std::size_t>(c), c, right,
                     below);
        }
      }
    }
  }
}

void normalisePool(const PoolPlane& plane, const float* x, const float* scale, const float* shift,
                   float slope, int row, int rows, float* out, std::uint8_t* chosen,
                   float* winner) {
  const auto period = static_cast<std::size_t>(plane.period);
  const std::size_t line = period * static_cast<std::size_t>(plane.inWidth);
  const Vector slopes = all(slope);
  eachPooled(
      plane, row, rows,
      [&](std::size_t in, std::size_t to, int c) {
        const Vector factor = load(scale + c);
        const Vector offset = load(shift + c);
        Vector value = load(x + in);
        Vector best = value * factor + offset;
        Integers place{};
        const std::size_t others[] = {in + period, in + line, in + line + period};
        for (int k = 0; k < 3; ++k) {
          const Vector other = load(x + others[k]);
          const Vector t = other * factor + offset;
          const Integers larger = t > best;
          best = larger ? t : best;
          value = larger ? other : value;
          place = larger ? Integers{} + (k + 1) : place;
        }
        store(out + to, best > Vector{} ? best : best * slopes);
        store(winner + to, value);
        storePlaces(chosen + to, place);
      },
      [&](std::size_t in, std::size_t to, int c, bool right, bool below) {
        float value = x[in];
        float best = value * scale[c] + shift[c];
        int place = 0;
        const std::size_t others[] = {in + period, in + line, in + line + period};
        const bool there[] = {right, below, right && below};
        for (int k = 0; k < 3; ++k) {
          if (!there[k]) continue;
          const float t = x[others[k]] * scale[c] + shift[c];
          if (t > best) {
            best = t;
            value = x[others[k]];
            place = k + 1;
          }
        }
        out[to] = best > 0 ? best : best * slope;
        winner[to] = value;
        chosen[to] = static_cast<std::uint8_t>(place);
      });
}

void normPoolGradient(const PoolPlane& plane, const float* delta, const std::uint8_t* chosen,
                      const float* winner, const float* x, const float* scale, const float* shift,
                      const float* mean, const float* a, const float* b, const float* c,
                      float slope, int row, int rows, float* into) {
  const auto period = static_cast<std::size_t>(plane.period);
  const std::size_t line = period * static_cast<std::size_t>(plane.inWidth);
  const Vector slopes = all(slope);
  eachPooled(
      plane, row, rows,
      [&](std::size_t in, std::size_t from, int k) {
        const Vector t = load(winner + from) * load(scale + k) + load(shift + k);
        const Vector given = load(delta + from);
        const Vector d = load(a + k) * (t > Vector{} ? given : given * slopes);
        const Integers place = loadPlaces(chosen + from);
        const Vector middle = load(mean + k);
        const Vector factor = load(b + k);
        const Vector rest = load(c + k);
        const std::size_t places[] = {in, in + period, in + line, in + line + period};
        for (int p = 0; p < 4; ++p) {
          const Vector spread = factor * (load(x + places[p]) - middle) + rest;
          store(into + places[p], place == p ? spread + d : spread);
        }
      },
      [&](std::size_t in, std::size_t from, int k, bool right, bool below) {
        const float t = winner[from] * scale[k] + shift[k];
        const float d = a[k] * (t > 0 ? delta[from] : delta[from] * slope);
        const std::size_t places[] = {in, in + period, in + line, in + line + period};
        const bool there[] = {true, right, below, right && below};
        for (int p = 0; p < 4; ++p) {
          if (!there[p]) continue;
          const float spread = b[k] * (x[places[p]] - mean[k]) + c[k];
          into[places[p]] = chosen[from] == p ? spread + d : spread;
        }
      });
}

void add(const float* x, std::size_t count, float* into) {
  for (std::size_t i = 0; i < count; ++i)
    into[i] += x[i];
}

void step(float* __restrict w, float* __restrict gradient, float* __restrict momentum,
          std::size_t count, float rate, float decay, float keep) {
  for (std::size_t i = 0; i < count; ++i) {
    const float u = momentum[i] - gradient[i] - decay * w[i];
    w[i] += rate * u;
    momentum[i] = keep * u;
    gradient[i] = 0;
  }
}

double multiplyAdds(std::size_t rounds) {
  constexpr int kChains = 12;  // that do not wait for each other
  Vector sums[kChains];
  for (int k = 0; k < kChains; ++k)
    sums[k] = all(static_cast<float>(k));
  const Vector factor = all(0.5F), term = all(1.5F);
  for (std::size_t i = 0; i < rounds; ++i) {
    for (int k = 0; k < kChains; ++k)
      sums[k] = sums[k] * factor + term;
  }
  for (int k = 0; k < kChains; ++k)
    asm volatile("" : : "m"(sums[k]));  // they count as used
  return 2.0 * kChains * kWidth * static_cast<double>(rounds);
}

}  // namespace

extern const Kernels kKernels;
const Kernels kKernels{moments, normalise,       normSums,      normGradient,     slopeSums,
                       maxPool, maxPoolGradient, normalisePool, normPoolGradient, add,
                       step,    multiplyAdds};

}  // namespace boxwright::onednn::BOXWRIGHT_KERNELS
