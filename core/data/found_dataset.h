// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/problem.h"
#include "core/data/dataset.h"
#include "core/data/dataset_format.h"
#include "core/data/verified_list.h"

namespace boxwright {

/// A dataset on disk whose layout is known and of which nothing has been read yet.
struct FoundDataset {
  std::filesystem::path root;
  const DatasetFormat* format = nullptr;
  std::unique_ptr<DatasetReader> reader;  ///< null where it was stopped midway
  std::vector<std::string> trashed;       ///< what lies in its trash
  std::vector<std::string> noFiles;       ///< FolderListing::noFiles
  std::vector<Problem> problems;          ///< of the folder's listing
  std::optional<VerifiedList> verified;   ///< where its label files have no room for it
};

/// Finds the layout of a folder, or of the file that describes a dataset; `format` (may be empty)
/// overrides. Throws Error where there is no such place or no dataset.
FoundDataset findDataset(const std::filesystem::path& path, const std::string& format,
                         const std::stop_token& stop);

/// Fills the dataset but for labels, with pictures in the trash and faults of what is no file.
void listPictures(FoundDataset& found, Dataset& dataset, const std::stop_token& stop);

/// Reads what is known of one picture that is not in the trash.
void readLabel(FoundDataset& found, Dataset& dataset, std::size_t picture);

}  // namespace boxwright
