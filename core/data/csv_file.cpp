// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_file.h"

#include <algorithm>
#include <initializer_list>

#include "core/base/atomic_file.h"
#include "core/image/codec.h"

namespace boxwright {
namespace {

bool isBlank(char c) {
  return c == ' ' || c == '\t';
}

std::vector<ByteRange> cellsOf(std::string_view bytes, const LineSpan& line, char delimiter) {
  std::vector<ByteRange> cells;
  bytes = bytes.substr(0, line.end);  // no search goes on into the next line
  for (std::size_t at = line.begin;;) {
    std::size_t begin = at;
    while (begin < line.end && isBlank(bytes[begin]) && bytes[begin] != delimiter)
      ++begin;
    ByteRange cell;
    if (begin < line.end && bytes[begin] == '"') {
      std::size_t end = begin + 1;
      while (end < line.end && (bytes[end] != '"' || bytes.substr(end + 1, 1) == "\"")) {
        end += bytes[end] == '"' ? 2 : 1;
      }
      end = std::min(end, line.end);
      cell = {begin + 1, end};
      at = std::min(bytes.find(delimiter, end), line.end);
    } else {
      at = std::min(bytes.find(delimiter, begin), line.end);
      std::size_t end = at;
      while (end > begin && isBlank(bytes[end - 1]))
        --end;
      cell = {begin, end};
    }
    cells.push_back(cell);
    if (at >= line.end) return cells;
    ++at;
  }
}

enum class Quotes {
  Closed,
  Open,  ///< a cell in quotes does not end in its line
  Odd    ///< text follows one
};

Quotes quotesOf(std::string_view bytes, const LineSpan& span, char delimiter) {
  bytes = bytes.substr(0, span.end);
  const auto skipBlanks = [&](std::size_t at) {
    while (at < span.end && isBlank(bytes[at]) && bytes[at] != delimiter)
      ++at;
    return at;
  };
  Quotes quotes = Quotes::Closed;
  for (std::size_t at = span.begin; at < span.end; ++at) {
    at = skipBlanks(at);
    if (at < span.end && bytes[at] == '"') {
      for (++at; at < span.end && (bytes[at] != '"' || bytes.substr(at + 1, 1) == "\"");)
        at += bytes[at] == '"' ? 2 : 1;
      if (at >= span.end) return Quotes::Open;
      at = skipBlanks(at + 1);
      if (at < span.end && bytes[at] != delimiter) quotes = Quotes::Odd;
    }
    at = std::min(bytes.find(delimiter, at), span.end);
  }
  return quotes;
}

struct Record {
  LineSpan span;
  int number = 0;  ///< of its first line
};

/// The lines, those together that a cell in quotes goes over. One that never ends is of its line.
std::vector<Record> recordsOf(std::string_view bytes, char delimiter) {
  constexpr std::size_t kMostLines = 1000;
  const std::vector<LineSpan> lines = lineSpansOf(bytes);
  std::vector<Record> records;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    records.push_back({lines[i], static_cast<int>(i) + 1});
    if (quotesOf(bytes, lines[i], delimiter) != Quotes::Open) continue;
    for (std::size_t last = i + 1; last < std::min(lines.size(), i + kMostLines); ++last) {
      const LineSpan joined{lines[i].begin, lines[last].end, lines[last].next};
      const Quotes quotes = quotesOf(bytes, joined, delimiter);
      if (quotes == Quotes::Open) continue;
      if (quotes == Quotes::Closed) {
        records.back().span = joined;
        i = last;
      }
      break;
    }
  }
  return records;
}

/// "Image_Path" -> "imagepath".
std::string plain(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') word += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) word += c;
  }
  return word;
}

int columnOf(const std::vector<std::string>& names, std::initializer_list<const char*> called) {
  for (const char* name : called) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<int>(found - names.begin());
  }
  return CsvForm::kNone;
}

