// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "core/base/thread_budget.h"
#include "core/data/dataset.h"
#include "core/train/announcer.h"
#include "core/train/batch_loader.h"
#include "core/train/checkpoint.h"
#include "core/train/kept_states.h"
#include "core/train/network_in_training.h"
#include "core/train/picture_cache.h"
#include "core/train/quarantine.h"
#include "core/train/run.h"
#include "core/train/train_event.h"
#include "core/train/trainer.h"
#include "core/train/training_plan.h"
#include "core/train/training_task.h"

namespace boxwright {

/// All that training a run works with, before its first update: the run locked, its pictures
/// checked and chosen, its network on the device, its state read, its length planned. Nothing of
/// the run but its quarantine has been changed. Owned and used by the thread that trains.
struct OpenedTraining {
  OpenedTraining(const Run& run, const TrainOptions& options);

  const TrainingPlan::Clock::time_point start = TrainingPlan::Clock::now();
  KeptStates kept;
  std::unique_ptr<Announcer> announcer;  ///< holds the run's lock
  ThreadBudget threads;
  DeviceChoice device;  ///< the run's own, unless the options say otherwise
  PictureCache cache;
  std::optional<Run> inOtherParts;  ///< the run, where the options want it so
  const Run& obeyed(const Run& run) const { return inOtherParts ? *inOtherParts : run; }
  std::unique_ptr<NetworkInTraining> network;
  Quarantine quarantine;
  std::unique_ptr<TrainingTask> task;   ///< uses those above
  std::vector<LoaderPicture> pictures;  ///< to learn from
  Checkpoint state;
  std::optional<TrainingPlan> plan;
  std::vector<std::string> notes;  ///< found meanwhile, not yet told
};

/// Opens a run for training. When there is nothing to train (it was stopped meanwhile, or the run
/// was finished before) the listener is told so, and the end is returned. All references must
/// outlive what is returned. Throws Error when the run is being trained elsewhere, was begun or not
/// begun against what `options` says, does not fit the dataset, …
std::variant<EndEvent, std::unique_ptr<OpenedTraining>> openTraining(const Run& run,
                                                                     const Dataset& dataset,
                                                                     const TrainOptions& options,
                                                                     const std::stop_token& stop,
                                                                     const TrainSink& sink);

}  // namespace boxwright
