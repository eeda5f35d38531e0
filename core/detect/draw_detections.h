// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "core/geometry/box.h"
#include "core/image/image.h"
#include "core/taxonomy/class_names.h"

namespace boxwright {

/// Draws boxes with class and confidence into a picture (saved pictures, recordings): a coloured
/// line that grows with the picture, a dark outline around it, and a plate with the words outside
/// the box where there is room. Colours are those of core/image/class_colours.h. An id without a
/// name is written as "class N".
void drawDetections(Image& image, std::span<const Detection> detections, const ClassNames& names);

}  // namespace boxwright
