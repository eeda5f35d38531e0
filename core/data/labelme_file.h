// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/json_edits.h"
#include "core/geometry/box.h"

namespace boxwright {

/// A shape of a LabelMe file, with its places.
struct LabelmeShape {
  ByteRange whole;
  JsonObject object;
  std::optional<std::string> label;
  std::string type;  ///< "rectangle", "polygon", …
  struct Number {
    double value = 0;
    ByteRange place;
  };
  std::vector<std::array<Number, 2>> points;
  std::string fault;  ///< why it cannot be used as a box; empty: it can
  int line = 0;

  bool isOutline() const { return type != "rectangle"; }
  /// Of its points.
  Rect bounds() const;
};

/// A flag of a shape: true in its "flags", or a member of the shape itself as X-AnyLabeling has it.
struct LabelmeFlag {
  const char* name;
  bool Box::*value;
};
inline constexpr std::array<LabelmeFlag, 4> kLabelmeFlags = {
    LabelmeFlag{"difficult", &Box::difficult},
    {"truncated", &Box::truncated},
    {"occluded", &Box::occluded},
    {"crowd", &Box::crowd},
};

/// A LabelMe file (one a picture, JSON), by its places. Views the bytes.
struct LabelmeFile {
  /// Throws Error, with `file`, where it is no JSON or has no shapes.
  LabelmeFile(std::string_view bytes, const std::string& file);

  /// The "flags" of the file or a shape.
  std::optional<JsonObject> flagsOf(const JsonObject& object) const;
  /// Whether a member says true.
  bool isTrue(const JsonObject& object, std::string_view key) const;
  std::optional<double> numberOf(std::string_view key) const;

  std::string_view bytes;
  std::string file;
  JsonObject root;
  ByteRange list;  ///< of the shapes
  std::vector<LabelmeShape> shapes;
};

/// The picture that such a file names; empty where it names none, or is none.
std::string labelmePictureOf(const std::string& bytes);

/// Whether the beginning of a file looks like LabelMe's.
bool looksLikeLabelme(std::string_view beginning);

}  // namespace boxwright
