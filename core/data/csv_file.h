// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/byte_edits.h"
#include "core/data/text_lines.h"

namespace boxwright {

/// What the columns of a CSV file of boxes are: as its first line calls them, else RetinaNet's
/// (path, x1, y1, x2, y2, class).
struct CsvForm {
  static constexpr int kNone = -1;

  char delimiter = ',';
  bool header = false;
  int columns = 6;
  int path = 0, name = 5;
  std::array<int, 4> edges = {1, 2, 3, 4};  ///< left, top, right, bottom
  int width = kNone, height = kNone;        ///< of the picture
};

/// The form of a file by its first lines; nothing where it holds no boxes.
std::optional<CsvForm> csvFormOf(std::string_view beginning);

/// A record of a CSV file, a line as a rule: its cells by their places, without quotes and blanks
/// around them.
struct CsvRow {
  LineSpan line;
  int number = 0;  ///< of its first line, 1-based
  std::vector<ByteRange> cells;
};

/// Its rows but for the header, without empty lines. A cell in quotes may go over several lines.
std::vector<CsvRow> csvRowsOf(std::string_view bytes, const CsvForm& form);

/// The text of a cell; empty where there is none.
std::string csvText(std::string_view bytes, const CsvRow& row, int column);

/// Whether a row says of its picture only that there is nothing.
bool isEmptyRow(const CsvRow& row, const CsvForm& form);

/// A row as text, without its end.
std::string csvLine(const std::vector<std::string>& cells, char delimiter);
/// A cell as it stands in a row.
std::string csvQuoted(const std::string& text, char delimiter);

}  // namespace boxwright
