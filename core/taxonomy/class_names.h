// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxwright {

/// Class names in id order.
using ClassNames = std::vector<std::string>;

/// Reads a names file: one name a line, CRLF and trailing blanks taken off, trailing empty lines
/// dropped. Throws Error when the file cannot be read or an inner line is empty.
ClassNames readClassNames(const std::filesystem::path& file);

/// Throws Error with the line where the text of the file is not in UTF-8: what is made of it could
/// be kept and written nowhere.
void requireUtf8(std::string_view text, const std::string& file);

/// Writes one name a line, atomically.
void writeClassNames(const std::filesystem::path& file, const ClassNames& names);

/// The id of `name`, or nothing.
std::optional<int> classIdOf(const ClassNames& names, std::string_view name);

}  // namespace boxwright
