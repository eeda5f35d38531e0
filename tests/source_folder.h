// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace boxwright {

/// The folder of the sources, and tests/data in it. Functions, so that one file alone is compiled
/// anew (and no compiler cache misses) where the sources lie elsewhere.
std::string sourceFolder();
std::string testData();

}  // namespace boxwright
