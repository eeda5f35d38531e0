// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/text_label_row.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/base/counted.h"
#include "core/data/text_lines.h"

namespace boxwright {

TextRow textRowFrom(std::string_view line, TextDialect dialect) {
  TextRow row;
  row.words = wordsOf(line);
  for (const std::string_view word : row.words) {
    const auto value = numberFrom(word);
    if (!value) {
      row.fault = "malformed row: '" + std::string(word.substr(0, 40)) + "' is no number";
      return row;
    }
    row.values.push_back(*value);
  }
  const std::vector<double>& values = row.values;
  row.outline = dialect == TextDialect::Ultralytics && values.size() >= 7 && values.size() % 2 == 1;
  row.scored = values.size() == 6 && values[5] >= 0 && values[5] <= 1;
  if (values.size() != 5 && !row.outline && !row.scored) {
    row.fault = "malformed row: " + counted(values.size(), "number", "numbers") +
                " instead of 5 (class, x, y, width, height)";
    return row;
  }
  if (values[0] != std::floor(values[0]) || std::abs(values[0]) > 1e6) {
    row.fault = "malformed row: the class is no whole number";
    return row;
  }
  row.classId = static_cast<int>(values[0]);
  row.wholePicture = dialect == TextDialect::Darknet && values[1] == 0 && values[2] == 0;
  return row;
}

Rect outlineBounds(const TextRow& row) {
  const std::vector<double>& values = row.values;
  Rect bounds{values[1], values[2], values[1], values[2]};
  for (std::size_t i = 3; i + 1 < values.size(); i += 2) {
    bounds.left = std::min(bounds.left, values[i]);
    bounds.right = std::max(bounds.right, values[i]);
    bounds.top = std::min(bounds.top, values[i + 1]);
    bounds.bottom = std::max(bounds.bottom, values[i + 1]);
  }
  return bounds;
}

}  // namespace boxwright
