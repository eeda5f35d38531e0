// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "core/image/image.h"

namespace boxwright {

/// The EXIF orientation (1..8) in a block that starts with the TIFF header ("II" or "MM"); 1 where
/// there is none or it makes no sense.
int exifOrientation(std::string_view tiff);

/// Whether the orientation swaps width and height.
inline bool swapsSides(int orientation) {
  return orientation >= 5 && orientation <= 8;
}

/// Turns a picture as stored into an upright one.
Image upright(Image stored, int orientation);

}  // namespace boxwright
