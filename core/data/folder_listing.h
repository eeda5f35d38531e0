// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/problem.h"

namespace boxwright {

/// The files of a folder and all folders below it that matter to a dataset, by kind: paths in UTF-8
/// relative to the folder, sorted by bytes. Names that start with a dot are left out, but what lies
/// in the trash of a dataset is known by where it lay.
struct FolderListing {
  std::filesystem::path root;
  std::vector<std::string> pictures;
  std::vector<std::string> xml;
  std::vector<std::string> text;  ///< .txt
  std::vector<std::string> json;
  std::vector<std::string> csv;
  std::vector<std::string> other;  ///< .yaml .yml .data .names
  std::vector<Problem> problems;   ///< folders that could not be read
  /// Called as pictures or labels, but folders, pipes or devices.
  std::vector<std::string> noFiles;
  std::vector<std::string> trashed;  ///< pictures and labels in the trash (picture_trash.h)
};

/// The listing as it was before anything went into the trash: what a layout is told by.
FolderListing withTrashed(FolderListing listing);

/// Whether a file's name ends so (".txt"), in small letters or capitals, with something before.
bool hasEnding(std::string_view name, std::string_view ending);

/// Lists without opening any file; linked folders are followed, each once. Throws Error when the
/// folder itself cannot be read.
FolderListing listFolder(const std::filesystem::path& folder, std::stop_token stop = {});

}  // namespace boxwright
