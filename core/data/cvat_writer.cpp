// SPDX-License-Identifier: GPL-3.0-or-later
// Writes CVAT's XML for pictures in place.
#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/base/error.h"
#include "core/data/cvat_file.h"
#include "core/data/cvat_labels.h"
#include "core/data/picture_finder.h"
#include "core/data/shared_writer.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

std::string boxText(const LabelEdit& edit, const Box& box) {
  std::string text = "<box label=\"" + cvatAttributeText(plainNameOf(edit, box, "CVAT")) +
                     "\" source=\"manual\" occluded=\"" + (box.occluded ? "1" : "0") + "\"";
  const std::array<double, 4> edges = edgesOf(box.rect);
  for (std::size_t i = 0; i < edges.size(); ++i)
    text += std::string(" ") + kCvatEdges[i] + "=\"" + decimalText(edges[i]) + "\"";
  return text + " z_order=\"0\"/>";
}

void setAttribute(ByteEdits& edits, const XmlElements& xml, std::size_t element, const char* name,
                  const std::string& text) {
  if (const auto there = xml.attribute(element, name)) {
    edits.replace(there->value.begin, there->value.end, text);
  } else {
    const std::size_t place = xml[element].whole.begin + 1 + xml[element].name.size();
    edits.replace(place, place, std::string(" ") + name + "=\"" + text + "\"");
  }
}

void change(ByteEdits& edits, const XmlElements& xml, std::size_t element, const LabelEdit& edit,
            const Box& before, const Box& after) {
  if (before.classId != after.classId)
    setAttribute(edits, xml, element, "label", cvatAttributeText(plainNameOf(edit, after, "CVAT")));
  if (before.occluded != after.occluded)
    setAttribute(edits, xml, element, "occluded", after.occluded ? "1" : "0");
  const std::array<double, 4> old = edgesOf(before.rect), now = edgesOf(after.rect);
  for (std::size_t i = 0; i < now.size(); ++i)
    if (old[i] != now[i]) setAttribute(edits, xml, element, kCvatEdges[i], decimalText(now[i]));
}

/// The picture's own text with the objects as they are to be; `indent`: what stands before it.
template <class Part>
std::string imageText(std::string_view bytes, const std::string& indent, Part& part,
                      const CvatRenames& renames) {
  const XmlElements xml(bytes, part.edit.file);
  const std::size_t image = xml.top("image").value_or(0);
  ByteEdits edits;
  std::vector<std::size_t> shapes;
  for (const std::size_t child : xml.children(image)) {
    if (isCvatShape(xml[child].name))
      shapes.push_back(child);
    else
      renames.apply(edits, xml, child);
  }
  const LabelPlan plan = part.plan(shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const LabelPlan::Object& object = plan.objects[i];
    if (object.fate == LabelPlan::Fate::Remove) {
      xml.remove(edits, shapes[i]);
      continue;
    }
    if (object.fate == LabelPlan::Fate::Change)
      change(edits, xml, shapes[i], part.edit, *object.before, *object.after);
    if (!object.before) renames.apply(edits, xml, shapes[i]);
    part.left.push_back(object.id);
  }
  std::string text = edits.applied(bytes);
  if (plan.added.empty()) return text;
  const XmlElements now(text, part.edit.file);
  const std::vector<std::size_t> children = now.children(image);
  const std::string before =
      children.empty() ? indent + "  " : now.blanksBefore(now[children.back()].whole.begin);
  std::string added;
  for (const Box* box : plan.added) {
    added += before + boxText(part.edit, *box);
    part.left.push_back(box->id);
  }
  ByteEdits appending;
  if (now[image].closed) {
    now.setText(appending, image, added + indent);
  } else if (children.empty()) {
    appending.replace(now[image].tagEnd, now[image].contentEnd, added + indent);
  } else {
    const std::size_t place = now[children.back()].whole.end;
    appending.replace(place, place, added);
  }
  return appending.applied(text);
}

