// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "core/data/dataset.h"
#include "core/train/run.h"

namespace boxwright {

/// The split a run was trained with, as indices into `dataset`: the right one for evaluating the
/// run, since a split made anew by another seed would mix training pictures in. Nothing where it is
/// another dataset: neither in the place of the run's nor with most of the run's pictures.
std::optional<Splits> splitsOfRun(const Run& run, const Dataset& dataset);

}  // namespace boxwright
