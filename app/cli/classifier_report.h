// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/cli/json_output.h"
#include "core/evaluate/classification_score.h"
#include "core/taxonomy/class_names.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright::cli {

/// What `evaluate` says of a classifier, for scripts and for people; over a `tree` (else null) of
/// the classes that the pictures are of, or were taken for.
Json classifierJson(const ClassificationScore& score, const ClassNames& names,
                    const std::string& split, const ClassTree* tree);
std::string classifierText(const ClassificationScore& score, const ClassNames& names,
                           const std::string& split, const ClassTree* tree);

}  // namespace boxwright::cli
