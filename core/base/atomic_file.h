// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace boxwright {

/// Writes `bytes` to a temporary in the same folder, flushes file and folder to disk and renames it
/// over `path`; on any failure the old file is untouched, the temporary removed, and Error says
/// which step failed and why (full disk, read-only folder, …).
void writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

/// The same for large files: `produce` is called once and gives the bytes in pieces, in order, to
/// the sink; what it throws leaves the old file untouched.
using ByteSink = std::function<void(std::string_view)>;
void writeFileAtomically(const std::filesystem::path& path,
                         const std::function<void(const ByteSink&)>& produce);

/// Removes what a write of `path` that was killed midway left beside it. Nobody may be writing it.
void removeTemporaries(const std::filesystem::path& path);

/// Reads a whole file. Throws Error when it cannot be opened or read; pipes, devices and folders
/// are refused before they are opened.
std::string readFile(const std::filesystem::path& path);

/// The path as UTF-8, for messages and JSON.
std::string utf8(const std::filesystem::path& path);

/// A path from UTF-8 text.
std::filesystem::path pathFromUtf8(std::string_view text);

}  // namespace boxwright
