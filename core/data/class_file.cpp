// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/class_file.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/data/byte_edits.h"
#include "core/data/csv_file.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

std::string_view textOf(std::string_view bytes, const LineSpan& line) {
  return bytes.substr(line.begin, line.end - line.begin);
}

std::string lineEndOf(std::string_view bytes, const std::vector<LineSpan>& lines) {
  for (const LineSpan& line : lines) {
    if (line.next > line.end) return std::string(bytes.substr(line.end, line.next - line.end));
  }
  return "\n";
}

/// As readNamesOf() has it.
ClassNames namesInLines(std::string_view bytes) {
  ClassNames names;
  for (const TextLine& line : linesOf(bytes)) {
    while (static_cast<int>(names.size()) + 1 < line.number)
      names.push_back(std::to_string(names.size()));
    names.push_back(line.text);
  }
  return names;
}

/// Lines with an entry each: those of classes that are as they were stay.
template <class TextOf>
std::string withLines(const std::string& bytes, const ClassNames& old, const ClassNames& names,
                      const std::vector<LineSpan>& entries, const TextOf& text) {
  ByteEdits edits;
  const std::string end = lineEndOf(bytes, lineSpansOf(bytes));
  if (entries.empty()) {
    std::string all;
    for (std::size_t i = 0; i < names.size(); ++i)
      all += text(i) + end;
    return all;
  }
  const std::size_t kept = std::min(entries.size(), names.size());
  for (std::size_t i = 0; i < kept; ++i) {
    if (old[i] != names[i]) edits.replace(entries[i].begin, entries[i].end, text(i));
  }
  if (kept < entries.size())
    edits.replace(kept == 0 ? entries.front().begin : entries[kept - 1].end, entries.back().end,
                  "");
  // After the last entry; what does not end with a line's end keeps that habit.
  const std::size_t place = entries.back().next;
  const bool open = entries.back().next == entries.back().end;
  std::string added;
  for (std::size_t i = entries.size(); i < names.size(); ++i)
    added += open ? end + text(i) : text(i) + end;
  edits.replace(place, place, added);
  return edits.applied(bytes);
}

std::string withNameLines(const std::string& bytes, const ClassNames& names) {
  const ClassNames old = namesInLines(bytes);
  std::vector<LineSpan> lines = lineSpansOf(bytes);
  lines.resize(old.size());  // blank ones at the end name none
  return withLines(bytes, old, names, lines, [&](std::size_t i) { return names[i]; });
}

std::string withNumberedLines(const std::string& bytes, const ClassNames& names,
                              const std::string& file) {
  const std::optional<ClassNames> old = numberedNamesFrom(bytes);
  if (!old) throw Error("the list of classes is not what was read", file, "open the dataset again");
  std::vector<LineSpan> lines;
  char delimiter = ',';
  for (const LineSpan& line : lineSpansOf(bytes)) {
    const std::string_view text = trimmed(textOf(bytes, line));
    if (text.empty()) continue;
    lines.push_back(line);
    delimiter = text[text.find_last_of(",;\t")];
  }
  return withLines(bytes, *old, names, lines, [&](std::size_t i) {
    return csvLine({names[i], std::to_string(i)}, delimiter);
  });
}

/// `classes = 3` of an obj.data.
std::string withCount(const std::string& bytes, std::size_t count) {
  ByteEdits edits;
  for (const LineSpan& line : lineSpansOf(bytes)) {
    const std::string_view text = textOf(bytes, line);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || trimmed(text.substr(0, equals)) != "classes") continue;
    const std::string_view value = trimmed(text.substr(equals + 1));
    if (value != std::to_string(count)) {
      const std::size_t begin =
          value.empty() ? line.end : static_cast<std::size_t>(value.data() - bytes.data());
      edits.replace(begin, begin + value.size(), std::to_string(count));
    }
    break;  // the first counts
  }
  return edits.applied(bytes);
}

}  // namespace

std::optional<ClassNames> numberedNamesFrom(const std::string& bytes) {
  ClassNames names;
  for (const TextLine& line : linesOf(bytes)) {
    const std::size_t comma = line.text.find_last_of(",;\t");
    if (comma == std::string::npos) return std::nullopt;
    const auto id = numberFrom(std::string_view(line.text).substr(comma + 1));
    if (!id || *id != static_cast<double>(names.size())) return std::nullopt;
    std::string name(trimmed(std::string_view(line.text).substr(0, comma)));
    if (name.size() > 1 && name.front() == '"' && name.back() == '"') {
      name = name.substr(1, name.size() - 2);
      for (std::size_t at = 0; (at = name.find("\"\"", at)) != std::string::npos; ++at)
        name.erase(at, 1);
    }
    names.push_back(std::move(name));
  }
  return names.empty() ? std::nullopt : std::optional(names);
}

std::string withClassNames(ClassFile::Kind kind, const std::optional<std::string>& bytes,
                           const ClassNames& names, const std::string& file) {
  const std::string old = bytes.value_or("");
  const auto checked = [&](std::string now, const std::optional<ClassNames>& read) {
    if (read == names) return now;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!read || i >= read->size() || (*read)[i] != names[i])
        throw Error("the list of classes cannot hold the name '" + names[i] + "'", file,
                    "give it another name");
    }
    throw Error("the list of classes cannot be written", file);
  };
  switch (kind) {
    case ClassFile::Kind::Lines: {
      std::string now = withNameLines(old, names);
      const ClassNames read = namesInLines(now);
      return checked(std::move(now), read);
    }
    case ClassFile::Kind::Numbered: {
      std::string now = withNumberedLines(old, names, file);
      const auto read = numberedNamesFrom(now);
      return checked(std::move(now), read);
    }
    case ClassFile::Kind::Yaml:
      return withYamlNames(old, names, file);
    case ClassFile::Kind::Count:
      break;
    case ClassFile::Kind::Labels:
      throw Error("its classes are written with its labels", file);
  }
  return withCount(old, names.size());
}

}  // namespace boxwright
