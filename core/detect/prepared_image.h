// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace boxwright {

/// A picture made ready for a network: its input values and the size it had.
struct PreparedImage {
  std::vector<float> values;  ///< planar RGB, 3 x input height x input width
  int width = 0, height = 0;  ///< of the picture
};

}  // namespace boxwright
