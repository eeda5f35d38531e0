// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "core/compute/onednn/winograd_kernels.h"

namespace boxwright::onednn {

void winogradWeights(int m, const float* w, double* transformed) {
  // G, (m + 2) rows of 3.
  static constexpr std::array<double, 12> kTwo = {1, 0, 0, .5, .5, .5, .5, -.5, .5, 0, 0, 1};
  static constexpr std::array<double, 18> kFour = {
      1. / 4,  0,       0,      -1. / 6, -1. / 6,  -1. / 6, -1. / 6, 1. / 6, -1. / 6,
      1. / 24, 1. / 12, 1. / 6, 1. / 24, -1. / 12, 1. / 6,  0,       0,      1};
  const int side = m + 2;
  const double* const g = m == 2 ? kTwo.data() : kFour.data();
  std::array<double, 18> half;  // G w
  for (int r = 0; r < side; ++r) {
    for (int k = 0; k < 3; ++k)
      half[r * 3 + k] = g[r * 3] * w[k] + g[r * 3 + 1] * w[3 + k] + g[r * 3 + 2] * w[6 + k];
  }
  for (int r = 0; r < side; ++r) {
    for (int s = 0; s < side; ++s) {
      transformed[r * side + s] =
          half[r * 3] * g[s * 3] + half[r * 3 + 1] * g[s * 3 + 1] + half[r * 3 + 2] * g[s * 3 + 2];
    }
  }
}

}  // namespace boxwright::onednn
