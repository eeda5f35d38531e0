// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace boxwright {

struct FrameImportOptions {
  std::uint64_t every = 1;   ///< frames 0, N, 2 N, … are looked at
  bool changedOnly = false;  ///< of these, those that do not look like the last one taken
};

struct FrameImport {
  std::uint64_t written = 0, read = 0;
  std::string warning;  ///< that the video ended early; empty when all is well
};

/// Writes frames of a video as pictures into a new folder: "<video>_000120.jpg" is frame 120, so
/// that the order of names is that of time. The folder takes its name when all are there; stopped,
/// it leaves nothing. Throws Error where the file is no video, holds no frame that could be read,
/// or the folder cannot be made or is not empty. `progress` (0..1) where the length is known.
FrameImport importFrames(const std::filesystem::path& video, const std::filesystem::path& folder,
                         const FrameImportOptions& options, std::stop_token stop = {},
                         const std::function<void(double)>& progress = {});

}  // namespace boxwright
