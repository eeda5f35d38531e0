// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.h"

namespace boxwright {

/// The stages of opening, each called on the opening thread, in this order; any may be empty.
struct OpenSink {
  /// The format, the folder that pictures' paths are relative to and the class names are known
  /// (class names may still grow with VOC).
  std::function<void(const std::string& format, const std::filesystem::path& root,
                     const ClassNames& classes)>
      format;
  /// Pictures listed, in batches; the first within 300 ms; annotations still unlabelled and empty.
  std::function<void(std::span<const Picture> batch)> pictures;
  /// Annotation (and size) of pictures [first, first + batch.size()) read.
  std::function<void(std::size_t first, std::span<const Picture> batch)> annotations;
  /// Faults found so far since the last call.
  std::function<void(std::span<const Problem> problems)> problems;
  /// 0..1.
  std::function<void(double)> progress;
};

struct OpenOptions {
  std::string format;  ///< empty: detected from the folder
  /// Decode every picture to find damaged ones (slow); else headers are read, and JPEGs are looked
  /// at for an early end of file.
  bool decodeAll = false;
};

/// What OpenOptions::format may be.
std::vector<std::string> datasetFormatNames();

/// Whether a file of this name can be given to openDataset: a data.yaml, an obj.data, COCO's .json,
/// CVAT's .xml, a .csv or a .combined.json. Looks at the name only; of a folder it says nothing.
bool isDatasetFile(const std::filesystem::path& path);

/// Opens a dataset: a folder in any of the layouts (dataset_format.h), or the file that describes
/// it. Faulty items become Problems and the rest works. Throws Error for a missing or
/// unreadable folder or one without pictures; stops early (returning what it has) when `stop` is
/// requested.
Dataset openDataset(const std::filesystem::path& path, const OpenOptions& options = {},
                    std::stop_token stop = {}, const OpenSink& sink = {});

}  // namespace boxwright
