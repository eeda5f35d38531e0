// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/user_folders.h"

#include <cstdlib>

namespace boxwright {
namespace {

namespace fs = std::filesystem;

fs::path folderOf(const char* variable, const char* atHome) {
  const char* const given = std::getenv(variable);
  if (given && *given == '/') return fs::path(given) / "boxwright";
  const char* const home = std::getenv("HOME");
  return (home && *home ? fs::path(home) : fs::temp_directory_path()) / atHome / "boxwright";
}

}  // namespace

fs::path userDataFolder() {
  return folderOf("XDG_DATA_HOME", ".local/share");
}

fs::path userCacheFolder() {
  return folderOf("XDG_CACHE_HOME", ".cache");
}

}  // namespace boxwright
