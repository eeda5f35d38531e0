// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_task.h"

#include <variant>

#include "core/train/classification_task.h"
#include "core/train/detection_task.h"

namespace boxwright {

void cutToHead(Network& network) {
  while (!network.layers.empty() &&
         (std::holds_alternative<SoftmaxLayer>(network.layers.back().kind) ||
          std::holds_alternative<CostLayer>(network.layers.back().kind)))
    network.layers.pop_back();
}

std::unique_ptr<TrainingTask> openTask(const TaskContext& context, const Network& network) {
  if (taskOf(network) == NetworkTask::Classification)
    return std::make_unique<ClassificationTask>(context, network);
  return std::make_unique<DetectionTask>(context, network.region());
}

}  // namespace boxwright
