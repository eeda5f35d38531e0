// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

#include <cmath>
#include <numbers>

namespace boxwright {
namespace {

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t epoch,
                           std::uint64_t position) {
  std::uint64_t h = mix(seed + 0x9e3779b97f4a7c15ULL);
  for (const char c : purpose) h = mix(h ^ static_cast<unsigned char>(c)) + 0x9e3779b97f4a7c15ULL;
  h = mix(h ^ mix(epoch + 0x2545f4914f6cdd1dULL));
  h = mix(h ^ mix(position + 0x632be59bd9b4e019ULL));
  state_ = h;
}

std::uint64_t RandomStream::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  return mix(state_);
}

double RandomStream::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::uint64_t RandomStream::index(std::uint64_t count) {
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % count;
  std::uint64_t value = next();
  while (value >= limit) value = next();
  return value % count;
}

double RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace boxwright
