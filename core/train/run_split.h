// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/data/dataset.h"
#include "core/train/run.h"

namespace boxwright {

/// The split a run was trained with, as indices into `dataset`: the right one for evaluating the
/// run, since a split made anew by another seed would mix training pictures in. Nothing where the
/// dataset has none of the run's pictures (it is another dataset).
std::optional<Splits> splitsOfRun(const Run& run, const Dataset& dataset);

}  // namespace boxwright
