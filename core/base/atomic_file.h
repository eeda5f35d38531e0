// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace boxwright {

/// Writes `bytes` to a temporary in the same folder, flushes file and folder to disk and renames it
/// over `path`; on any failure the old file is untouched, the temporary removed, and Error says which
/// step failed and why (full disk, read-only folder, …).
void writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

/// Reads a whole file. Throws Error when it cannot be opened or read.
std::string readFile(const std::filesystem::path& path);

/// The path as UTF-8, for messages and JSON.
std::string utf8(const std::filesystem::path& path);

/// A path from UTF-8 text.
std::filesystem::path pathFromUtf8(std::string_view text);

}  // namespace boxwright
