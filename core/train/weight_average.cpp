// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/weight_average.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace boxwright {

void WeightAverage::add(std::span<const float> weights) {
  ++updates_;
  if (values_.size() != weights.size()) {
    values_.assign(weights.begin(), weights.end());
    return;
  }
  const double at = static_cast<double>(updates_);
  // (1 + n) / (10 + n): early on the memory is about a tenth of the way gone.
  const auto keep = static_cast<float>(std::min(std::pow(decay_, kEvery), (1 + at) / (10 + at)));
  for (std::size_t i = 0; i < values_.size(); ++i)
    values_[i] = keep * values_[i] + (1 - keep) * weights[i];
}

}  // namespace boxwright
