// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

/// How far numbers are from what is expected, of which there are as many. NaN where one is not a
/// number.
namespace boxwright {

/// The largest difference, as a share of the largest number expected, or of `least`.
inline double largestShare(const std::vector<double>& found, const std::vector<double>& expected,
                           double least = 1e-6) {
  double largest = least, worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double here = std::abs(found[i] - expected[i]);
    if (std::isnan(here)) return here;
    largest = std::max(largest, std::abs(expected[i]));
    worst = std::max(worst, here);
  }
  return worst / largest;
}

/// The length of the difference, as a share of that of what is expected, or of `least`. For less
/// than float32: what is rounded to that comes to lie beyond an activation's kink here and there,
/// and a gradient is quite another then.
inline double lengthShare(const std::vector<double>& found, const std::vector<double>& expected,
                          double least = 1e-6) {
  double difference = 0, whole = least * least;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    difference += (found[i] - expected[i]) * (found[i] - expected[i]);
    whole += expected[i] * expected[i];
  }
  return std::sqrt(difference / whole);
}

}  // namespace boxwright
