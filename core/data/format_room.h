// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/geometry/box.h"

namespace boxwright {

/// What the label files of a layout have room for.
struct FormatRoom {
  bool boxes = true;
  bool difficult = false, crowd = false, truncated = false, occluded = false;
  bool verified = false;
  bool areas = false;         ///< another than the box's own, of an outline
  bool imageClasses = false;  ///< classes of the picture as a whole, besides its boxes
  bool onePixel = true;       ///< boxes of one pixel or less in width or height
  enum class Splits { None, One, Any } splits = Splits::Any;  ///< in how many a picture can be
  /// The names of classes stand in the labels: a new one needs no list.
  bool namesInLabels = false;
  /// One file for many pictures.
  bool shared = false;
};

/// Whether a layout can say where the box is: not all can hold one of a pixel or less.
bool holdsBox(const FormatRoom& room, const Rect& rect);

/// By the name of the format; bare pictures ("images") get VOC's labels.
FormatRoom formatRoomOf(const std::string& format);

}  // namespace boxwright
