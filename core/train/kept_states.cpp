// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/kept_states.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/network/run_files.h"
#include "core/network/weights_file.h"

namespace boxwright {
namespace {

constexpr const char* kLast = "last.ckpt";
/// A state to go back to.
constexpr const char* kGood = "good.ckpt";

bool allFinite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

KeptStates::KeptStates(std::filesystem::path runFolder, Trace* trace)
    : folder_(std::move(runFolder)), trace_(trace) {}

void KeptStates::removeTemporaries() const {
  for (const char* const name : {"run.json", "quarantine.json"})
    boxwright::removeTemporaries(folder_ / name);
  for (const char* const name : kLearnedFiles)
    boxwright::removeTemporaries(folder_ / name);
}

Checkpoint KeptStates::last() const {
  return loadCheckpoint(folder_ / "checkpoints" / kLast);
}

Checkpoint KeptStates::good() const {
  return loadCheckpoint(folder_ / "checkpoints" / kGood);
}

bool KeptStates::hasGood() const {
  std::error_code code;
  return std::filesystem::exists(folder_ / "checkpoints" / kGood, code);
}

bool KeptStates::keepLast(Checkpoint& state, const NetworkInTraining& network, MetricsLog& log) {
  if (!keep(kLast, state, network, log)) return false;
  if (state.iteration > 0) keepWeights("last.weights", state, network);
  last_ = std::chrono::steady_clock::now();
  return true;
}

void KeptStates::replaceLast(const Checkpoint& state) {
  saveCheckpoint(folder_ / "checkpoints" / kLast, state);
}

bool KeptStates::keepGood(Checkpoint& state, const NetworkInTraining& network,
                          MetricsLog& log) const {
  return keep(kGood, state, network, log);
}

void KeptStates::keepBest(const Checkpoint& state, const NetworkInTraining& network) const {
  keepWeights("best.weights", state, network);
}

double KeptStates::secondsSinceLast() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - last_).count();
}

bool KeptStates::keep(const char* name, Checkpoint& state, const NetworkInTraining& network,
                      MetricsLog& log) const {
  const Trace::Span span(trace_, "checkpoint");
  network.copyInto(state);
  struct GiveBack {
    Checkpoint& state;
    ~GiveBack() { state.dropArrays(); }
  } const giveBack{state};
  const bool finite = allFinite(state.weights) && allFinite(state.momenta);
  if (finite) {
    log.flushToDisk();
    state.metrics = log.lengths();
    saveCheckpoint(folder_ / "checkpoints" / name, state);
  }
  return finite;
}

void KeptStates::keepWeights(const char* name, const Checkpoint& state,
                             const NetworkInTraining& network) const {
  saveWeights(folder_ / "weights" / name, network.current(),
              static_cast<std::uint64_t>(state.iteration * network.batch()));
}

}  // namespace boxwright
