// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/problem.h"
#include "core/data/dataset.h"
#include "core/data/folder_listing.h"

namespace boxwright {

/// What reading the label of one picture gives: its annotation and size, set in the picture, and
/// the faults met on the way, appended to the dataset.
class DatasetReader {
 public:
  virtual ~DatasetReader() = default;

  /// Fills root, classes (as far as known), pictures (unlabelled, sizes 0), splits and the faults
  /// of the lists. Fast: it opens no picture and no label. Throws Error where the description of
  /// the dataset itself cannot be read.
  virtual void list(Dataset& dataset, std::stop_token stop) = 0;

  /// Reads size and label of one picture of `dataset`; class names may grow.
  virtual void readLabel(Dataset& dataset, std::size_t picture) = 0;

  /// Looks for labels that belong to no picture, once all labels are read.
  virtual void finish(Dataset& dataset) = 0;
};

/// One layout of datasets on disk: recognises it and opens a reader for it. What a format has and
/// we do not model is not held in memory.
class DatasetFormat {
 public:
  virtual ~DatasetFormat() = default;
  virtual std::string_view name() const = 0;
  /// Whether a file of this name describes a dataset in this layout (data.yaml, obj.data), in small
  /// letters or capitals.
  virtual bool describedBy(const std::filesystem::path& file) const {
    (void)file;
    return false;
  }
  /// Whether the folder listed is in this layout.
  virtual bool probe(const FolderListing& listing) const = 0;
  /// Of the folder listed or, where `path` is another, the file that describes the dataset.
  virtual std::unique_ptr<DatasetReader> open(const std::filesystem::path& path,
                                              FolderListing listing) const = 0;
};

/// The formats in the order in which they are tried; the last takes any folder with pictures.
std::span<const DatasetFormat* const> datasetFormats();

/// What to say of a folder that holds several VOC layouts (VOC2007 and VOC2012 side by side), none
/// of which can be taken for it; nothing elsewhere.
std::optional<Problem> severalVocDatasets(const FolderListing& listing);

const DatasetFormat& combinedFormat();
const DatasetFormat& vocFormat();
const DatasetFormat& darknetFormat();
const DatasetFormat& ultralyticsFormat();
const DatasetFormat& cocoFormat();
const DatasetFormat& labelmeFormat();
const DatasetFormat& cvatFormat();
const DatasetFormat& csvFormat();
const DatasetFormat& classFoldersFormat();
const DatasetFormat& imageFolderFormat();

}  // namespace boxwright
