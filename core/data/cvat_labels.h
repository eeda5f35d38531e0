// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/data/byte_edits.h"
#include "core/data/cvat_file.h"
#include "core/data/file_classes.h"
#include "core/data/xml_elements.h"

namespace boxwright {

/// The name of a label in the meta of a CVAT file, from its element's text.
std::string cvatLabelName(std::string_view element);

/// Brings the labels in the meta up to date. A label keeps all that is said of it besides its name;
/// those that go are in `classes.gone` then. Throws Error where the meta is malformed.
void writeCvatLabels(ByteEdits& edits, const CvatFile& cvat, FileClasses& classes);

/// The labels that are called differently, with their new names: what is no box of ours, such as
/// polygons and tracks, follows.
class CvatRenames {
 public:
  CvatRenames() = default;
  explicit CvatRenames(const FileClasses& classes);

  bool empty() const { return names_.empty(); }
  /// In the element alone.
  void apply(ByteEdits& edits, const XmlElements& xml, std::size_t element) const;
  /// In the whole text of a picture or a track: in it and in what stands directly in it. One that
  /// is malformed stays as it is.
  std::string applied(std::string_view text, const std::string& file) const;

 private:
  std::unordered_map<std::string, std::string> names_;
};

/// The text as the value of an attribute.
std::string cvatAttributeText(const std::string& text);

}  // namespace boxwright
