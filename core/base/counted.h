// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace boxwright {

/// For messages: "1 picture", "2 pictures", "1,234 pictures".
std::string counted(std::size_t n, std::string_view one, std::string_view many);

/// "134 MB", of a million bytes each, rounded up.
std::string megabytes(std::size_t bytes);

}  // namespace boxwright
