// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/geometry/box.h"

namespace boxwright {

/// Boxes as bytes, for this machine alone.
std::string packBoxes(const std::vector<Box>& boxes);
/// Nothing where the bytes are not such.
std::optional<std::vector<Box>> unpackBoxes(std::string_view bytes);

}  // namespace boxwright
