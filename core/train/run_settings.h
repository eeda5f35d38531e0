// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/geometry/box.h"
#include "core/train/ideas.h"

namespace boxwright {

/// The side of a detector's input where nobody says another.
inline constexpr int kDetectorSize = 416;

/// Of subdivisions: as few as fit; and of a run that goes on, as few as fit but more than it has.
inline constexpr int kFittingParts = -1, kMoreParts = -2;

/// All that a run is told, as kept in run.json. A value.
struct RunSettings {
  std::string dataset;                ///< absolute path, UTF-8
  std::string model = "yolov2-nano";  ///< shipped name or cfg path
  std::string recipe = "small";       ///< see recipeNames()
  /// Departures from the recipe, "name=value" by the names of recipe.h ("vertical_flip=0").
  std::vector<std::string> adjustments;
  std::string device = "auto", precision = "auto";  ///< as openBackend has them
  std::string init;     ///< weights file to start from (at seen 0); empty: random
  int initLayers = -1;  ///< with init: only layers 0..initLayers-1; -1: as many as fit
  int freeze = 0;       ///< layers 0..freeze-1 stay as they are
  std::uint64_t seed = 1;
  /// Side of the network's input, a multiple of kHeadStride; 0: kDetectorSize, of a classifier the
  /// cfg's own.
  int size = 0;
  int batch = 0;  ///< pictures an update; 0: the recipe's
  /// The batch is worked off in so many parts; 0: the recipe's; kFittingParts: as few as fit into
  /// the device's memory, found when the run is made.
  int subdivisions = 0;
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

/// Throws Error where a setting, or two of them together, makes no sense. `size` is to be known.
void checkSettings(const RunSettings& settings);

/// Whether an adjustment says something about this entry of the recipe.
bool isAdjusted(const RunSettings& settings, const std::string& entry);

}  // namespace boxwright
