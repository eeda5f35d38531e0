// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace boxwright {

struct Network;
struct Recipe;
struct RunSettings;

/// Which input side an update gets with multi-scale training (spec section 7). A value.
struct InputSizes {
  int base = 416;           ///< the run's own
  bool multiScale = false;  ///< a new side every 10 updates
  bool paper = false;  ///< 320..608 and the largest at the end; else within a quarter of base, and
                       ///< base itself at the end
  std::uint64_t seed = 0;
  int stride = 32;  ///< every side is a multiple of it
};

/// Those of a run.
InputSizes inputSizesOf(const Network& network, const RunSettings& settings, const Recipe& recipe);

/// The side of update `step` (from 0) of `steps` in all (0: not known yet). Pure.
int sideOf(const InputSizes& sizes, std::int64_t step, std::int64_t steps);

/// Those of updates, ascending.
std::vector<int> allSides(const InputSizes& sizes);

/// The largest side there will be.
int largestSide(const InputSizes& sizes);

/// Mean of side squared over base squared: how much longer an update takes than one at the base.
double meanAreaRatio(const InputSizes& sizes);

}  // namespace boxwright
