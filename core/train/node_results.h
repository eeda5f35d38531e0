// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "core/evaluate/tree_classification.h"
#include "core/evaluate/tree_score.h"
#include "core/taxonomy/class_names.h"
#include "core/train/train_event.h"

namespace boxwright {

/// What a validation tells of the nodes of a class tree, ascending: those that boxes were scored
/// for, pictures without boxes, or both. `names` are the network's.
std::vector<ValidationEvent::NodeResult> nodeResults(const TreeScore& boxes,
                                                     const TreeClassification& pictures,
                                                     const ClassNames& names);

}  // namespace boxwright
