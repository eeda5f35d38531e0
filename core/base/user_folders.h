// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace boxwright {

/// What the program keeps for a user: $XDG_DATA_HOME/boxwright, else ~/.local/share/boxwright.
std::filesystem::path userDataFolder();

/// What it can make again: $XDG_CACHE_HOME/boxwright, else ~/.cache/boxwright.
std::filesystem::path userCacheFolder();

}  // namespace boxwright
