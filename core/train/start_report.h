// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/train/batch_loader.h"
#include "core/train/opened_training.h"
#include "core/train/run.h"

namespace boxwright {

/// Tells by `training`'s announcer what begins, or goes on: device, recipe, plan, validation,
/// advice about `pictures` (those to learn from), and the notes, which are taken. Throws Error when
/// the run's record cannot be written.
void tellStart(const Run& run, OpenedTraining& training, const std::vector<LoaderPicture>& pictures,
               bool resumed);

}  // namespace boxwright
