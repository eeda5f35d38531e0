// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/train/picture_cache.h"
#include "core/train/quarantine.h"
#include "core/train/run.h"
#include "core/train/train_event.h"

namespace boxwright {

/// What a new run was found to be made of.
struct RunCheck {
  Quarantine quarantine;
  std::vector<std::string> lines;  ///< the report, for people
};

/// Checks the pictures of all splits of a new run before its first update (checkPictures) and
/// decides and writes its quarantine. `tell` is called on the calling thread. Nothing when it was
/// stopped; Error when no training picture is left.
std::optional<RunCheck> checkRun(const Run& run, const Dataset& dataset, int decodeAtLeast,
                                 int threads, PictureCache& cache, const std::stop_token& stop,
                                 const std::function<void(const CheckEvent&)>& tell);

}  // namespace boxwright
