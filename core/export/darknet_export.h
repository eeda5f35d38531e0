// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "core/export/export_model.h"

namespace boxwright {

/// Darknet's three files beside each other, weights, cfg and names, after `file` (any of the three
/// endings, or none). Throws Error where that names no file.
std::vector<std::filesystem::path> darknetFiles(const std::filesystem::path& file);

/// Writes them. The cfg is the one that the model was opened with.
std::vector<std::filesystem::path> exportDarknet(Model&& model, const std::filesystem::path& file,
                                                 const ExportOptions& options);

/// Changes variances (and scales, where a variance cannot be low enough) so that batch norm of the
/// form `to` gives what `from` gave.
void changeBatchNormForm(Network& network, BatchNormForm from, BatchNormForm to);

}  // namespace boxwright
