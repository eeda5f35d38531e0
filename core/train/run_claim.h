// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include "core/train/metrics_log.h"

namespace boxwright {

/// A folder taken for a new run, which is being made in it: locked, and what was made of it is
/// taken away again when the claim ends before keep(), so that the same command can be given once
/// more. Owned by the thread that makes the run.
class RunClaim {
 public:
  /// Makes the folder where there is none. A run there that never got to its first checkpoint, and
  /// what a making that was killed left, give way. Throws Error when the folder holds another run
  /// or anything else, is being used by another, or cannot be written.
  explicit RunClaim(std::filesystem::path folder);
  ~RunClaim();
  RunClaim(const RunClaim&) = delete;
  RunClaim& operator=(const RunClaim&) = delete;

  /// Makes the folders that a run has in its own. Throws Error where it cannot.
  void makeInnerFolders();
  /// The run is whole.
  void keep() { kept_ = true; }

 private:
  void undo();

  std::filesystem::path folder_;
  bool made_ = false;  ///< the folder was not there before
  bool kept_ = false;
  std::optional<MetricsLog> lock_;  ///< another that begins here finds a run at work
};

}  // namespace boxwright
