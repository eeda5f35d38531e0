// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/input_size.h"

#include <algorithm>

#include "core/base/random.h"
#include "core/network/network.h"
#include "core/train/recipe.h"
#include "core/train/run_settings.h"

namespace boxwright {
namespace {

constexpr int kUpdatesASize = 10;
constexpr int kLastUpdates = 200;

int roundedUp(int side, int stride) {
  return (side + stride - 1) / stride * stride;
}

int lowest(const InputSizes& s) {
  return std::max(s.stride, roundedUp(s.paper ? 320 : s.base * 3 / 4, s.stride));
}

int highest(const InputSizes& s) {
  return std::max(lowest(s), (s.paper ? 608 : s.base * 5 / 4) / s.stride * s.stride);
}

}  // namespace

InputSizes inputSizesOf(const Network& network, const RunSettings& settings, const Recipe& recipe) {
  return {network.net.width, settings.ideas.multiScale == MultiScale::On, recipe.name != "small",
          settings.seed, strideOf(network)};
}

int sideOf(const InputSizes& s, std::int64_t step, std::int64_t steps) {
  if (!s.multiScale) return s.base;
  // Short runs: the last tenth. Drawn before steps 0, 10, 20, ... as Darknet does.
  const std::int64_t first = step / kUpdatesASize * kUpdatesASize;
  const std::int64_t last =
      s.paper ? kLastUpdates : std::min<std::int64_t>(kLastUpdates, steps / 10);
  if (steps > 0 && first + last > steps) return s.paper ? highest(s) : s.base;
  RandomStream random(s.seed, "input size", 0, static_cast<std::uint64_t>(first / kUpdatesASize));
  const int choices = (highest(s) - lowest(s)) / s.stride + 1;
  return lowest(s) + s.stride * static_cast<int>(random.index(static_cast<std::uint64_t>(choices)));
}

std::vector<int> allSides(const InputSizes& s) {
  if (!s.multiScale) return {s.base};
  std::vector<int> sides;
  for (int side = lowest(s); side <= highest(s); side += s.stride)
    sides.push_back(side);
  return sides;
}

int largestSide(const InputSizes& s) {
  return s.multiScale ? std::max(s.base, highest(s)) : s.base;
}

double meanAreaRatio(const InputSizes& s) {
  const std::vector<int> sides = allSides(s);
  double sum = 0;
  for (const int side : sides)
    sum += double(side) * side;
  return sum / double(sides.size()) / (double(s.base) * s.base);
}

}  // namespace boxwright
