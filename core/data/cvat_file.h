// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/xml_elements.h"

namespace boxwright {

/// CVAT's XML for pictures (version 1.1) in its parts, each a small XML text of its own that is
/// read, or changed, by itself. Views the bytes.
struct CvatFile {
  /// Throws Error, with `file`, where it is no such XML or none in UTF-8.
  CvatFile(std::string_view bytes, const std::string& file);

  std::string_view part(const XmlElement& element) const {
    return bytes.substr(element.whole.begin, element.whole.end - element.whole.begin);
  }

  std::string_view bytes;
  XmlElement root;
  std::optional<XmlElement> meta;
  std::vector<XmlElement> images, tracks;
};

inline constexpr std::array<const char*, 4> kCvatEdges = {"xtl", "ytl", "xbr", "ybr"};

/// Whether an element of a picture is something drawn in it: a box, a polygon, ….
bool isCvatShape(std::string_view name);

/// Whether the beginning of a file looks like CVAT's.
bool looksLikeCvat(std::string_view beginning);

}  // namespace boxwright
