// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "core/data/dataset.h"
#include "core/train/run.h"
#include "core/train/train_event.h"

namespace boxwright {

class Trace;

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
};

/// Trains a run on the calling thread until its plan is done or `stop` is requested: then it
/// finishes the batch, writes a checkpoint and says so. A pure function of (run, stop, sink).
/// Throws Error when the loss turns NaN (last good checkpoint kept, pictures named), the disk is
/// full, …
EndEvent train(const Run& run, const Dataset& dataset, const TrainOptions& options,
               std::stop_token stop, const TrainSink& sink);

}  // namespace boxwright
