// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/loss_watch.h"

#include <algorithm>
#include <cstddef>

namespace boxwright {
namespace {

constexpr std::size_t kFirst = 20;   ///< losses that say how the run began
constexpr std::size_t kRecent = 50;  ///< more than twice kUpdates: high ones do not move the median

float medianOf(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

float LossWatch::usual() const {
  return recent_.empty() ? 0 : medianOf(recent_);
}

bool LossWatch::diverged(double loss) {
  const auto value = static_cast<float>(loss);  // as the checkpoint keeps it
  const bool known = recent_.size() >= kFirst;
  high_ = known && value > kFactor * usual() && value > start_ ? high_ + 1 : 0;
  recent_.push_back(value);
  if (recent_.size() == kFirst) start_ = std::max(start_, medianOf(recent_));
  if (recent_.size() > kRecent) recent_.erase(recent_.begin());
  return high_ >= kUpdates;
}

std::vector<float> LossWatch::state() const {
  std::vector<float> state{start_, static_cast<float>(high_)};
  state.insert(state.end(), recent_.begin(), recent_.end());
  return state;
}

void LossWatch::restore(std::span<const float> state) {
  *this = {};
  if (state.size() < 2) return;
  start_ = state[0];
  high_ = static_cast<int>(state[1]);
  recent_.assign(state.begin() + 2, state.end());
}

}  // namespace boxwright
