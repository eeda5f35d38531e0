// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace boxwright {

/// How a running mean of all weights and rolling statistics over the last updates, which is
/// steadier than they are, follows them; Parameters keep it. Its memory grows with the updates
/// until it has the length asked for. A value; one thread.
class WeightAverage {
 public:
  /// How many updates pass between two looks at the weights (a look takes time).
  static constexpr int kEvery = 4;

  /// `decay` of one update, below 1; after so many calls of nextShare().
  explicit WeightAverage(double decay, std::int64_t updates = 0)
      : decay_(decay), updates_(updates) {}

  /// How far it goes now on its way to the weights: the first time all of it.
  float nextShare();
  std::int64_t updates() const { return updates_; }

 private:
  double decay_;
  std::int64_t updates_;
};

}  // namespace boxwright
