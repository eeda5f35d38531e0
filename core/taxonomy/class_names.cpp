// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/class_names.h"

#include <algorithm>
#include <sstream>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {

ClassNames readClassNames(const std::filesystem::path& file) {
  ClassNames names;
  std::istringstream lines(readFile(file));
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
      line.pop_back();
    }
    names.push_back(line);
  }
  if (!names.empty() && names.front().starts_with("\xEF\xBB\xBF")) names.front().erase(0, 3);
  while (!names.empty() && names.back().empty())
    names.pop_back();
  const auto empty = std::find(names.begin(), names.end(), std::string());
  if (empty != names.end()) {
    throw Error("a class name is empty",
                utf8(file) + ":" + std::to_string(empty - names.begin() + 1),
                "every line is the name of one class");
  }
  return names;
}

void writeClassNames(const std::filesystem::path& file, const ClassNames& names) {
  std::string text;
  for (const std::string& name : names) {
    if (name.find_first_of("\r\n") != std::string::npos)
      throw Error("a class name holds a line break, and a names file has a name a line", utf8(file),
                  "rename the class");
    text += name + "\n";
  }
  writeFileAtomically(file, text);
}

std::optional<int> classIdOf(const ClassNames& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<int>(found - names.begin());
}

}  // namespace boxwright
