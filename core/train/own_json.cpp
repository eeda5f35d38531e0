// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/own_json.h"

#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {

void readOwnJson(const std::filesystem::path& file, const char* advice,
                 const std::function<void(nlohmann::ordered_json&)>& take) {
  auto json = nlohmann::ordered_json::parse(readFile(file), nullptr, false);
  try {
    if (json.is_object()) return take(json);
  } catch (const nlohmann::json::exception&) {
    // Said below, with the file's name.
  }
  throw Error("the file is not as this program writes it", utf8(file), advice);
}

}  // namespace boxwright