std::optional<CsvForm> formOfHeader(const std::vector<std::string>& names, char delimiter) {
  CsvForm form;
  form.delimiter = delimiter;
  form.header = true;
  form.columns = static_cast<int>(names.size());
  form.path = columnOf(names, {"filename", "path", "imagepath", "filepath", "image", "file",
                               "imagename", "imagefile", "img"});
  form.name = columnOf(names, {"class", "label", "classname", "name", "category", "labelname"});
  form.edges = {columnOf(names, {"xmin", "x1", "left", "bboxxmin", "bboxx1"}),
                columnOf(names, {"ymin", "y1", "top", "bboxymin", "bboxy1"}),
                columnOf(names, {"xmax", "x2", "right", "bboxxmax", "bboxx2"}),
                columnOf(names, {"ymax", "y2", "bottom", "bboxymax", "bboxy2"})};
  form.width = columnOf(names, {"width", "imagewidth", "imgwidth"});
  form.height = columnOf(names, {"height", "imageheight", "imgheight"});
  const bool whole =
      form.path >= 0 && form.name >= 0 &&
      std::all_of(form.edges.begin(), form.edges.end(), [](int i) { return i >= 0; });
  return whole ? std::optional(form) : std::nullopt;
}

}  // namespace

std::optional<CsvForm> csvFormOf(std::string_view beginning) {
  for (const LineSpan& line : lineSpansOf(beginning)) {
    if (trimmed(beginning.substr(line.begin, line.end - line.begin)).empty()) continue;
    for (const char delimiter : {',', ';', '\t'}) {
      const std::vector<ByteRange> cells = cellsOf(beginning, line, delimiter);
      if (cells.size() < 6) continue;
      std::vector<std::string> names;
      for (const ByteRange& cell : cells)
        names.push_back(plain(beginning.substr(cell.begin, cell.end - cell.begin)));
      if (auto form = formOfHeader(names, delimiter)) return form;
      CsvForm bare;
      bare.delimiter = delimiter;
      const CsvRow row{line, 1, cells};
      const bool picture = isImageFile(pathFromUtf8(csvText(beginning, row, 0)));
      const bool numbers = std::all_of(bare.edges.begin(), bare.edges.end(), [&](int i) {
        const std::string text = csvText(beginning, row, i);
        return text.empty() || numberFrom(text);
      });
      if (cells.size() == 6 && picture && numbers) return bare;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

std::vector<CsvRow> csvRowsOf(std::string_view bytes, const CsvForm& form) {
  std::vector<CsvRow> rows;
  bool header = form.header;
  for (const auto& [span, number] : recordsOf(bytes, form.delimiter)) {
    if (trimmed(bytes.substr(span.begin, span.end - span.begin)).empty()) continue;
    if (!header) rows.push_back({span, number, cellsOf(bytes, span, form.delimiter)});
    header = false;
  }
  return rows;
}

std::string csvText(std::string_view bytes, const CsvRow& row, int column) {
  if (column < 0 || static_cast<std::size_t>(column) >= row.cells.size()) return {};
  const ByteRange cell = row.cells[static_cast<std::size_t>(column)];
  std::string text(bytes.substr(cell.begin, cell.end - cell.begin));
  const bool quoted = cell.begin > 0 && bytes[cell.begin - 1] == '"';
  for (std::size_t at = 0; quoted && (at = text.find("\"\"", at)) != std::string::npos; ++at)
    text.erase(at, 1);
  return text;
}

bool isEmptyRow(const CsvRow& row, const CsvForm& form) {
  const auto empty = [&](int column) {
    const auto place = static_cast<std::size_t>(column);
    return place >= row.cells.size() || row.cells[place].begin == row.cells[place].end;
  };
  return empty(form.name) && std::all_of(form.edges.begin(), form.edges.end(), empty);
}

std::string csvQuoted(const std::string& text, char delimiter) {
  const bool plainText = text.find_first_of("\"\r\n") == std::string::npos &&
                         text.find(delimiter) == std::string::npos && trimmed(text) == text;
  if (plainText) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csvLine(const std::vector<std::string>& cells, char delimiter) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += delimiter;
    line += csvQuoted(cells[i], delimiter);
  }
  return line;
}

}  // namespace boxwright
