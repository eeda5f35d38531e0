// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace boxwright {

/// Where something lies in a text.
struct ByteRange {
  std::size_t begin = 0, end = 0;
};

/// Replacements in a text, by their places in the text before all of them; they do not overlap.
class ByteEdits {
 public:
  /// Those at the same place follow each other as they came, what is only put in first.
  void replace(std::size_t begin, std::size_t end, std::string text);
  std::string applied(std::string_view bytes) const;

 private:
  struct Replacement {
    std::size_t begin, end;
    std::string text;
  };
  std::vector<Replacement> replacements_;
};

}  // namespace boxwright
