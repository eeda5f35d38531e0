// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/network/model.h"
#include "core/network/weights_file.h"

namespace boxwright {

/// What `exportModel` may be told; each format obeys its own part.
struct ExportOptions {
  int inputSize = 0;  ///< side of the network's input; 0: as the model has it

  // darknet
  WeightsHeader header = WeightsHeader::Version2;
  /// How the reader normalises; nothing: as the model does. The variances are changed so that the
  /// outputs stay the same.
  std::optional<BatchNormForm> batchNorm;

  // onnx
  bool decode = false;      ///< boxes and scores in place of the raw head
  bool suppress = false;    ///< also non-maximum suppression; implies decode
  double threshold = 0.25;  ///< with suppress: least confidence
  double nms = 0.45;        ///< with suppress: IOU over which a box covers another
  int perClass = 100;       ///< with suppress: boxes kept a class and picture
};

/// The formats of this build: "darknet" and, where the onnx library was there, "onnx".
std::vector<std::string> exportFormats();

/// Writes the model for other programs and returns the files, each written whole or not at all:
/// "darknet": FILE as .weights, .cfg and .names side by side; "onnx": one FILE. The model is used
/// up. Throws Error for a format that this build lacks, for what a format cannot say, where a file
/// is one that the model was opened from, and where one cannot be written.
std::vector<std::filesystem::path> exportModel(Model&& model, const std::string& format,
                                               const std::filesystem::path& file,
                                               const ExportOptions& options = {});

}  // namespace boxwright
