// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>

namespace boxwright {

/// Hands `take` the JSON object in a file that this program wrote for itself. Throws Error where
/// the file cannot be read or holds no object, and where `take` misses an entry or finds one of
/// another type; `advice` then says what to do.
void readOwnJson(const std::filesystem::path& file, const char* advice,
                 const std::function<void(nlohmann::ordered_json&)>& take);

}  // namespace boxwright
