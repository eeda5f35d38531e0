// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/problem.h"

namespace boxwright::cli {

/// JSON with its keys in the order they were given.
using Json = nlohmann::ordered_json;

/// One line of text. Names that are no UTF-8 (old file systems, Latin-1 lists) are shown with the
/// replacement character instead of failing.
inline std::string textOf(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

inline Json numberOrNull(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

inline Json problemsJson(const std::vector<Problem>& problems) {
  Json list = Json::array();
  for (const Problem& p : problems) {
    list.push_back({{"file", p.file},
                    {"line", p.line},
                    {"severity", severityName(p.severity)},
                    {"what", p.what}});
  }
  return list;
}

}  // namespace boxwright::cli
