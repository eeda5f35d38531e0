// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "core/train/ablation.h"

namespace boxwright::cli {

/// Writes the mAP50 of each row as an SVG: a line of means, each with the range of its seeds and
/// every seed as a dot.
void writeAblationChart(const std::filesystem::path& file, const AblationResult& result);

}  // namespace boxwright::cli
