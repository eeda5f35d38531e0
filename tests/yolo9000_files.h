// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <filesystem>

namespace boxwright {

/// The folder of YOLO9000's tree, names and maps, where somebody says that they are (BOXWRIGHT_9K);
/// tests that need them are skipped without.
inline std::filesystem::path yolo9000Files() {
  const char* const folder = std::getenv("BOXWRIGHT_9K");
  return folder == nullptr ? std::filesystem::path() : std::filesystem::path(folder);
}

}  // namespace boxwright
