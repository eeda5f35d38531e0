// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/network/cfg.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/cfg_number.h"

namespace boxwright {
namespace {

constexpr std::size_t kLargestCfg = 2u << 20;  // real ones are below 100 kB

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

std::string withoutBlanks(std::string_view text) {
  std::string kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
               [](char c) { return !isBlank(c); });
  return kept;
}

/// At most 40 printable characters of a line, for a message.
std::string excerpt(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, 40)) {
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  if (text.size() > 40) shown += "...";
  return shown;
}

}  // namespace

const std::string* CfgSection::find(std::string_view key) const {
  for (const CfgOption& option : options) {
    if (option.key == key) return &option.value;
  }
  return nullptr;
}

int CfgSection::integer(std::string_view key, int fallback) const {
  const std::string* value = find(key);
  return value ? leadingInteger(*value).value : fallback;
}

double CfgSection::number(std::string_view key, double fallback) const {
  const std::string* value = find(key);
  return value ? leadingNumber(*value).value : fallback;
}

std::string CfgSection::text(std::string_view key, std::string_view fallback) const {
  const std::string* value = find(key);
  return value ? *value : std::string(fallback);
}

std::vector<double> CfgSection::numbers(std::string_view key) const {
  std::vector<double> list;
  const std::string* value = find(key);
  if (!value) return list;
  std::string_view rest = *value;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = rest.substr(0, comma);
    if (!item.empty()) list.push_back(leadingNumber(item).value);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return list;
}

void CfgSection::set(std::string_view key, std::string value) {
  for (CfgOption& option : options) {
    if (option.key == key) {
      option.value = std::move(value);
      return;
    }
  }
  options.push_back({std::string(key), std::move(value), 0});
}

void CfgSection::remove(std::string_view key) {
  options.erase(std::remove_if(options.begin(), options.end(),
                               [&](const CfgOption& option) { return option.key == key; }),
                options.end());
}

Cfg parseCfg(std::string_view text, std::string_view fileName, std::vector<Problem>& problems) {
  Cfg cfg;
  cfg.file = fileName;
  const auto at = [&](int line) { return cfg.file + ":" + std::to_string(line); };
  const auto report = [&](int line, Severity severity, std::string what) {
    problems.push_back({cfg.file, line, severity, std::move(what)});
  };
  if (text.size() > kLargestCfg) {
    throw Error("this is too large for a cfg", cfg.file, "give the network's cfg file");
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  int lineNumber = 0;
  std::unordered_set<std::string> keys;  // of the section being read
  while (!text.empty()) {
    ++lineNumber;
    const std::size_t end = text.find('\n');
    const std::string line = withoutBlanks(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.find('\0') != std::string::npos) {
      throw Error("this is not a text file", at(lineNumber), "give the network's cfg file");
    }
    if (line.front() == '[') {
      if (line.size() < 3 || line.back() != ']') {
        throw Error("a section name is not closed: " + excerpt(line), at(lineNumber),
                    "write it as [name] alone on its line");
      }
      cfg.sections.push_back({line.substr(1, line.size() - 2), lineNumber, {}});
      keys.clear();
      continue;
    }
    if (cfg.sections.empty()) {
      throw Error("text before the first section: " + excerpt(line), at(lineNumber),
                  "a cfg begins with [net]");
    }
    CfgSection& section = cfg.sections.back();
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || equals == 0) {
      report(lineNumber, Severity::Warning,
             "[" + section.name + "]: not of the form key=value, ignored: " + excerpt(line));
      continue;
    }
    const std::string key = line.substr(0, equals);
    if (equals + 1 == line.size()) {
      report(lineNumber, Severity::Warning,
             "[" + section.name + "]: " + excerpt(key) + " has no value, ignored");
      continue;
    }
    if (!keys.insert(key).second) {
      report(lineNumber, Severity::Note,
             "[" + section.name + "]: " + excerpt(key) + " is given again, the first value counts");
    }
    section.options.push_back({key, line.substr(equals + 1), lineNumber});
  }
  return cfg;
}

Cfg readCfg(const std::filesystem::path& file, std::vector<Problem>& problems) {
  std::error_code ignored;
  const std::uintmax_t size = std::filesystem::file_size(file, ignored);
  if (!ignored && size > kLargestCfg) {
    throw Error("this is too large for a cfg", utf8(file), "give the network's cfg file");
  }
  return parseCfg(readFile(file), utf8(file), problems);
}

std::string writeCfg(const Cfg& cfg) {
  std::string text;
  for (const CfgSection& section : cfg.sections) {
    if (!text.empty()) text += '\n';
    text += '[' + withoutBlanks(section.name) + "]\n";
    for (const CfgOption& option : section.options) {
      text += withoutBlanks(option.key) + '=' + withoutBlanks(option.value) + '\n';
    }
  }
  return text;
}

}  // namespace boxwright
