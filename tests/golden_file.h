// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/source_folder.h"

namespace boxwright {

/// tests/data/goldens/<name>, which says itself what it holds.
inline nlohmann::json goldenFile(const std::string& name) {
  std::ifstream file(testData() + "/goldens/" + name);
  if (!file) throw std::runtime_error("cannot open golden " + name);
  return nlohmann::json::parse(file);
}

/// Its "cases".
inline nlohmann::json goldenCases(const std::string& name) {
  return goldenFile(name).at("cases");
}

/// The "data" of a golden's array; null becomes NaN.
inline std::vector<double> goldenValues(const nlohmann::json& array) {
  std::vector<double> values;
  for (const nlohmann::json& value : array.at("data")) {
    values.push_back(value.is_null() ? std::nan("") : value.get<double>());
  }
  return values;
}

}  // namespace boxwright
