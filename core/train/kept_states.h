// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "core/compute/trace.h"
#include "core/train/checkpoint.h"
#include "core/train/metrics_log.h"
#include "core/train/network_in_training.h"

namespace boxwright {

/// The states that a run folder keeps of its training: the last, one to go back to, and the last
/// and the best weights. Used by the thread that trains, which holds the run's lock. Throws Error
/// when a file cannot be written or read.
class KeptStates {
 public:
  KeptStates(std::filesystem::path runFolder, Trace* trace);

  /// A training that was killed in the middle of writing leaves a file as large as a checkpoint.
  void removeTemporaries() const;

  Checkpoint last() const;
  Checkpoint good() const;
  bool hasGood() const;

  /// Complete `state` with what `network` and `log` know, and write it. False, and nothing written,
  /// where the weights are not finite.
  bool keepLast(Checkpoint& state, const NetworkInTraining& network, MetricsLog& log);
  /// Puts `state`, weights and all, in the last one's place as it is.
  void replaceLast(const Checkpoint& state);
  bool keepGood(Checkpoint& state, const NetworkInTraining& network, MetricsLog& log) const;
  /// The weights of now as the best.
  void keepBest(const Checkpoint& state, const NetworkInTraining& network) const;

  /// Since the last state was kept, or this was made.
  double secondsSinceLast() const;

 private:
  bool keep(const char* name, Checkpoint& state, const NetworkInTraining& network,
            MetricsLog& log) const;
  void keepWeights(const char* name, const Checkpoint& state,
                   const NetworkInTraining& network) const;

  std::filesystem::path folder_;
  Trace* trace_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace boxwright
