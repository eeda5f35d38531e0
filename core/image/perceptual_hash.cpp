// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/perceptual_hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace boxwright {
namespace {

constexpr int kFields = 32;  ///< a side
constexpr int kWaves = 8;    ///< a side

/// Mean brightness of kFields x kFields fields of the picture.
std::array<double, kFields * kFields> fieldsOf(const Image& image) {
  std::array<double, kFields * kFields> fields{};
  const auto edge = [](int i, int side) {
    return static_cast<int>(static_cast<std::int64_t>(i) * side / kFields);
  };
  for (int j = 0; j < kFields; ++j) {
    const int top = edge(j, image.height), bottom = std::max(top + 1, edge(j + 1, image.height));
    for (int i = 0; i < kFields; ++i) {
      const int left = edge(i, image.width), right = std::max(left + 1, edge(i + 1, image.width));
      std::uint64_t sum = 0;
      for (int y = top; y < bottom; ++y) {
        const std::uint8_t* p = image.at(left, y);
        std::uint64_t row = 0;
        for (int x = left; x < right; ++x, p += 3)
          row += 77U * p[0] + 150U * p[1] + 29U * p[2];
        sum += row;
      }
      fields[static_cast<std::size_t>(j * kFields + i)] =
          static_cast<double>(sum) / (static_cast<double>(bottom - top) * (right - left));
    }
  }
  return fields;
}

/// cos((2x + 1) u pi / 2N) for the waves 0 to kWaves: the last stands in for the constant one.
std::array<std::array<double, kFields>, kWaves + 1> makeCosines() {
  std::array<std::array<double, kFields>, kWaves + 1> cosines{};
  for (std::size_t u = 0; u <= kWaves; ++u)
    for (std::size_t x = 0; x < kFields; ++x)
      cosines[u][x] =
          std::cos(static_cast<double>((2 * x + 1) * u) * std::numbers::pi / (2.0 * kFields));
  return cosines;
}

}  // namespace

std::uint64_t perceptualHash(const Image& image) {
  if (image.empty()) return 0;
  static const auto cosines = makeCosines();
  const auto fields = fieldsOf(image);
  // Along the rows first, then down the columns.
  std::array<std::array<double, kWaves + 1>, kFields> rows{};
  for (std::size_t y = 0; y < kFields; ++y)
    for (std::size_t u = 0; u <= kWaves; ++u)
      for (std::size_t x = 0; x < kFields; ++x)
        rows[y][u] += fields[y * kFields + x] * cosines[u][x];
  std::array<double, std::size_t(kWaves) * kWaves> waves{};
  for (std::size_t v = 0; v < kWaves; ++v) {
    for (std::size_t u = 0; u < kWaves; ++u) {
      // The mean says how bright the picture is, which is just what shall not count.
      const bool mean = u == 0 && v == 0;
      double sum = 0;
      for (std::size_t y = 0; y < kFields; ++y)
        sum += rows[y][u] * cosines[mean ? kWaves : v][y];
      waves[v * kWaves + u] = sum;
    }
  }
  auto sorted = waves;
  std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
  const double median = sorted[sorted.size() / 2];
  std::uint64_t hash = 0;
  for (const double wave : waves)
    hash = hash << 1 | static_cast<std::uint64_t>(wave > median);
  return hash;
}

int hashDistance(std::uint64_t a, std::uint64_t b) {
  return std::popcount(a ^ b);
}

}  // namespace boxwright
