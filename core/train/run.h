// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/compute/device_choice.h"
#include "core/data/dataset.h"
#include "core/train/recipe.h"
#include "core/train/run_record.h"
#include "core/train/run_settings.h"

namespace boxwright {

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
  const RunSettings& settings() const { return record_.settings; }
  /// The recipe with all adjustments and settings applied: what training obeys.
  const Recipe& recipe() const { return record_.recipe; }
  const ClassNames& classes() const { return record_.classes; }
  /// The tree whose nodes they are; null without one.
  const std::shared_ptr<const ClassTree>& classTree() const { return record_.classTree; }
  /// Picture paths by split name, as written at creation.
  const std::map<std::string, std::vector<std::string>>& split() const { return record_.split; }
  /// Those of one split; none where there is no such split.
  std::vector<std::string> picturesOf(const std::string& split) const;
  /// fingerprint() of the dataset at creation.
  const std::string& datasetFingerprint() const { return record_.fingerprint; }
  /// How the dataset was read ("voc", …), so that it is read so again.
  const std::string& datasetFormat() const { return record_.datasetFormat; }
  /// Things said at creation (what the anchors reach, what the recipe sets), told again when
  /// training starts.
  const std::vector<std::string>& notes() const { return record_.notes; }
  /// What the network learns.
  NetworkTask task() const { return record_.task; }
  /// It learns to find objects from pictures without boxes, too.
  bool isJoint() const { return task() == NetworkTask::Detection && classTree(); }
  bool hasCheckpoint() const;
  /// How many threads were to compute it; 0 where the run is older than this number.
  int computeThreads() const { return record_.computeThreads; }
  /// computedOn() of the device that trained it last; empty where the run is older than this.
  const std::string& computedOn() const { return record_.computedOn; }

  /// Iterations that training will do in all, read from run.json now; 0 while `minutes` has not
  /// been turned into iterations yet.
  std::int64_t plannedIterations() const;
  /// Rewrites run.json with another plan.
  void keepPlannedIterations(std::int64_t iterations) const;
  /// Rewrites run.json with the place that the dataset has been moved to.
  void keepDatasetPlace(const std::string& path) const;
  /// Rewrites run.json with the device that it goes on with, and what that is.
  void keepDevice(const DeviceChoice& device, const std::string& computedOn) const;
  /// The same run with an update worked off in so many parts (subdivisions). Throws Error where
  /// they do not divide the batch.
  Run inParts(int parts) const;
  /// Rewrites run.json and model.cfg with its parts.
  void keepParts() const;

 private:
  std::filesystem::path folder_;
  RunRecord record_;
};

}  // namespace boxwright
