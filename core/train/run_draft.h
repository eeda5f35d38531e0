// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <stop_token>

#include "core/data/dataset.h"
#include "core/network/cfg.h"
#include "core/train/run_record.h"
#include "core/train/run_settings.h"

namespace boxwright {

/// A new run as worked out from its settings and dataset, before there is a folder of it. A value.
struct RunDraft {
  RunRecord record;
  RunFigures figures;
  Cfg cfg;  ///< of the run's own network
};

/// Chooses split, anchors, recipe and cfg of a new run. Writes nothing; nothing when stopped.
/// Throws Error when a setting makes no sense or the dataset has nothing to train on.
std::optional<RunDraft> draftRun(const RunSettings& settings, const Dataset& dataset,
                                 const std::stop_token& stop);

}  // namespace boxwright