class CvatWriter final : public SharedWriter {
 protected:
  std::string apply(const std::string& bytes, const Dataset& dataset, const std::string& file,
                    std::vector<Part>& parts, FileClasses* classes) const override {
    const CvatFile cvat(bytes, file);
    const PictureFinder finder = finderFor(dataset, file, splitOfPath(file), "");
    PartsByKey byKey;
    for (std::size_t i = 0; i < parts.size(); ++i)
      byKey.emplace(dataset.pictures[parts[i].edit.picture].path, i);
    ByteEdits edits;
    CvatRenames renames;
    if (classes && classes->change()) {
      renames = CvatRenames(*classes);
      writeCvatLabels(edits, cvat, *classes);
    }
    const auto follow = [&](const XmlElement& element) {
      if (!renames.empty())
        edits.replace(element.whole.begin, element.whole.end,
                      renames.applied(cvat.part(element), file));
    };
    std::for_each(cvat.tracks.begin(), cvat.tracks.end(), follow);
    const std::unordered_map<std::size_t, std::string> earlier =
        earlierImages(parts, finder, byKey);
    std::vector<bool> there(parts.size());
    std::int64_t largest = -1;
    std::unordered_set<std::int64_t> ids;
    for (const auto& [part, text] : earlier)
      largest = std::max(largest, idOf(text));
    for (const XmlElement& image : cvat.images) {
      pugi::xml_document document;
      // The picture's tag alone tells which one it is.
      std::string tag(bytes, image.whole.begin, image.tagEnd - image.whole.begin);
      if (!image.closed) tag += "</image>";
      if (!document.load_buffer(tag.data(), tag.size(), pugi::parse_default, pugi::encoding_utf8))
        continue;
      const pugi::xml_node node = document.child("image");
      largest = std::max<std::int64_t>(largest, node.attribute("id").as_llong(-1));
      ids.insert(node.attribute("id").as_llong(-1));
      const auto key = finder.find(node.attribute("name").as_string());
      const auto found = key ? byKey.find(*key) : byKey.end();
      if (found == byKey.end()) {
        follow(image);
        continue;
      }
      // Listed twice, the first entry counts; it goes with all of them.
      if (there[found->second] && !parts[found->second].goes()) {
        follow(image);
        continue;
      }
      there[found->second] = true;
      Part& part = parts[found->second];
      const std::string indent = blanksBefore(bytes, image.whole.begin);
      if (part.goes())
        edits.replace(image.whole.begin - indent.size(), image.whole.end, "");
      else
        edits.replace(image.whole.begin, image.whole.end,
                      comesBack(part) && earlier.contains(found->second)
                          ? earlierText(earlier.at(found->second), indent, part)
                          : imageText(cvat.part(image), indent, part, renames));
    }
    const std::size_t end =
        cvat.images.empty()
            ? cvat.root.contentEnd - blanksBefore(bytes, cvat.root.contentEnd).size()
            : cvat.images.back().whole.end;
    const std::string indent = cvat.images.empty()
                                   ? std::string("\n  ")
                                   : blanksBefore(bytes, cvat.images.back().whole.begin);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (there[i] || parts[i].goes()) continue;
      const auto read = earlier.find(i);
      if (read != earlier.end() && ids.insert(idOf(read->second)).second) {
        edits.replace(end, end, indent + earlierText(read->second, indent, parts[i]));
        continue;
      }
      const std::string text = newImage(largest = nextId(largest, file), finder, parts[i].edit);
      edits.replace(end, end, indent + imageText(text, indent, parts[i], renames));
    }
    return edits.applied(bytes);
  }

  std::string newFile(const Dataset& dataset) const override {
    std::string text =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"
        "  <meta>\n    <task>\n      <labels>\n";
    for (const std::string& name : dataset.classes)
      text += "        <label>\n          <name>" + xmlEscaped(name, false) +
              "</name>\n        </label>\n";
    return text + "      </labels>\n    </task>\n  </meta>\n</annotations>\n";
  }

 private:
  /// The pictures' elements in the file as it was read, by their parts.
  static std::unordered_map<std::size_t, std::string> earlierImages(const std::vector<Part>& parts,
                                                                    const PictureFinder& finder,
                                                                    const PartsByKey& byKey) {
    std::unordered_map<std::size_t, std::string> found;
    const auto read = std::find_if(parts.begin(), parts.end(),
                                   [](const Part& part) { return part.change.read != nullptr; });
    if (read == parts.end()) return found;
    const CvatFile cvat(*read->change.read, read->edit.file);
    for (const XmlElement& image : cvat.images) {
      const std::string text(cvat.part(image));
      pugi::xml_document document;
      if (!document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8))
        continue;
      const auto key = finder.find(document.child("image").attribute("name").value());
      const auto part = key ? byKey.find(*key) : byKey.end();
      if (part != byKey.end() && parts[part->second].change.said) found.emplace(part->second, text);
    }
    return found;
  }

  /// Some of its boxes are not in the file any more, and were when it was read.
  static bool comesBack(const Part& part) {
    const std::vector<Box>& now = part.edit.before.boxes;
    return std::any_of(part.edit.after.boxes.begin(), part.edit.after.boxes.end(),
                       [&](const Box& box) {
                         return asItStood(part.change, box) &&
                                std::none_of(now.begin(), now.end(),
                                             [&](const Box& other) { return other.id == box.id; });
                       });
  }

  /// The picture's element as it was read, changed to what it is to be.
  static std::string earlierText(const std::string& text, const std::string& indent, Part& part) {
    const LabelChange change{part.change.picture, part.change.said, part.change.after};
    const LabelEdit& edit = part.edit;
    Part read{{edit.dataset, edit.picture, *part.change.said, edit.after, edit.file}, change, {}};
    const std::string changed = imageText(text, indent, read, CvatRenames());
    part.left = std::move(read.left);
    return changed;
  }

  static std::int64_t idOf(const std::string& image) {
    pugi::xml_document document;
    (void)document.load_buffer(image.data(), image.size(), pugi::parse_default,
                               pugi::encoding_utf8);
    return document.child("image").attribute("id").as_llong(-1);
  }

  static std::string blanksBefore(const std::string& bytes, std::size_t place) {
    const std::size_t last =
        place == 0 ? std::string::npos : bytes.find_last_not_of(" \t\r\n", place - 1);
    const std::size_t begin = last == std::string::npos ? 0 : last + 1;
    return bytes.substr(begin, place - begin);
  }

  static std::string newImage(std::int64_t id, const PictureFinder& finder, const LabelEdit& edit) {
    const Picture& picture = edit.dataset.pictures[edit.picture];
    const std::string split = splitOfPicture(edit.dataset, edit.picture);
    std::string text = "<image id=\"" + std::to_string(id) + "\" name=\"" +
                       cvatAttributeText(finder.nameOf(picture.path)) + "\"";
    if (!split.empty()) text += " subset=\"" + cvatAttributeText(split) + "\"";
    return text + " width=\"" + std::to_string(picture.width) + "\" height=\"" +
           std::to_string(picture.height) + "\"/>";
  }
};

}  // namespace

std::unique_ptr<LabelWriter> makeCvatWriter() {
  return std::make_unique<CvatWriter>();
}

}  // namespace boxwright
