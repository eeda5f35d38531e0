// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/byte_edits.h"

namespace boxwright {

/// An element of an XML text, by its place in the bytes.
struct XmlElement {
  std::string_view name;
  std::size_t depth = 0;   ///< 0: at the top
  ByteRange whole;         ///< from the first tag's < past the last one's >
  std::size_t tagEnd = 0;  ///< past the first tag's >
  std::size_t contentEnd = 0;
  bool closed = false;  ///< <a/>: there is no content
};

/// The elements of an XML text down to a depth, in the order of the text, without a full parser's
/// check; nothing where tags do not match.
std::optional<std::vector<XmlElement>> scanXml(std::string_view bytes, std::size_t deepest);

/// All elements of an XML text in the order of the text, so that parts of it can be replaced and
/// the rest stays as it is. Views the bytes that it is made from.
class XmlElements {
 public:
  /// Throws Error, at `file`, where the bytes are no well-formed XML or none in bytes of ASCII and
  /// more, and where a full parser sees other elements than were found here.
  XmlElements(std::string_view bytes, const std::string& file);

  const XmlElement& operator[](std::size_t element) const { return elements_[element]; }
  std::string_view bytes() const { return bytes_; }
  /// Whether letters beyond ASCII are single bytes; else they are UTF-8.
  bool isLatin1() const { return latin1_; }

  /// The first at the top of this name.
  std::optional<std::size_t> top(std::string_view name) const;
  /// The direct children; all, where no name is given.
  std::vector<std::size_t> children(std::size_t parent, std::string_view name = {}) const;
  std::optional<std::size_t> child(std::size_t parent, std::string_view name) const;

  /// What a parser takes for the text of the element: its first text without the blanks around it,
  /// or CDATA section with its brackets; nothing where there is only blank.
  std::optional<ByteRange> textOf(std::size_t element) const;
  /// The blanks before a place, line ends too.
  std::string blanksBefore(std::size_t place) const;

  struct Attribute {
    ByteRange whole;  ///< with the blanks before it
    ByteRange value;  ///< without quotes
  };
  std::optional<Attribute> attribute(std::size_t element, std::string_view name) const;

  void setText(ByteEdits& edits, std::size_t element, const std::string& text) const;
  /// Takes the element out, with its lines where nothing else is on them.
  void remove(ByteEdits& edits, std::size_t element) const;

 private:
  std::string_view bytes_;
  std::vector<XmlElement> elements_;
  bool latin1_ = false;
};

/// The text as it stands in XML. Letters beyond ASCII become their numbers where `ascii`.
std::string xmlEscaped(std::string_view text, bool ascii);

}  // namespace boxwright
