// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/train/run.h"
#include "core/train/train_event.h"

namespace boxwright {

class Trace;

/// Training has diverged, and no retry is left.
class Diverged : public Error {
 public:
  using Error::Error;
};

/// Called on the training thread for every event, after it is in the run's log.
using TrainSink = std::function<void(const TrainEvent&)>;

struct TrainOptions {
  bool resume = false;  ///< go on from checkpoints/last.ckpt
  int moreEpochs = 0;   ///< with resume: so many beyond the plan
  /// > 0: instead of the run's own numbers. Loader threads change no result; another number of
  /// compute threads adds up in another order, so that the last digits differ.
  int threads = 0, loaderThreads = 0;
  /// Seconds after which a checkpoint is due at the next update; without it a minute at a
  /// validation, five in any case. Changes no result.
  std::optional<double> checkpointEvery = std::nullopt;
  Trace* trace = nullptr;  ///< takes the time of every stage and layer; must outlive the training
  int retries = -1;  ///< with resume, >= 0: so many more than were used; see RunSettings::retries
  /// With resume: where the dataset lies now. It must be the run's own, and is kept in run.json.
  std::string datasetPlace{};
  /// With resume, where not empty: what it goes on with, in place of the run's own; another device
  /// without a precision in the best it has. They round differently. Kept in run.json.
  std::string device{}, precision{};
  /// With resume, where not 0: it goes on with an update in so many parts, kFittingParts and
  /// kMoreParts among them. Batch norm sees other pictures together then. Kept in run.json.
  int subdivisions = 0;
  std::size_t cacheBytes = std::size_t(1) << 30;  ///< for decoded pictures; no result depends on it
};

/// The run's own device, or what the options say: another in the precision that it likes best,
/// unless they say which.
DeviceChoice deviceFor(const Run& run, const TrainOptions& options);

/// Trains a run on the calling thread until its plan is done or `stop` is requested: then it
/// finishes the batch, writes a checkpoint and says so. A pure function of (run, stop, sink). A new
/// run's pictures are checked first (run_check.h); stopped before that has ended, the run has no
/// checkpoint. Writes into the run folder only. Throws Error when training diverges and no retry is
/// left (last good checkpoint kept, pictures named), the pictures are gone, the disk is full, …
EndEvent train(const Run& run, const Dataset& dataset, const TrainOptions& options,
               std::stop_token stop, const TrainSink& sink);

}  // namespace boxwright
