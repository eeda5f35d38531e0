// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/input_size.h"

#include <algorithm>

#include "core/base/random.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

constexpr int kUpdatesASize = 10;
constexpr int kLastUpdates = 200;

int lowest(const InputSizes& s) {
  return s.paper ? 320
                 : std::max(kHeadStride,
                            (s.base * 3 / 4 + kHeadStride - 1) / kHeadStride * kHeadStride);
}

int highest(const InputSizes& s) {
  return s.paper ? 608 : std::max(lowest(s), s.base * 5 / 4 / kHeadStride * kHeadStride);
}

}  // namespace

int sideOf(const InputSizes& s, std::int64_t step, std::int64_t steps) {
  if (!s.multiScale) return s.base;
  // Short runs: the last tenth. Drawn before steps 0, 10, 20, ... as Darknet does.
  const std::int64_t first = step / kUpdatesASize * kUpdatesASize;
  const std::int64_t last =
      s.paper ? kLastUpdates : std::min<std::int64_t>(kLastUpdates, steps / 10);
  if (steps > 0 && first + last > steps) return s.paper ? 608 : s.base;
  RandomStream random(s.seed, "input size", 0, static_cast<std::uint64_t>(first / kUpdatesASize));
  const int choices = (highest(s) - lowest(s)) / kHeadStride + 1;
  return lowest(s) +
         kHeadStride * static_cast<int>(random.index(static_cast<std::uint64_t>(choices)));
}

int largestSide(const InputSizes& s) {
  return s.multiScale ? std::max(s.base, highest(s)) : s.base;
}

double meanAreaRatio(const InputSizes& s) {
  if (!s.multiScale) return 1;
  double sum = 0;
  int count = 0;
  for (int side = lowest(s); side <= highest(s); side += kHeadStride, ++count)
    sum += double(side) * side;
  return sum / count / (double(s.base) * s.base);
}

}  // namespace boxwright
