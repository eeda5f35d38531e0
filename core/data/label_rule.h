// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/data/dataset.h"

namespace boxwright {

/// Where a program looks for the text label of a picture, by its path.
enum class LabelRule {
  Beside,       ///< hank-ai's Darknet: beside the picture, always
  Ultralytics,  ///< the last folder `images` becomes `labels`, else beside
  AlexeyAB,  ///< `JPEGImages`, and `images` before train2014, val2014, train2017 or val2017, become
             ///< `labels`, else beside
  Pjreddie   ///< `images` and `JPEGImages` become `labels` wherever they stand, also within a name
};

/// In the order that counts where several find equally many labels.
std::span<const LabelRule> labelRules();

/// "hank-ai", "ultralytics", "alexeyab", "pjreddie".
std::string labelRuleName(LabelRule rule);
std::optional<LabelRule> labelRuleFrom(std::string_view name);
/// For people: "beside the pictures (hank-ai's Darknet)".
std::string labelRuleText(LabelRule rule);

/// The label of a picture, absolute. Folders above the one that holds the root keep their names.
std::string labelPathBy(LabelRule rule, const std::filesystem::path& root,
                        std::string_view picture);

/// The rule that a dataset follows: the one that finds the most labels. Where there are none, that
/// of a folder `labels` that stands ready, else of `otherwise`. Looks which files there are, of a
/// thousand pictures at most.
LabelRule labelRuleOf(const Dataset& dataset, LabelRule otherwise);

}  // namespace boxwright
