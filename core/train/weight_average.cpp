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
  const auto gone =
      static_cast<float>(1 - std::min(std::pow(decay_, kEvery), (1 + at) / (10 + at)));
  // In this form a weight that does not move (of a frozen layer) leaves its average where it is.
  for (std::size_t i = 0; i < values_.size(); ++i)
    values_[i] += gone * (weights[i] - values_[i]);
}

}  // namespace boxwright
