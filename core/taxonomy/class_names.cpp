// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/class_names.h"

#include <algorithm>
#include <sstream>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {

namespace {

/// How many bytes the letter at the beginning has; 0: it is none.
std::size_t letterAt(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  for (std::size_t at = 1; at < size; ++at)
    if ((byte(at) & 0xC0) != 0x80) return 0;
  // Not longer than need be, no half of a pair, nothing beyond the last.
  const unsigned char second = byte(1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F))
    return 0;
  return size;
}

}  // namespace

void requireUtf8(std::string_view text, const std::string& file) {
  int line = 1;
  while (!text.empty()) {
    const std::size_t size = letterAt(text);
    if (size == 0)
      throw Error("the text is not in UTF-8", file + ":" + std::to_string(line),
                  "save the file as UTF-8");
    if (text.front() == '\n') ++line;
    text.remove_prefix(size);
  }
}

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
