// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/image/perceptual_hash.h"

namespace boxwright {

/// Finds hashes within kNearCopyDistance of one another without comparing all with all: two that
/// differ in six bits agree wholly in one of seven parts. One owner while it is filled; any thread
/// after.
class NearCopyFinder {
 public:
  struct Match {
    std::size_t index = 0;  ///< in the order of add()
    int distance = 0;

    bool operator==(const Match&) const = default;
  };

  void add(std::uint64_t hash);
  std::size_t size() const { return hashes_.size(); }
  /// The nearest one, of equally near ones the first added; nothing where none is near.
  std::optional<Match> nearest(std::uint64_t hash) const;

 private:
  static constexpr std::size_t kParts = kNearCopyDistance + 1;
  static constexpr std::size_t kBits = 9;  ///< of a part; the last has one more
  static std::size_t partOf(std::uint64_t hash, std::size_t part);

  std::vector<std::uint64_t> hashes_;
  std::array<std::array<std::vector<std::uint32_t>, std::size_t(1) << (kBits + 1)>, kParts> byPart_;
};

}  // namespace boxwright
