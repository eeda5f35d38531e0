// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>

namespace boxwright {

std::string lostPatience(const Run& run, const Checkpoint& state, const TrainingTask& task) {
  const int patience = run.settings().patience;
  if (patience <= 0 || state.validationsSinceBest < patience) return {};
  return fmt::format("No better {} in {} validations: the run ends early.", task.meritName(),
                     patience);
}

std::optional<EndEvent> endBefore(const Run& run, const Checkpoint& state, const TrainingPlan& plan,
                                  const TrainingTask& task) {
  if (plan.iterations() == 0) return std::nullopt;
  const std::string reason = lostPatience(run, state, task);
  if (state.iteration < plan.iterations() && reason.empty()) return std::nullopt;
  if (plan.validationDue(state.iteration, state.lastValidation)) return std::nullopt;
  EndEvent end = task.endEvent(std::max(0.0, state.bestMerit));
  end.iteration = state.iteration;
  // One that was killed between its last checkpoint and its last words says them first.
  std::string words;
  if (!reason.empty()) words += toJson(TrainEvent(MessageEvent{reason})) + "\n";
  words += toJson(TrainEvent(end)) + "\n";
  std::ifstream log(run.folder() / "metrics.jsonl", std::ios::binary);
  log.seekg(static_cast<std::streamoff>(state.metrics.jsonl));
  std::string found(words.size(), '\0');
  if (!log.read(found.data(), static_cast<std::streamsize>(found.size())) || found != words)
    return std::nullopt;
  end.finishedBefore = true;
  return end;
}

}  // namespace boxwright
