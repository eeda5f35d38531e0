// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/compute/onednn/winograd_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"

namespace boxwright {
namespace {

struct Set {
  const char* name;
  const onednn::WinogradKernels* kernels;
  bool available;
};

std::vector<Set> sets() {
  std::vector<Set> all = {{"base", &onednn::base::kWinograd, true}};
#if defined(__x86_64__)
  __builtin_cpu_init();
  all.push_back({"avx2", &onednn::avx2::kWinograd,
                 __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")});
  all.push_back({"avx512", &onednn::avx512::kWinograd,
                 __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")});
#endif
  return all;
}

class WinogradLoops : public testing::TestWithParam<Set> {};

/// One block of 16 channels on both sides, borders and cut tiles included, against the plain sum.
TEST_P(WinogradLoops, ConvolveAsTheDefinitionDoes) {
  if (!GetParam().available) GTEST_SKIP() << "this processor has no " << GetParam().name;
  const onednn::WinogradKernels& loops = *GetParam().kernels;
  constexpr int kPeriod = 16;
  ASSERT_EQ(kPeriod % loops.width, 0);
  RandomStream random(3, "winograd");
  const auto draw = [&](std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values)
      value = static_cast<float>(random.uniform(-1, 1));
    return values;
  };
  for (const int m : {2, 4}) {
    for (const auto& [height, width] : {std::pair(7, 10), std::pair(8, 8), std::pair(3, 1)}) {
      const onednn::TilePlane plane{height, width, kPeriod};
      const auto pixels = static_cast<std::size_t>(height) * width;
      const std::vector<float> in = draw(pixels * kPeriod);
      const std::vector<float> weights = draw(std::size_t(kPeriod) * kPeriod * 9);
      const std::vector<float> biases = draw(kPeriod);
      const int side = m + 2, positions = side * side;
      const int across = (width + m - 1) / m, tiles = (height + m - 1) / m * across;
      const int columns = (kPeriod + loops.columns - 1) / loops.columns * loops.columns;
      // Matrices [position][tile][channel], panels [position][panel][channel][column].
      std::vector<float> a(std::size_t(positions) * tiles * kPeriod);
      std::vector<float> b(std::size_t(positions) * kPeriod * columns);
      std::vector<float> c(std::size_t(positions) * tiles * columns);
      for (int o = 0; o < kPeriod; ++o) {
        for (int i = 0; i < kPeriod; ++i) {
          std::array<double, 36> u;
          onednn::winogradWeights(m, &weights[(std::size_t(o) * kPeriod + i) * 9], u.data());
          const int panel = o / loops.columns, column = o % loops.columns;
          for (int p = 0; p < positions; ++p) {
            b[std::size_t(p) * kPeriod * columns + std::size_t(panel) * kPeriod * loops.columns +
              std::size_t(i) * loops.columns + column] = static_cast<float>(u[p]);
          }
        }
      }
      const auto each = [&](auto&& visit) {
        for (int t = 0; t < tiles; ++t)
          visit(t, t / across * m, t % across * m);
      };
      each([&](int t, int y, int x) {
        loops.input(m, plane, in.data(), y, x, &a[std::size_t(t) * kPeriod],
                    std::size_t(tiles) * kPeriod);
      });
      for (int p = 0; p < positions; ++p) {
        for (int column = 0; column < columns; column += loops.columns) {
          for (int row = 0; row < tiles; row += loops.rows) {
            // In two halves of the depth, the second added.
            for (int depth = 0; depth < kPeriod; depth += kPeriod / 2) {
              loops.multiply(&a[(std::size_t(p) * tiles + row) * kPeriod + depth], kPeriod,
                             &b[std::size_t(p) * kPeriod * columns + std::size_t(column) * kPeriod +
                                std::size_t(depth) * loops.columns],
                             &c[(std::size_t(p) * tiles + row) * columns + column], columns,
                             std::min(loops.rows, tiles - row), kPeriod / 2, depth > 0);
            }
          }
        }
      }
      std::vector<float> out(pixels * kPeriod, NAN);
      each([&](int t, int y, int x) {
        loops.output(m, plane, &c[std::size_t(t) * columns], std::size_t(tiles) * columns,
                     biases.data(), 0.1F, y, x, out.data());
      });
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
          for (int o = 0; o < kPeriod; ++o) {
            double sum = biases[o];
            for (int ky = std::max(0, 1 - y); ky < 3 && y + ky - 1 < height; ++ky) {
              for (int kx = std::max(0, 1 - x); kx < 3 && x + kx - 1 < width; ++kx) {
                for (int i = 0; i < kPeriod; ++i) {
                  sum += weights[(std::size_t(o) * kPeriod + i) * 9 + ky * 3 + kx] *
                         in[(std::size_t(y + ky - 1) * width + x + kx - 1) * kPeriod + i];
                }
              }
            }
            const double wanted = sum > 0 ? sum : 0.1 * sum;
            ASSERT_NEAR(out[(std::size_t(y) * width + x) * kPeriod + o], wanted, 5e-5)
                << "m " << m << ", " << y << ", " << x << ", channel " << o;
          }
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Every, WinogradLoops, testing::ValuesIn(sets()),
                         [](const auto& set) { return std::string(set.param.name); });

}  // namespace
}  // namespace boxwright
