// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/image/near_copy_finder.h"

namespace boxwright {

std::size_t NearCopyFinder::partOf(std::uint64_t hash, std::size_t part) {
  const std::size_t bits = part + 1 < kParts ? kBits : 64 - kBits * (kParts - 1);
  return static_cast<std::size_t>(hash >> (kBits * part)) & ((std::size_t(1) << bits) - 1);
}

void NearCopyFinder::add(std::uint64_t hash) {
  const auto index = static_cast<std::uint32_t>(hashes_.size());
  hashes_.push_back(hash);
  for (std::size_t part = 0; part < kParts; ++part)
    byPart_[part][partOf(hash, part)].push_back(index);
}

std::optional<NearCopyFinder::Match> NearCopyFinder::nearest(std::uint64_t hash) const {
  Match best{hashes_.size(), kNearCopyDistance + 1};
  for (std::size_t part = 0; part < kParts; ++part) {
    for (const std::uint32_t index : byPart_[part][partOf(hash, part)]) {
      const int distance = hashDistance(hash, hashes_[index]);
      if (distance < best.distance || (distance == best.distance && index < best.index))
        best = {index, distance};
    }
  }
  return best.distance <= kNearCopyDistance ? std::optional(best) : std::nullopt;
}

}  // namespace boxwright
