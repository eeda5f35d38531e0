// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace boxwright {

/// A stream of random numbers that is a pure function of (seed, purpose, epoch, position): the same
/// numbers whatever thread draws them and in whatever order streams are made. Cheap to make; one
/// owner. The generator is SplitMix64 over a hash of the four.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t epoch = 0,
               std::uint64_t position = 0);

  std::uint64_t next();
  /// Uniform in [0, 1).
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform integer in [0, count); count > 0.
  std::uint64_t index(std::uint64_t count);
  /// Standard normal (Box-Muller, one value a call).
  double normal();

 private:
  std::uint64_t state_;
};

}  // namespace boxwright
