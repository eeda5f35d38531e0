// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace boxwright {

/// Tells whether the bytes of a file are those that were there before: 64 bits (FNV-1a), never 0,
/// which stands for "there is no file".
inline std::uint64_t contentHash(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 1099511628211ULL;
  }
  return hash == 0 ? 1 : hash;
}

}  // namespace boxwright
