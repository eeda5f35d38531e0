// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/geometry/box.h"

namespace boxwright {

/// Which writer's rows a text label holds; they share `id x y w h` in fractions of the picture.
enum class TextDialect {
  Darknet,     ///< x = y = 0 marks a class of the whole picture (spec section 8)
  Ultralytics  ///< longer rows are outlines, of which the bounds are taken
};

/// A row of a text label, taken apart.
struct TextRow {
  std::vector<std::string_view> words;  ///< of the line that was given
  std::vector<double> values;           ///< of the words
  int classId = 0;                      ///< not looked up
  bool outline = false;                 ///< corner after corner instead of a box
  bool scored = false;                  ///< a sixth number is the score
  bool wholePicture = false;            ///< no box: the class is the picture's
  std::string fault;  ///< why it cannot be used; where there is one the rest is not filled in
};

TextRow textRowFrom(std::string_view line, TextDialect dialect);

/// The bounds of an outline, edges in fractions of the picture.
Rect outlineBounds(const TextRow& row);

}  // namespace boxwright
