// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

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
  end.finishedBefore = true;
  // One that was killed between its last checkpoint and its last words says them first.
  std::uint64_t words = toJson(TrainEvent(end)).size() + 1;
  if (!reason.empty()) words += toJson(TrainEvent(MessageEvent{reason})).size() + 1;
  std::error_code code;
  const std::uintmax_t size = std::filesystem::file_size(run.folder() / "metrics.jsonl", code);
  if (code || size < state.metrics.jsonl + words) return std::nullopt;
  return end;
}

}  // namespace boxwright
