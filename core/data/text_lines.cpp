// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/text_lines.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

constexpr std::uintmax_t kSmallFile = 1 << 20;
constexpr std::size_t kBeginning = 1 << 16;

}  // namespace

std::optional<std::string> readSmallFile(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) return std::nullopt;
  const std::uintmax_t size = std::filesystem::file_size(file, code);
  if (code || size > kSmallFile) return std::nullopt;
  try {
    return readFile(file);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<std::string> readBeginning(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(kBeginning, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (stream.bad() || (!stream && !stream.eof())) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isBlank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back()))
    text.remove_suffix(1);
  return text;
}

std::vector<LineSpan> lineSpansOf(std::string_view bytes) {
  std::vector<LineSpan> lines;
  for (std::size_t at = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n", at), bytes.size());
    std::size_t next = end;
    if (next < bytes.size()) next += bytes.substr(end).starts_with("\r\n") ? 2 : 1;
    lines.push_back({at, end, next});
    at = next;
  }
  return lines;
}

std::vector<TextLine> linesOf(std::string_view bytes) {
  std::vector<TextLine> lines;
  int number = 0;
  for (const LineSpan& span : lineSpansOf(bytes)) {
    ++number;
    const std::string_view line = trimmed(bytes.substr(span.begin, span.end - span.begin));
    if (!line.empty()) lines.push_back({number, std::string(line)});
  }
  return lines;
}

std::vector<std::string_view> wordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    if (isBlank(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && !isBlank(line[end]))
      ++end;
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<double> numberFrom(std::string_view word) {
  word = trimmed(word);
  if (word.starts_with('+')) word.remove_prefix(1);
  double value = 0;
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (fault != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace boxwright
