// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/up_and_down.h"

#include <cmath>

namespace boxwright {
namespace {

constexpr double kReach = 0.03;

}  // namespace

bool upMeansNothing(std::span<const double> centresY) {
  if (centresY.size() < 2) return false;
  const double count = static_cast<double>(centresY.size());
  double sum = 0, squares = 0;
  for (const double y : centresY) {
    sum += y;
    squares += y * y;
  }
  const double mean = sum / count;
  const double error = std::sqrt(std::fmax(0, squares / count - mean * mean) / count);
  return error > 0 && std::fabs(mean - 0.5) + 2 * error < kReach;
}

}  // namespace boxwright
