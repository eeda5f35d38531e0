// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace boxwright {

/// A running mean of all weights and rolling statistics over the last updates, which is steadier
/// than the weights themselves. The memory grows with the updates until it has the length asked
/// for. A value; one thread.
class WeightAverage {
 public:
  /// How many updates pass between two looks at the weights (copying them takes time).
  static constexpr int kEvery = 4;

  /// `decay` of one update, below 1.
  explicit WeightAverage(double decay) : decay_(decay) {}
  /// Goes on from a checkpoint.
  WeightAverage(double decay, std::vector<float> values, std::int64_t updates)
      : decay_(decay), values_(std::move(values)), updates_(updates) {}

  void add(std::span<const float> weights);
  const std::vector<float>& values() const { return values_; }
  std::vector<float>& values() { return values_; }
  std::int64_t updates() const { return updates_; }

 private:
  double decay_;
  std::vector<float> values_;
  std::int64_t updates_ = 0;  ///< calls of add()
};

}  // namespace boxwright
