// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/format_room.h"

namespace boxwright {

bool holdsBox(const FormatRoom& room, const Rect& rect) {
  return room.onePixel || (rect.right > rect.left + 1 && rect.bottom > rect.top + 1);
}

FormatRoom formatRoomOf(const std::string& format) {
  FormatRoom room;
  if (format == "voc" || format == "images") {
    room.difficult = room.truncated = room.occluded = room.verified = true;
    room.onePixel = false;
    room.namesInLabels = true;
  } else if (format == "darknet") {
    room.imageClasses = true;
  } else if (format == "coco") {
    room.crowd = room.areas = room.shared = true;
    room.splits = FormatRoom::Splits::One;
  } else if (format == "labelme") {
    room.difficult = room.truncated = room.occluded = room.crowd = room.verified = true;
    room.splits = FormatRoom::Splits::None;
    room.namesInLabels = true;
  } else if (format == "cvat") {
    room.occluded = room.shared = true;
    room.splits = FormatRoom::Splits::One;
    room.namesInLabels = true;
  } else if (format == "csv") {
    room.shared = room.namesInLabels = true;
    room.splits = FormatRoom::Splits::One;
  } else if (format == "class-folders") {
    room.boxes = false;
    room.splits = FormatRoom::Splits::One;
  }
  return room;
}

}  // namespace boxwright
