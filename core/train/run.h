// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <map>
#include <vector>

#include "core/data/dataset.h"
#include "core/geometry/box.h"

namespace boxwright {

/// All that a run is told, as kept in run.json.
struct RunSettings {
  std::string dataset;              ///< absolute path, UTF-8
  std::string model = "yolov2-nano";  ///< shipped name or cfg path
  std::string recipe = "small";     ///< "small" or "paper"
  std::string device = "auto";
  std::string init;                 ///< weights file to start from; empty: random
  std::uint64_t seed = 1;
  int size = 416;
  int batch = 8, subdivisions = 1;
  int epochs = 0;      ///< 0: the recipe's
  double minutes = 0;  ///< > 0: turned into iterations after 20 steps
  bool multiScale = false;
  int anchors = 5;     ///< k to cluster; 0: those of the cfg
  std::vector<Size> anchorSet;  ///< given by the user (cells); overrides `anchors`
  double learningRate = 0;  ///< 0: the recipe's
  int patience = 0;
  int threads = 0, loaderThreads = 0;
};

/// A run folder (cli.md): run.json, model.cfg, classes.names, split.json, metrics.jsonl, metrics.csv,
/// checkpoints/last.ckpt, weights/best.weights, weights/last.weights, log.txt.
class Run {
 public:
  /// Makes the folder from an opened dataset: clusters anchors, writes cfg, names, split. Throws Error
  /// when the folder holds a run already, cannot be written, or the dataset has nothing to train on.
  static Run create(const std::filesystem::path& folder, const RunSettings& settings,
                    const Dataset& dataset);
  /// Opens an existing run.
  static Run open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const RunSettings& settings() const { return settings_; }
  const ClassNames& classes() const { return classes_; }
  /// Picture paths by split name, as written at creation.
  const std::map<std::string, std::vector<std::string>>& split() const { return split_; }
  bool hasCheckpoint() const;

 private:
  std::filesystem::path folder_;
  RunSettings settings_;
  ClassNames classes_;
  std::map<std::string, std::vector<std::string>> split_;
};

}  // namespace boxwright
