// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/problem.h"
#include "core/network/cfg.h"

namespace boxwright {

/// The section's name with aliases resolved ("conv" is "convolutional"), or nothing where the
/// YOLOv2 family has no such section.
std::optional<std::string> sectionNamed(std::string_view name);

/// Reports keys that a section of this canonical name does not have, and values that are not wholly
/// the number that is read from them.
void checkKeys(const Cfg& cfg, const CfgSection& section, const std::string& canonicalName,
               std::vector<Problem>& problems);

}  // namespace boxwright
