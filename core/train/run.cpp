// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run.h"

#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/train/obeyed_recipe.h"
#include "core/train/run_claim.h"
#include "core/train/run_draft.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

fs::path absolutePath(const fs::path& folder) {
  std::error_code code;
  fs::path whole = fs::absolute(folder, code);
  return code || whole.empty() ? folder : whole;
}

}  // namespace

std::optional<Run> Run::create(const fs::path& folder, const RunSettings& settings,
                               const Dataset& dataset, const std::stop_token& stop) {
  std::optional<RunDraft> draft = draftRun(settings, dataset, stop);
  if (!draft) return std::nullopt;
  Run run;
  run.folder_ = absolutePath(folder);
  RunClaim claim(run.folder_);
  writeRunRecord(run.folder_, draft->record, draft->figures, draft->cfg);
  claim.makeInnerFolders();
  claim.keep();
  run.record_ = std::move(draft->record);
  return run;
}

Run Run::open(const fs::path& folder) {
  std::error_code code;
  if (!fs::is_regular_file(folder / "run.json", code))
    throw Error("this is no run folder: it has no run.json", utf8(folder),
                "choose the folder of a run");
  Run run;
  run.folder_ = absolutePath(folder);
  run.record_ = readRunRecord(run.folder_);
  return run;
}

std::vector<std::string> Run::picturesOf(const std::string& split) const {
  const auto found = record_.split.find(split);
  return found == record_.split.end() ? std::vector<std::string>() : found->second;
}

bool Run::hasCheckpoint() const {
  std::error_code code;
  return fs::is_regular_file(folder_ / "checkpoints" / "last.ckpt", code);
}

std::int64_t Run::plannedIterations() const {
  return readPlannedIterations(folder_);
}

void Run::keepPlannedIterations(std::int64_t iterations) const {
  writePlannedIterations(folder_, iterations);
}

void Run::keepDatasetPlace(const std::string& path) const {
  writeDatasetPlace(folder_, path);
}

void Run::keepDevice(const DeviceChoice& device, const std::string& computedOn) const {
  writeDevice(folder_, device, computedOn);
}

Run Run::inParts(int parts) const {
  Run run = *this;
  run.record_.settings.subdivisions = parts;
  run.record_.recipe.subdivisions = parts;
  checkBatch(run.record_.recipe, utf8(folder_));
  return run;
}

void Run::keepParts() const {
  writeParts(folder_, static_cast<int>(record_.recipe.subdivisions));
}

}  // namespace boxwright
