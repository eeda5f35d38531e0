// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/train/ablation.h"

namespace boxwright {

/// The rows of an ablation as a Markdown table with what the columns mean, as comma-separated
/// values, and as one JSON document with every trial.
std::string markdownOf(const AblationResult& result);
std::string csvOf(const AblationResult& result);
std::string jsonOf(const AblationResult& result);

}  // namespace boxwright
