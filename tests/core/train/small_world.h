// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "core/data/dataset.h"
#include "core/train/run.h"

namespace boxwright {

/// Writes `count` pictures of 64x48 with one or two bright squares (class "square") or bars ("bar")
/// each into `folder` and describes them as a dataset with splits train, val and test.
Dataset smallDataset(const std::filesystem::path& folder, int count);

/// Writes a cfg of five thin convolutions down to stride 32 (16 filters each: fewer are slow on the
/// CPU) and returns its path.
std::filesystem::path tinyNetwork(const std::filesystem::path& folder);

/// Settings for a few quick updates at 64x64 on one thread.
RunSettings quickSettings(const std::filesystem::path& cfg);

}  // namespace boxwright
