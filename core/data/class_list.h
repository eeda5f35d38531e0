// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/folder_listing.h"

namespace boxwright {

/// The names file of a dataset: the first of obj.names, classes.txt, labels.txt, classes.names,
/// _classes.txt in the given folders ("" or "labels/", relative to the listing), else the only
/// *.names there is; nothing where there is none. Relative to the root.
std::optional<std::string> findNamesFile(const FolderListing& listing,
                                         std::span<const std::string> folders);

/// Reads class names, one a line, into the dataset's class files. Empty inner lines become the
/// class's number and, like names that stand twice, a Problem in the dataset; ids keep their lines.
/// Throws Error when it cannot be read.
ClassNames readNamesOf(Dataset& dataset, const std::filesystem::path& file);

/// Reports names that stand twice. `lines` are the names' lines in `file` (may be empty).
void reportDuplicates(Dataset& dataset, const ClassNames& names, const std::string& file,
                      std::span<const int> lines);

/// Lets ids up to `id` have a name, their number, for a dataset without names.
void growNumberedNames(ClassNames& names, int id);

/// The path as it stands in messages and keys: relative to the root where inside it.
std::string shownPath(const std::filesystem::path& root, const std::filesystem::path& path);

}  // namespace boxwright
