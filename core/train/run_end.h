// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "core/train/checkpoint.h"
#include "core/train/run.h"
#include "core/train/train_event.h"
#include "core/train/training_plan.h"
#include "core/train/training_task.h"

namespace boxwright {

/// Why a run in this state ends before its plan; empty where it does not. Pure.
std::string lostPatience(const Run& run, const Checkpoint& state, const TrainingTask& task);

/// The end of a run of which, in this state, all updates were done, and said in its record to be;
/// nothing where there is something left to do or to say. Reads the record's length only.
std::optional<EndEvent> endBefore(const Run& run, const Checkpoint& state, const TrainingPlan& plan,
                                  const TrainingTask& task);

}  // namespace boxwright
