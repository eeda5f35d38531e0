// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxwright {

/// A line of a text file with its number.
struct TextLine {
  int number = 0;  ///< 1-based
  std::string text;
};

/// The bytes of a file that may or may not be one of ours; nothing where it cannot be read or is
/// larger than 1 MB, which no description of a dataset is.
std::optional<std::string> readSmallFile(const std::filesystem::path& file);

/// The first bytes of a file that may be large; nothing where it cannot be read.
std::optional<std::string> readBeginning(const std::filesystem::path& file);

/// Where a line lies in a text.
struct LineSpan {
  std::size_t begin = 0;
  std::size_t end = 0;   ///< of its text
  std::size_t next = 0;  ///< past its end of line; the same where there is none
};

/// All lines, empty ones too; LF, CRLF and CR end lines, a UTF-8 byte order mark is skipped.
std::vector<LineSpan> lineSpansOf(std::string_view bytes);

/// The lines that hold something, without blanks at their ends; LF, CRLF and CR end lines, a UTF-8
/// byte order mark is skipped.
std::vector<TextLine> linesOf(std::string_view bytes);

/// The words of a line, parted by blanks.
std::vector<std::string_view> wordsOf(std::string_view line);

/// The number a word is, wholly; nothing where it is none, or not finite. Independent of the
/// locale.
std::optional<double> numberFrom(std::string_view word);

/// The text without blanks at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace boxwright
