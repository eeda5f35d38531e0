// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "core/data/dataset.h"
#include "core/network/model.h"
#include "core/taxonomy/class_map.h"

namespace boxwright {

/// The model's id of each class of the dataset: by name or, over a class tree, by `given` (the node
/// of each class), where it is not empty; of a dataset over the same tree each is its own. Throws
/// Error where `given` is of another number of classes.
std::vector<std::optional<int>> modelClasses(const Dataset& dataset, const Model& model,
                                             const ClassMap& given);

}  // namespace boxwright
