// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/compute/device_choice.h"
#include "core/geometry/box.h"
#include "core/network/cfg.h"
#include "core/network/network.h"
#include "core/taxonomy/class_names.h"
#include "core/taxonomy/class_tree.h"
#include "core/train/recipe.h"
#include "core/train/run_settings.h"

namespace boxwright {

/// What a run folder keeps of what the run was told: run.json, classes.names, classes.tree and
/// split.json. A value, read and written whole.
struct RunRecord {
  RunSettings settings;
  Recipe recipe;  ///< with all adjustments and settings applied
  NetworkTask task = NetworkTask::Detection;
  ClassNames classes;
  std::shared_ptr<const ClassTree> classTree;  ///< whose nodes they are; null without one
  /// With one: those that have boxes to learn from, ascending. Written, never read back.
  std::vector<int> boxedClasses;
  std::map<std::string, std::vector<std::string>> split;  ///< picture paths by split name
  std::string fingerprint, datasetFormat;                 ///< of the dataset
  std::vector<std::string> notes;                         ///< said when it was made
  int computeThreads = 0;    ///< that were to compute it; 0 where the run is older than this number
  std::string computedOn{};  ///< the device that trained it last; empty where none has
};

/// What run.json says besides, for people and other programs: it is never read back.
struct RunFigures {
  std::size_t pictures = 0, trainingPictures = 0, trainingBoxes = 0;
  std::vector<Size> anchors;  ///< in cells
  double meanIou = 0;         ///< that they reach; 0 where unknown
};

/// Writes run.json, first of all, then model.cfg (`cfg`) and the other files. Throws Error when one
/// cannot be written.
void writeRunRecord(const std::filesystem::path& folder, const RunRecord& record,
                    const RunFigures& figures, const Cfg& cfg);
/// Throws Error naming the file that is missing or damaged.
RunRecord readRunRecord(const std::filesystem::path& folder);
/// Whether the run.json there is one of ours and whole, whatever else of the run there is.
bool isRunRecord(const std::filesystem::path& folder);

/// Entries of run.json that change later, each read and written by itself.
std::int64_t readPlannedIterations(const std::filesystem::path& folder);
/// The mean IOU of the run's anchors with its training boxes.
double readAnchorIou(const std::filesystem::path& folder);
void writePlannedIterations(const std::filesystem::path& folder, std::int64_t iterations);
void writeDatasetPlace(const std::filesystem::path& folder, const std::string& path);
void writeDevice(const std::filesystem::path& folder, const DeviceChoice& device,
                 const std::string& computedOn);
/// The subdivisions, in model.cfg as well.
void writeParts(const std::filesystem::path& folder, int parts);

}  // namespace boxwright
