// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

namespace boxwright {
namespace {

std::string oneLine(const std::string& problem, const std::string& where,
                    const std::string& advice) {
  std::string text = problem;
  if (!where.empty()) text += ": " + where;
  if (!advice.empty()) text += " (" + advice + ")";
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

}  // namespace

Error::Error(std::string problem, std::string where, std::string advice)
    : std::runtime_error(oneLine(problem, where, advice)),
      problem_(std::move(problem)),
      where_(std::move(where)),
      advice_(std::move(advice)) {}

}  // namespace boxwright
