// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/geometry/box.h"
#include "core/train/ideas.h"
#include "core/train/recipe.h"

namespace boxwright {

/// The side of a detector's input where nobody says another.
inline constexpr int kDetectorSize = 416;

/// All that a run is told, as kept in run.json.
struct RunSettings {
  std::string dataset;                ///< absolute path, UTF-8
  std::string model = "yolov2-nano";  ///< shipped name or cfg path
  std::string recipe = "small";       ///< see recipeNames()
  /// Departures from the recipe, "name=value" by the names of recipe.h ("vertical_flip=0").
  std::vector<std::string> adjustments;
  std::string device = "auto";
  std::string init;     ///< weights file to start from (at seen 0); empty: random
  int initLayers = -1;  ///< with init: only layers 0..initLayers-1; -1: as many as fit
  std::uint64_t seed = 1;
  /// Side of the network's input, a multiple of kHeadStride; 0: kDetectorSize, of a classifier the
  /// cfg's own.
  int size = 0;
  int batch = 0;                ///< pictures an update; 0: the recipe's
  int subdivisions = 0;         ///< the batch is worked off in so many parts; 0: the recipe's
  int epochs = 0;               ///< 0: the recipe's
  double minutes = 0;           ///< > 0: turned into iterations after 20 steps; overrides epochs
  std::int64_t updates = 0;     ///< > 0: so many, whatever epochs and minutes say
  Ideas ideas;                  ///< of the paper, on or off
  int anchors = 5;              ///< k to cluster; 0: those of the cfg
  std::vector<Size> anchorSet;  ///< given by the user (cells); overrides `anchors`
  double learningRate = 0;      ///< 0: the recipe's
  int patience = 0;             ///< end after so many validations without a better one; 0: never
  int threads = 0, loaderThreads = 0;  ///< 0: by the machine
  /// Which training pictures are left alone: "damaged", "duplicates", both with a comma, or "none".
  std::string quarantine = "damaged";
  int retries = 0;  ///< so often it goes back and on with half the rate when it diverges
};

/// A run folder: run.json, model.cfg, classes.names, split.json, quarantine.json, metrics.jsonl,
/// metrics.csv, checkpoints/last.ckpt (good.ckpt too where it may go back), weights/best.weights,
/// weights/last.weights, log.txt. A value: a view of what the folder was told; only train() writes
/// into it later.
class Run {
 public:
  /// Makes the folder from an opened dataset: clusters anchors (for a detector), writes cfg, names,
  /// split; stopped, it makes nothing. A run that never got to its first checkpoint gives way.
  /// Throws Error when the folder holds another run or anything else, cannot be written, a setting
  /// makes no sense, or the dataset has nothing to train on.
  static std::optional<Run> create(const std::filesystem::path& folder, const RunSettings& settings,
                                   const Dataset& dataset, const std::stop_token& stop = {});
  /// Opens an existing run. Throws Error naming the file that is missing or damaged.
  static Run open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const RunSettings& settings() const { return settings_; }
  /// The recipe with all adjustments and settings applied: what training obeys.
  const Recipe& recipe() const { return recipe_; }
  const ClassNames& classes() const { return classes_; }
  /// Picture paths by split name, as written at creation.
  const std::map<std::string, std::vector<std::string>>& split() const { return split_; }
  /// Those of one split; none where there is no such split.
  std::vector<std::string> picturesOf(const std::string& split) const;
  /// fingerprint() of the dataset at creation.
  const std::string& datasetFingerprint() const { return fingerprint_; }
  /// How the dataset was read ("voc", …), so that it is read so again.
  const std::string& datasetFormat() const { return datasetFormat_; }
  /// Things said at creation (what the anchors reach, what the recipe sets), told again when
  /// training starts.
  const std::vector<std::string>& notes() const { return notes_; }
  /// What the network learns.
  NetworkTask task() const { return task_; }
  bool hasCheckpoint() const;
  /// How many threads were to compute it; 0 where the run is older than this number.
  int computeThreads() const { return computeThreads_; }

  /// Iterations that training will do in all, read from run.json now; 0 while `minutes` has not
  /// been turned into iterations yet.
  std::int64_t plannedIterations() const;
  /// Rewrites run.json with another plan.
  void keepPlannedIterations(std::int64_t iterations) const;
  /// Rewrites run.json with the place that the dataset has been moved to.
  void keepDatasetPlace(const std::string& path) const;

 private:
  std::filesystem::path folder_;
  RunSettings settings_;
  Recipe recipe_;
  ClassNames classes_;
  std::map<std::string, std::vector<std::string>> split_;
  std::string fingerprint_, datasetFormat_;
  std::vector<std::string> notes_;
  NetworkTask task_ = NetworkTask::Detection;
  int computeThreads_ = 0;
};

}  // namespace boxwright
