// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "core/data/dataset.h"
#include "core/train/run.h"

namespace boxwright {

/// Writes `count` pictures of about 40x32 that show one of three patterns (upright bars, lying
/// bars, checks) in noise and describes them as a dataset of whole classes with splits train, val
/// and test.
Dataset smallClasses(const std::filesystem::path& folder, int count);

/// Writes the cfg of a classifier whose first six layers are those of tinyNetwork().
std::filesystem::path tinyClassifier(const std::filesystem::path& folder);

}  // namespace boxwright
