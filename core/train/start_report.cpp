// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/start_report.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace boxwright {
namespace {

std::string validationText(const TrainingTask& task, const TrainingPlan& plan) {
  if (task.validationPictures() == 0)
    return "There are no validation pictures: the last weights are kept as the best.";
  return fmt::format("Validation on {} pictures every {}.", task.validationPictures(),
                     plan.validateEvery() == 1
                         ? std::string("epoch")
                         : fmt::format("{} epochs, so that it takes at most {:.0f} % of the time",
                                       plan.validateEvery(), 100 * TrainingPlan::kValidationShare));
}

}  // namespace

void tellStart(const Run& run, OpenedTraining& training, const std::vector<LoaderPicture>& pictures,
               bool resumed) {
  Announcer& announcer = *training.announcer;
  const TrainingPlan& plan = *training.plan;
  const Network& network = training.network->network();
  const DeviceInfo device = training.network->backend().info();
  const int loaders = training.threads.loader;
  announcer.remark(fmt::format("Training on {} ({}) in {}, {} loader thread{}.", device.name,
                               device.kind, nameOf(training.network->backend().precision()),
                               loaders, loaders == 1 ? "" : "s"));
  if (resumed) {
    announcer.remark(fmt::format("Going on from iteration {}.", training.state.iteration));
  } else {
    for (const std::string& note : run.notes())
      announcer.say(note);
    for (std::string& line :
         describe(run.recipe(), plan.numbers(), pictures.size(), taskOf(network)))
      announcer.say(std::move(line));
    announcer.say(validationText(*training.task, plan));
    for (std::string& line : training.task->advice(pictures, network))
      announcer.say(std::move(line));
  }
  for (std::string& note : training.notes)
    resumed ? announcer.remark(std::move(note)) : announcer.say(std::move(note));
  training.notes.clear();
}

}  // namespace boxwright
