// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace boxwright {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;

  bool operator==(const Colour&) const = default;
};

/// So many are in the fixed list.
inline constexpr int kFixedColours = 20;

/// The usual colour of a class, the same on every page, in saved pictures and in recordings: a fixed list
/// of 20 that stay apart under the common colour-vision deficiencies and on dark and light
/// pictures, then generated from the id (a walk round the hues). Negative ids give grey.
Colour classColour(int classId);

/// Black or white, whichever reads better on `ground` (WCAG contrast).
Colour textColourOn(Colour ground);

}  // namespace boxwright
