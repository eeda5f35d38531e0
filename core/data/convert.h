// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.h"

namespace boxwright {

/// What becomes of the pictures of a converted dataset.
enum class PictureTransfer { Copy, Link, None };

struct ConvertOptions {
  std::string format;            ///< one of conversionFormats()
  std::filesystem::path folder;  ///< new or empty
  PictureTransfer pictures = PictureTransfer::Copy;
};

/// Something of a dataset that a layout cannot hold.
struct ConversionLoss {
  std::string what;  ///< for people, after the count: "boxes marked difficult (the mark is lost)"
  std::size_t count = 0;

  bool operator==(const ConversionLoss&) const = default;
};

/// voc, darknet, ultralytics, coco, labelme, cvat, csv, class-folders.
const std::vector<std::string>& conversionFormats();

/// What is lost when the dataset is written in a layout. Pure.
std::vector<ConversionLoss> lossesOf(const Dataset& dataset, const std::string& format);

/// The dataset with the pictures of one of its splits alone. Throws Error where there is none.
Dataset splitAlone(const Dataset& dataset, const std::string& split);

/// Writes a dataset, whose annotations have been read, in another layout: splits, relative paths,
/// negative and unlabelled pictures and the order of classes stay, but for lossesOf(). The folder
/// appears when it is whole; a stop leaves nothing. Throws Error. Any thread.
void convertDataset(const Dataset& dataset, const ConvertOptions& options,
                    std::stop_token stop = {}, const std::function<void(double)>& progress = {});

}  // namespace boxwright
