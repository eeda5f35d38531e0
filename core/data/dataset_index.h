// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "core/data/dataset.h"
#include "core/data/open_dataset.h"

namespace boxwright {

/// The index of a dataset: what was read of it the last time, in one SQLite file, to be shown while
/// it is read again (open_indexed.h). What it says is never believed longer than that, and nothing
/// depends on it: it may be deleted at any time.

/// Its file for what is given to openDataset: in the `.boxwright` that lies there already, else in
/// the folder `userCache`; so nothing is made in a folder that is only looked at.
std::filesystem::path datasetIndexFile(const std::filesystem::path& opened,
                                       const std::filesystem::path& userCache);

/// Tells `sink` the format and then the pictures with their annotations, in batches, and returns
/// them, without splits and problems. Nothing, whatever has been told until then, where there is no
/// index of this version for `opened`, or a fault in it, or at a stop.
std::optional<Dataset> readDatasetIndex(const std::filesystem::path& file,
                                        const std::filesystem::path& opened,
                                        const std::stop_token& stop = {},
                                        const OpenSink& sink = {});

/// Makes the index anew; false where it cannot be, or at a stop: what was there stays.
bool writeDatasetIndex(const std::filesystem::path& file, const std::filesystem::path& opened,
                       const Dataset& dataset, const std::stop_token& stop = {});

}  // namespace boxwright
