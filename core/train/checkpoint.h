// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "core/network/network.h"
#include "core/train/metrics_log.h"

namespace boxwright {

/// All that training needs to go on exactly: a value, read and written whole.
struct Checkpoint {
  std::int64_t iteration = 0;          ///< updates done
  std::int64_t statisticsUpdates = 0;  ///< mini-batches that went into the rolling statistics
  std::int64_t averageUpdates = 0;
  double bestMerit = -1;  ///< TrainingTask::merit; below 0: none yet
  double bestLoss = 0;    ///< validation loss of the best
  std::int64_t bestIteration = 0;
  std::int64_t lastValidation = 0;  ///< the iteration of it
  std::int64_t validations = 0, validationsSinceBest = 0;
  MetricLengths metrics;
  std::vector<float> weights;  ///< storedFloats() of the network
  std::vector<float> momenta;
  std::vector<float> average;  ///< empty where the recipe keeps none
  std::int64_t retries =
      0;  ///< how often it went back after diverging: the rate is halved each time
  std::int64_t retriesAllowed = 0;  ///< RunSettings::retries, or what a resume said since
  std::vector<float> lossWatch;     ///< LossWatch::state()
  /// 1: it has just gone back, and the run's record does not say so yet.
  std::int64_t retryUntold = 0;
  std::vector<float> gathered;  ///< TrainingTask::gathered()

  /// Gives the memory of weights, momenta and average back.
  void dropArrays() {
    for (std::vector<float>* const array : {&weights, &momenta, &average})
      *array = std::vector<float>();  // clear() and = {} would keep it
  }
};

/// Every weight and rolling statistic of the network in layer order, and back. A network that is
/// moved in is emptied on the way: there are never two whole copies. A wrong count throws Error.
std::vector<float> storedFloats(Network network);
/// Whether all of them are numbers.
bool allFinite(const Network& network);
void setStoredFloats(Network& network, std::span<const float> values);

/// Writes atomically: the old checkpoint stays until the new one is on the disk.
void saveCheckpoint(const std::filesystem::path& file, const Checkpoint& checkpoint);
/// Throws Error when the file is missing, cut short or damaged (a checksum tells).
Checkpoint loadCheckpoint(const std::filesystem::path& file);

}  // namespace boxwright
