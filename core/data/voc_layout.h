// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace boxwright {

/// "a/b/c.jpg" -> "a/b/c".
inline std::string withoutExtension(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t dot = path.rfind('.');
  const bool none =
      dot == std::string_view::npos || (slash != std::string_view::npos && dot < slash);
  return std::string(none ? path : path.substr(0, dot));
}

/// Where pictures and labels lie in a VOC dataset, relative to it: "" or ending with a slash.
struct VocFolders {
  std::string labels, pictures;

  /// The label of a picture below `pictures`.
  std::string labelOf(std::string_view picture) const {
    return labels + withoutExtension(picture.substr(pictures.size())) + ".xml";
  }
};

/// The folders of a dataset, with an `Annotations` folder that holds XML or with the labels beside
/// the pictures. `holdsPictures` tells whether there are any in or below a folder.
inline VocFolders vocFolders(bool annotations,
                             const std::function<bool(const std::string&)>& holdsPictures) {
  if (!annotations) return {};
  for (const char* folder : {"JPEGImages/", "images/", "Images/"}) {
    if (holdsPictures(folder)) return {"Annotations/", folder};
  }
  return {"Annotations/", ""};
}

}  // namespace boxwright
