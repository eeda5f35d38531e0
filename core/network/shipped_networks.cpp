// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/cfg.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

fs::path networksFolder() {
  if (const char* const set = std::getenv("BOXWRIGHT_NETWORKS"); set && *set) return fs::path(set);
  std::error_code ignored;
  const fs::path executable = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path installed =
      executable.parent_path().parent_path() / "share" / "boxwright" / "networks";
  const fs::path source(BOXWRIGHT_NETWORKS_FOLDER);
  if (!fs::is_directory(installed, ignored) && fs::is_directory(source, ignored)) return source;
  return installed;
}

std::vector<std::string> shippedNetworks() {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator entry(networksFolder(), code), end; !code && entry != end;
       entry.increment(code)) {
    if (entry->path().extension() == ".cfg") names.push_back(utf8(entry->path().stem()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path findNetwork(std::string_view nameOrPath) {
  const fs::path path = pathFromUtf8(nameOrPath);
  std::error_code ignored;
  const std::vector<std::string> names = shippedNetworks();
  if (std::find(names.begin(), names.end(), nameOrPath) != names.end()) {
    return networksFolder() / pathFromUtf8(std::string(nameOrPath) + ".cfg");
  }
  if (!nameOrPath.empty() && fs::is_regular_file(path, ignored)) return path;
  if (names.empty()) {
    throw Error("there is no network \"" + std::string(nameOrPath) + "\"", utf8(networksFolder()),
                "the folder of shipped networks is missing or empty; set BOXWRIGHT_NETWORKS to it "
                "or give the path of a cfg file");
  }
  throw Error("there is no network \"" + std::string(nameOrPath) + "\"", {},
              "give the path of a cfg file or one of: " + joined(names));
}

}  // namespace boxwright
