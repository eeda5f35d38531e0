// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/weight_average.h"

#include <algorithm>
#include <cmath>

namespace boxwright {

float WeightAverage::nextShare() {
  ++updates_;
  if (updates_ == 1) return 1;
  const double at = static_cast<double>(updates_);
  // (1 + n) / (10 + n): early on the memory is about a tenth of the way gone.
  return static_cast<float>(1 - std::min(std::pow(decay_, kEvery), (1 + at) / (10 + at)));
}

}  // namespace boxwright
