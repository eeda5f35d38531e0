// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "core/train/metrics_log.h"
#include "core/train/train_event.h"
#include "core/train/trainer.h"

namespace boxwright {

/// Where a training tells what it does: the run's files and the listener. Owned and used by the
/// thread that trains; while there is one the run is locked. Throws what MetricsLog throws.
class Announcer {
 public:
  /// `sink` may be empty and must outlive it.
  Announcer(const std::filesystem::path& runFolder, const TrainSink& sink)
      : log_(runFolder), sink_(sink) {}

  /// Into the run's record, which is the same however often the run was stopped or killed.
  void say(const TrainEvent& event);
  void say(std::string text);
  /// To the listener and log.txt: what is true of this process only.
  void remark(std::string text);
  /// To the listener alone.
  void show(const TrainEvent& event) const;

  MetricsLog& log() { return log_; }

 private:
  MetricsLog log_;
  const TrainSink& sink_;
};

}  // namespace boxwright
