// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "core/anchors/cluster_anchors.h"

namespace boxwright::cli {

/// Draws widths against heights of the boxes (fractions of the picture; at most 5,000 by a fixed
/// sample), coloured by anchor, with the anchors as rectangles, as an SVG file.
void writeAnchorPlot(const std::filesystem::path& file, std::span<const Size> fractions,
                     const AnchorSet& set, int inputSize);

/// Replaces `num` and `anchors` of the cfg's [region] and the filters before it, line by line, so
/// that comments and the rest stay as they were; written atomically. Throws Error without a
/// [region].
void writeAnchorsIntoCfg(const std::filesystem::path& file, const std::vector<Size>& anchors);

}  // namespace boxwright::cli
