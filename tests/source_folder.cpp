// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/source_folder.h"

namespace boxwright {

std::string sourceFolder() {
  return BOXWRIGHT_SOURCE_DIR;
}

std::string testData() {
  return sourceFolder() + "/tests/data";
}

}  // namespace boxwright
