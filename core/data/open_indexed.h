// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>

#include "core/data/open_dataset.h"

namespace boxwright {

struct IndexedOpening {
  Dataset dataset;
  /// There is an index and it says the same as the files.
  bool indexIsCurrent = false;
};

/// openDataset, but what the index knows is told first, as format and pictures with their
/// annotations; then everything is read from the files, and annotations are told where they differ.
/// Where other pictures or classes are found, `restart` is called: what was told is void, and all
/// is told anew. In the end what was told is what the files say, with or without an index.
IndexedOpening openIndexed(const std::filesystem::path& path, const std::filesystem::path& index,
                           const std::stop_token& stop, const OpenSink& sink,
                           const std::function<void()>& restart);

}  // namespace boxwright
