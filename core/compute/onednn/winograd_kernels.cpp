// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once for each instruction set, as vector_kernels.cpp is and under the same rule.
#include "core/compute/onednn/winograd_kernels.h"

#include "core/compute/onednn/vectors.h"

namespace boxwright::onednn::BOXWRIGHT_KERNELS {
namespace {

/// Rows that `multiply` keeps in registers: two vectors each, beside two of b and one of a.
constexpr int kRows = kWidth == 16 ? 14 : kWidth == 8 ? 6 : 4;
constexpr int kColumns = 2 * kWidth;

// Lavin and Gray's transforms for the points 0, 1, -1 and, with m = 4, 2, -2, in place; `step`
// vectors lie between two values of a line.

template <int M>
inline void inputLine(Vector* t, int step) {
  const Vector* const d = t;
  if constexpr (M == 2) {
    const Vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
    t[0] = d0 - d2;
    t[step] = d1 + d2;
    t[2 * step] = d2 - d1;
    t[3 * step] = d1 - d3;
  } else {
    const Vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step],
                 d5 = d[5 * step];
    const Vector even = d4 - 4.0F * d2, odd = d3 - 4.0F * d1;
    const Vector near = d4 - d2, far = 2.0F * (d3 - d1);
    t[0] = 4.0F * d0 - 5.0F * d2 + d4;
    t[step] = even + odd;
    t[2 * step] = even - odd;
    t[3 * step] = near + far;
    t[4 * step] = near - far;
    t[5 * step] = 4.0F * d1 - 5.0F * d3 + d5;
  }
}

template <int M>
inline void outputLine(const Vector* p, int step, Vector* y, int toStep) {
  if constexpr (M == 2) {
    y[0] = p[0] + p[step] + p[2 * step];
    y[toStep] = p[step] - p[2 * step] - p[3 * step];
  } else {
    const Vector sum1 = p[step] + p[2 * step], difference1 = p[step] - p[2 * step];
    const Vector sum2 = p[3 * step] + p[4 * step], difference2 = p[3 * step] - p[4 * step];
    y[0] = p[0] + sum1 + sum2;
    y[toStep] = difference1 + 2.0F * difference2;
    y[2 * toStep] = sum1 + 4.0F * sum2;
    y[3 * toStep] = difference1 + 8.0F * difference2 + p[5 * step];
  }
}

template <int M>
void inputTile(const TilePlane& plane, const float* in, int y, int x, float* out,
               std::size_t stride) {
  constexpr int kSide = M + 2;
  const int top = y - 1, left = x - 1;
  const bool inside =
      top >= 0 && left >= 0 && top + kSide <= plane.height && left + kSide <= plane.width;
  for (int c = 0; c < plane.period; c += kWidth) {
    Vector d[kSide * kSide];
    if (inside) {
      for (int i = 0; i < kSide; ++i) {
        const float* row = in + (std::size_t(top + i) * plane.width + left) * plane.period + c;
        for (int j = 0; j < kSide; ++j)
          d[i * kSide + j] = load(row + std::size_t(j) * plane.period);
      }
    } else {
      for (int i = 0; i < kSide; ++i) {
        for (int j = 0; j < kSide; ++j) {
          const int row = top + i, column = left + j;
          const bool there = row >= 0 && row < plane.height && column >= 0 && column < plane.width;
          d[i * kSide + j] =
              there ? load(in + (std::size_t(row) * plane.width + column) * plane.period + c)
                    : Vector{};
        }
      }
    }
    for (int j = 0; j < kSide; ++j)
      inputLine<M>(d + j, kSide);
    for (int i = 0; i < kSide; ++i) {
      inputLine<M>(d + i * kSide, 1);
      for (int j = 0; j < kSide; ++j)
        store(out + (std::size_t(i) * kSide + j) * stride + c, d[i * kSide + j]);
    }
  }
}

template <int M>
void outputTile(const TilePlane& plane, const float* in, std::size_t stride, const float* biases,
                float slope, int y, int x, float* out) {
  constexpr int kSide = M + 2;
  const int rows = plane.height - y < M ? plane.height - y : M;
  const int columns = plane.width - x < M ? plane.width - x : M;
  for (int c = 0; c < plane.period; c += kWidth) {
    Vector p[kSide * kSide], half[M * kSide], result[M * M];
    for (int k = 0; k < kSide * kSide; ++k)
      p[k] = load(in + std::size_t(k) * stride + c);
    for (int j = 0; j < kSide; ++j)
      outputLine<M>(p + j, kSide, half + j, kSide);
    for (int i = 0; i < M; ++i)
      outputLine<M>(half + i * kSide, 1, result + i * M, 1);
    const Vector bias = load(biases + c);
    for (int i = 0; i < rows; ++i) {
      float* row = out + (std::size_t(y + i) * plane.width + x) * plane.period + c;
      for (int j = 0; j < columns; ++j) {
        const Vector v = result[i * M + j] + bias;
        store(row + std::size_t(j) * plane.period, v > 0 ? v : slope * v);
      }
    }
  }
}

template <int Rows>
void multiplyRows(const float* a, std::size_t aStride, const float* b, float* c,
                  std::size_t cStride, int depth, bool add) {
  Vector sum[Rows][2];
  for (int r = 0; r < Rows; ++r) {
    sum[r][0] = add ? load(c + r * cStride) : Vector{};
    sum[r][1] = add ? load(c + r * cStride + kWidth) : Vector{};
  }
  for (int k = 0; k < depth; ++k) {
    const Vector b0 = load(b), b1 = load(b + kWidth);
    b += kColumns;
    for (int r = 0; r < Rows; ++r) {
      const float value = a[r * aStride + static_cast<std::size_t>(k)];
      sum[r][0] += value * b0;
      sum[r][1] += value * b1;
    }
  }
  for (int r = 0; r < Rows; ++r) {
    store(c + r * cStride, sum[r][0]);
    store(c + r * cStride + kWidth, sum[r][1]);
  }
}

template <int Rows>
void multiplyAny(const float* a, std::size_t aStride, const float* b, float* c, std::size_t cStride,
                 int rows, int depth, bool add) {
  if (rows == Rows) {
    multiplyRows<Rows>(a, aStride, b, c, cStride, depth, add);
  } else if constexpr (Rows > 1) {
    multiplyAny<Rows - 1>(a, aStride, b, c, cStride, rows, depth, add);
  }
}

void multiply(const float* a, std::size_t aStride, const float* b, float* c, std::size_t cStride,
              int rows, int depth, bool add) {
  multiplyAny<kRows>(a, aStride, b, c, cStride, rows, depth, add);
}

void input(int m, const TilePlane& plane, const float* in, int y, int x, float* out,
           std::size_t stride) {
  m == 2 ? inputTile<2>(plane, in, y, x, out, stride) : inputTile<4>(plane, in, y, x, out, stride);
}

void output(int m, const TilePlane& plane, const float* in, std::size_t stride, const float* biases,
            float slope, int y, int x, float* out) {
  m == 2 ? outputTile<2>(plane, in, stride, biases, slope, y, x, out)
         : outputTile<4>(plane, in, stride, biases, slope, y, x, out);
}

}  // namespace

const WinogradKernels kWinograd = {kWidth, kColumns, kRows, input, multiply, output};

}  // namespace boxwright::onednn::BOXWRIGHT_KERNELS
