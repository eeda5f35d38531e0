// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "core/export/export_model.h"

namespace boxwright {

/// One ONNX file: batch norm folded, any batch size, the input called "images" (N x channels x
/// height x width, RGB in 0..1). Outputs: "head" as it is before [region], or those of writeDecode;
/// a classifier's are "probabilities" N x K. Class names, anchors and how pictures are brought to
/// size stand in the file's metadata. Throws Error for what ONNX cannot say and beyond 2 GB.
std::vector<std::filesystem::path> exportOnnx(Model&& model, const std::filesystem::path& file,
                                              const ExportOptions& options);

}  // namespace boxwright
