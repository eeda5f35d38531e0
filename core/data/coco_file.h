// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/data/json_cursor.h"

namespace boxwright {

// The parts of a COCO instances file, with their places in its bytes.

struct CocoCategory {
  ByteRange whole;
  std::optional<std::int64_t> id;
  std::optional<std::string> name;
  int line = 0;
};

struct CocoImage {
  ByteRange whole;
  std::optional<std::int64_t> id;
  std::optional<std::string> fileName;
  double width = 0, height = 0;
  int line = 0;
};

struct CocoAnnotation {
  ByteRange whole;
  std::optional<std::int64_t> id, image, category;
  bool boxed = false;                        ///< there is a bbox of four
  std::array<std::optional<double>, 4> box;  ///< x, y, width, height
  std::array<ByteRange, 4> boxPlaces;        ///< of its numbers
  std::optional<double> area, score;
  bool crowd = false;
  /// Of the values; empty where there are none.
  ByteRange idPlace, imagePlace, categoryPlace, areaPlace, crowdPlace;
  std::size_t bodyEnd = 0;  ///< past the last member
  int line = 0;
};

/// What is told of each part, in the file's order; those that are empty are passed over. An element
/// that is no object is told with nothing in it.
struct CocoSink {
  std::function<void(const CocoCategory&)> category;
  std::function<void(const CocoImage&)> image;
  std::function<void(const CocoAnnotation&)> annotation;
};

/// The lists of a COCO file; one that is missing is nothing.
struct CocoLists {
  std::optional<ByteRange> categories, images, annotations;
  std::size_t open = 0;  ///< past the first bracket
  bool empty = true;     ///< nothing stands between it and the last
};

/// Reads a COCO file. Throws Error where it is no JSON, or no object.
CocoLists readCoco(JsonCursor& json, const CocoSink& sink);

/// Whether the beginning of a file looks like COCO's (its images, annotations or categories are
/// its first lists).
bool looksLikeCoco(std::string_view beginning);

}  // namespace boxwright
