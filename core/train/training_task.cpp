// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_task.h"

#include <variant>

#include "core/train/classification_task.h"
#include "core/train/detection_task.h"

namespace boxwright {

std::unique_ptr<TrainingTask> openTask(const TaskContext& context, const Network& network) {
  if (taskOf(network) == NetworkTask::Classification)
    return std::make_unique<ClassificationTask>(context, network);
  return std::make_unique<DetectionTask>(context, network.region());
}

}  // namespace boxwright
