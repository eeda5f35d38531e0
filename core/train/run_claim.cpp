// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_claim.h"

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/network/run_files.h"
#include "core/train/run_record.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr std::array kRunFolders = {"checkpoints", "weights"};

/// Whether nothing has been learned in the run: its start failed, or was killed, before the first
/// checkpoint.
bool neverBegan(const fs::path& folder) {
  return std::none_of(kLearnedFiles.begin(), kLearnedFiles.end(), [&](const char* name) {
    std::error_code code;
    return fs::exists(folder / name, code) || code;
  });
}

/// Takes away the files of such a run, and nothing else.
void removeRunFiles(const fs::path& folder) {
  std::error_code ignored;
  for (const char* const name : kLearnedFiles)
    removeTemporaries(folder / name);
  for (const char* const name : kRunFolders)
    fs::remove(folder / name, ignored);  // where empty
  for (const char* const name : kRunRecordFiles) {
    removeTemporaries(folder / name);
    fs::remove(folder / name, ignored);
  }
}

/// Takes away what a making that was killed before its run.json leaves: empty metric files (they
/// are the lock) and temporaries.
void removeBeginnings(const fs::path& folder) {
  constexpr std::array kLocks = {"metrics.jsonl", "metrics.csv", "log.txt"};
  const auto isEmpty = [](const fs::path& file) {
    std::error_code code;
    return fs::is_regular_file(file, code) && fs::file_size(file, code) == 0 && !code;
  };
  if (!isEmpty(folder / kLocks[0])) return;
  const MetricsLog lock(folder);  // throws while another makes its run there
  removeTemporaries(folder / "run.json");
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = utf8(entry->path().filename());
    const bool ours = std::find(kLocks.begin(), kLocks.end(), name) != kLocks.end();
    if (!ours || !isEmpty(entry->path())) return;
  }
  for (const char* const name : kLocks)
    fs::remove(folder / name, code);
}

/// Refuses a folder that holds anything but a run that never began, which is removed; makes the
/// folder where there is none. Returns whether it was made here.
bool claimFolder(const fs::path& folder) {
  std::error_code code;
  if (fs::exists(folder / "run.json", code)) {
    const auto refuse = [&] {
      throw Error("there is a run in the folder already", utf8(folder),
                  "choose another folder, or resume this run");
    };
    if (!neverBegan(folder) || !isRunRecord(folder)) refuse();
    const MetricsLog lock(folder);  // throws while it is being trained
    if (!neverBegan(folder)) refuse();
    removeRunFiles(folder);
    return false;
  }
  const bool there = fs::exists(folder, code);
  if (there && !fs::is_directory(folder, code))
    throw Error("a file stands where the run folder should be", utf8(folder),
                "choose another name");
  if (there) {
    removeBeginnings(folder);
    const bool empty = fs::is_empty(folder, code);
    if (code)
      throw Error("cannot look into the folder (" + code.message() + ")", utf8(folder),
                  "check the permissions or choose another folder");
    if (!empty)
      throw Error("the folder holds other files", utf8(folder),
                  "choose a new or empty folder for the run");
    return false;
  }
  fs::create_directories(folder, code);
  if (code)
    throw Error("cannot make the run folder (" + code.message() + ")", utf8(folder),
                "check the path and permissions");
  return true;
}

}  // namespace

RunClaim::RunClaim(fs::path folder) : folder_(std::move(folder)), made_(claimFolder(folder_)) {
  try {
    lock_.emplace(folder_);
  } catch (...) {
    // Whose lock it is, theirs are the files: nothing but an empty folder is taken away.
    std::error_code ignored;
    if (made_) fs::remove(folder_, ignored);
    throw;
  }
}

RunClaim::~RunClaim() {
  if (!kept_) undo();
}

void RunClaim::undo() {
  lock_.reset();
  removeRunFiles(folder_);
  std::error_code ignored;
  if (made_) fs::remove(folder_, ignored);
}

void RunClaim::makeInnerFolders() {
  for (const char* const inner : kRunFolders) {
    std::error_code code;
    fs::create_directory(folder_ / inner, code);
    if (code)
      throw Error("cannot make a folder (" + code.message() + ")", utf8(folder_ / inner),
                  "check the permissions or choose another folder");
  }
}

}  // namespace boxwright
