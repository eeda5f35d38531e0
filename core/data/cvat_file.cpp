// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/cvat_file.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

/// What the first line says of the encoding is that of all parts: only UTF-8 is one of each.
bool isUtf8(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (!bytes.starts_with("<?xml"))
    return !bytes.starts_with("\xFF\xFE") && !bytes.starts_with("\xFE\xFF");
  const std::string_view line = bytes.substr(0, bytes.find("?>"));
  const std::size_t said = line.find("encoding");
  if (said == std::string_view::npos) return true;
  const std::string_view name = line.substr(said);
  return name.find("utf-8") != std::string_view::npos ||
         name.find("UTF-8") != std::string_view::npos ||
         name.find("ascii") != std::string_view::npos ||
         name.find("ASCII") != std::string_view::npos;
}

}  // namespace

CvatFile::CvatFile(std::string_view text, const std::string& file) : bytes(text) {
  if (!isUtf8(bytes)) throw Error("the XML is not in UTF-8", file, "save it as UTF-8");
  const std::optional<std::vector<XmlElement>> elements = scanXml(bytes, 1);
  if (!elements) throw Error("malformed XML (tags do not match)", file, "mend the file");
  const auto top = std::find_if(elements->begin(), elements->end(), [](const XmlElement& e) {
    return e.depth == 0 && e.name == "annotations";
  });
  if (top == elements->end()) throw Error("there is no <annotations> in the XML", file);
  root = *top;
  for (auto at = top + 1; at != elements->end() && at->depth == 1; ++at) {
    if (at->name == "image") images.push_back(*at);
    if (at->name == "meta" && !meta) meta = *at;
    if (at->name == "track") tracks.push_back(*at);
  }
}

bool isCvatShape(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kShapes = {
      "box", "polygon", "polyline", "points", "cuboid", "mask", "ellipse", "skeleton"};
  return std::find(kShapes.begin(), kShapes.end(), name) != kShapes.end();
}

bool looksLikeCvat(std::string_view beginning) {
  const std::size_t root = beginning.find("<annotations");
  if (root == std::string_view::npos) return false;
  const std::string_view rest = beginning.substr(root);
  return rest.find("<image") != std::string_view::npos ||
         rest.find("<meta") != std::string_view::npos;
}

}  // namespace boxwright
