// SPDX-License-Identifier: GPL-3.0-or-later
// Writes VOC's XML in place, as labelImg has it where something is new.
#include <algorithm>
#include <array>
#include <cmath>
#include <pugixml.hpp>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/folder_listing.h"
#include "core/data/label_places.h"
#include "core/data/label_writer.h"
#include "core/data/label_writer_plan.h"
#include "core/data/own_file_writer.h"
#include "core/data/own_labels.h"
#include "core/data/text_lines.h"
#include "core/data/voc_layout.h"
#include "core/data/xml_elements.h"
#include "core/geometry/conversion.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 4> kCorners = {"xmin", "ymin", "xmax", "ymax"};

std::array<double, 4> cornersOf(const Box& box) {
  const Rect voc = vocFromRect(box.rect);
  return {voc.left, voc.top, voc.right, voc.bottom};
}

struct Flag {
  const char* name;
  bool Box::*value;
};
constexpr std::array<Flag, 3> kFlags = {
    Flag{"truncated", &Box::truncated},
    {"difficult", &Box::difficult},
    {"occluded", &Box::occluded},
};

/// Empty where there is none.
std::string firstLineEnd(std::string_view text) {
  const std::size_t at = text.find_first_of("\r\n");
  if (at == std::string_view::npos) return {};
  return std::string(text.substr(at, text.substr(at).starts_with("\r\n") ? 2 : 1));
}

/// What stands before the tags of an object: line ends and indentation, or nothing.
struct Blanks {
  std::string object, child, corner;
  std::string cornersEnd, objectEnd;
};

/// Those of the newest object that can be taken for a model, else tabs or the indentation of what
/// else is in the file.
Blanks blanksOf(const XmlElements& xml, std::size_t root) {
  const std::vector<std::size_t> objects = xml.children(root, "object");
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
    const auto name = xml.child(*object, "name");
    const auto corners = xml.child(*object, "bndbox");
    const auto corner = corners ? xml.child(*corners, "xmin") : std::nullopt;
    if (!name || !corner) continue;
    return {xml.blanksBefore(xml[*object].whole.begin), xml.blanksBefore(xml[*name].whole.begin),
            xml.blanksBefore(xml[*corner].whole.begin), xml.blanksBefore(xml[*corners].contentEnd),
            xml.blanksBefore(xml[*object].contentEnd)};
  }
  const std::string found = firstLineEnd(xml.bytes());
  const std::string eol = found.empty() ? "\n" : found;
  std::string step = "\t";
  const std::vector<std::size_t> others = xml.children(root);
  if (!others.empty()) {
    const std::string before = xml.blanksBefore(xml[others.front()].whole.begin);
    const std::size_t line = before.find_last_of("\r\n");
    if (line != std::string::npos && line + 1 < before.size()) step = before.substr(line + 1);
  }
  const std::string object = eol + step, child = object + step;
  return {object, child, child + step, child, object};
}

std::string element(const char* name, const std::string& text) {
  return std::string("<") + name + ">" + text + "</" + name + ">";
}

std::string objectText(const Box& box, const std::string& name,
                       const std::array<double, 4>& corners, const Blanks& blanks) {
  std::string text = blanks.object + "<object>" + blanks.child + element("name", name) +
                     blanks.child + element("pose", "Unspecified");
  for (const Flag& flag : kFlags) {
    const bool set = box.*flag.value;
    if (!set && flag.value == &Box::occluded) continue;  // no field of VOC's first years
    text += blanks.child + element(flag.name, set ? "1" : "0");
  }
  text += blanks.child + "<bndbox>";
  for (std::size_t i = 0; i < corners.size(); ++i)
    text += blanks.corner + element(kCorners[i], decimalText(corners[i]));
  return text + blanks.cornersEnd + "</bndbox>" + blanks.objectEnd + "</object>";
}

/// One edit of one file.
class VocEdit {
 public:
  VocEdit(LabelEdit edit, LabelNumbers numbers) : edit_(std::move(edit)), numbers_(numbers) {}

  std::string apply(const std::string& bytes, LabelSlots& slots) {
    const XmlElements xml(bytes, edit_.file);
    const std::size_t root = rootOf(xml, edit_.file);
    ascii_ = xml.isLatin1();
    const std::vector<std::size_t> objects = xml.children(root, "object");
    whole_ = numbers_ == LabelNumbers::AsUsual && areWhole(xml, objects);
    const LabelPlan plan = labelPlan(edit_, slots, objects.size());
    ByteEdits edits;
    if (edit_.before.verified != edit_.after.verified) setVerified(edits, xml, root);
    LabelSlots left;
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const LabelPlan::Object& object = plan.objects[i];
      if (object.fate == LabelPlan::Fate::Remove) {
        xml.remove(edits, objects[i]);
        continue;
      }
      left.push_back(object.id);
      if (object.fate == LabelPlan::Fate::Change)
        change(edits, xml, objects[i], *object.before, *object.after);
      if (!object.before) follow(edits, xml, objects[i]);
    }
    std::string text;
    const Blanks blanks = blanksOf(xml, root);
    for (const Box* box : plan.added) {
      const std::array<double, 4> corners = cornersOf(*box);
      checkSides(corners[0], corners[2]);
      checkSides(corners[1], corners[3]);
      text += objectText(*box, nameOf(*box), written(corners), blanks);
      left.push_back(box->id);
    }
    std::string result = edits.applied(bytes);
    if (!text.empty()) result = appended(result, text);
    slots = std::move(left);
    return result;
  }

  std::string newFile() const {
    const Picture& picture = edit_.dataset.pictures[edit_.picture];
    const fs::path path = edit_.dataset.absolutePath(edit_.picture).lexically_normal();
    const auto name = [](const fs::path& part) { return xmlEscaped(utf8(part), false); };
    std::string text = "<annotation>\n";
    text += "\t" + element("folder", name(path.parent_path().filename())) + "\n";
    text += "\t" + element("filename", name(path.filename())) + "\n";
    text += "\t<size>\n";
    text += "\t\t" + element("width", std::to_string(picture.width)) + "\n";
    text += "\t\t" + element("height", std::to_string(picture.height)) + "\n";
    text += "\t\t" + element("depth", "3") + "\n";
    text += "\t</size>\n";
    return text + "\t" + element("segmented", "0") + "\n</annotation>\n";
  }

  static std::size_t rootOf(const XmlElements& xml, const std::string& file) {
    const std::optional<std::size_t> root = xml.top("annotation");
    if (!root) throw Error("there is no <annotation> in the XML", file);
    return *root;
  }

 private:
  /// Whether no corner of the file has a fraction.
  static bool areWhole(const XmlElements& xml, const std::vector<std::size_t>& objects) {
    for (const std::size_t object : objects) {
      const auto bounds = xml.child(object, "bndbox");
      if (!bounds) continue;
      for (const std::size_t corner : xml.children(*bounds)) {
        const auto text = xml.textOf(corner);
        const auto value =
            text ? numberFrom(xml.bytes().substr(text->begin, text->end - text->begin))
                 : std::nullopt;
        if (value && *value != std::floor(*value)) return false;
      }
    }
    return true;
  }

  /// The corners as they are to stand there. A side that would vanish keeps its fractions.
  std::array<double, 4> written(std::array<double, 4> corners) const {
    if (!whole_) return corners;
    for (const std::size_t low : {0U, 1U}) {
      const double from = std::round(corners[low]), to = std::round(corners[low + 2]);
      if (to <= from) continue;
      corners[low] = from;
      corners[low + 2] = to;
    }
    return corners;
  }

  /// An object that cannot be used is of a class, too.
  void follow(ByteEdits& edits, const XmlElements& xml, std::size_t object) const {
    if (!edit_.followed) return;
    const auto name = xml.child(object, "name");
    const auto text = name ? xml.textOf(*name) : std::nullopt;
    if (!text) return;
    const ByteRange whole = xml[*name].whole;
    pugi::xml_document document;
    if (!document.load_buffer(xml.bytes().data() + whole.begin, whole.end - whole.begin,
                              pugi::parse_default,
                              ascii_ ? pugi::encoding_latin1 : pugi::encoding_utf8))
      return;
    if (const auto now = edit_.nameNow(std::string(trimmed(document.child_value("name")))))
      xml.setText(edits, *name, xmlEscaped(*now, ascii_));
  }

  /// The class's name as it stands in XML, where reading it gives this class again.
  std::string nameOf(const Box& box) const {
    const ClassNames& classes = edit_.dataset.classes;
    const std::string& name = classes[static_cast<std::size_t>(box.classId)];
    if (name.empty() || trimmed(name) != name)
      throw Error("VOC cannot hold the class name '" + name + "'", edit_.file,
                  "names may not be empty or have blanks around them");
    if (classIdOf(classes, name) != box.classId)
      throw Error("two classes are called '" + name + "', which VOC cannot tell from each other",
                  edit_.file, "give them different names");
    return xmlEscaped(name, ascii_);
  }

  /// Corners are inclusive, and equal ones are taken for a click without a drag.
  void checkSides(double low, double high) const {
    if (high <= low)
      throw Error("VOC cannot hold a box of one pixel or less in width or height", edit_.file,
                  "make it larger");
  }

  void change(ByteEdits& edits, const XmlElements& xml, std::size_t object, const Box& before,
              const Box& after) const {
    const auto name = xml.child(object, "name");
    const auto bounds = xml.child(object, "bndbox");
    const auto unfit = [&] {
      return Error("the label file is not what was read (a box is incomplete)", edit_.file,
                   "open the dataset again");
    };
    if (!name || !bounds) throw unfit();
    if (after.classId != before.classId) xml.setText(edits, *name, nameOf(after));
    for (const Flag& flag : kFlags) {
      if (before.*flag.value == after.*flag.value) continue;
      const std::string text = after.*flag.value ? "1" : "0";
      if (const auto there = xml.child(object, flag.name)) {
        xml.setText(edits, *there, text);
      } else {
        const std::size_t place = xml[*bounds].whole.begin;
        edits.replace(place, place, element(flag.name, text) + xml.blanksBefore(place));
      }
    }
    const std::array<double, 4> old = cornersOf(before), now = cornersOf(after);
    const std::array<double, 4> texts = written(now);
    for (const std::size_t low : {0U, 1U}) {
      // One that sticks out may be less than a pixel in the picture.
      if (old[low] != now[low] || old[low + 2] != now[low + 2]) checkSides(now[low], now[low + 2]);
    }
    for (std::size_t i = 0; i < kCorners.size(); ++i) {
      const auto corner = xml.child(*bounds, kCorners[i]);
      if (!corner) throw unfit();
      const std::size_t low = i % 2, other = i < 2 ? i + 2 : i - 2;
      const bool moved = old[low] != now[low] || old[low + 2] != now[low + 2];
      if (old[i] != now[i] || (moved && isRoundedOtherwise(xml, *corner, texts[i], texts[other])))
        xml.setText(edits, *corner, decimalText(texts[i]));
    }
  }

  /// The side that stays may have been rounded with another than the one that it has now: sides are
  /// rounded together or not at all, and none lies beyond the other.
  bool isRoundedOtherwise(const XmlElements& xml, std::size_t corner, double wanted,
                          double other) const {
    const auto text = xml.textOf(corner);
    const auto said =
        text ? numberFrom(xml.bytes().substr(text->begin, text->end - text->begin)) : std::nullopt;
    if (!said || *said == wanted || std::abs(*said - wanted) >= 1) return false;
    return whole_ || (*said < other) != (wanted < other);
  }

  void setVerified(ByteEdits& edits, const XmlElements& xml, std::size_t root) const {
    const auto there = xml.attribute(root, "verified");
    const std::size_t nameEnd = xml[root].whole.begin + 1 + xml[root].name.size();
    if (!edit_.after.verified) {
      if (there) edits.replace(there->whole.begin, there->whole.end, "");
    } else if (there) {
      edits.replace(there->value.begin, there->value.end, "yes");
    } else {
      edits.replace(nameEnd, nameEnd, " verified=\"yes\"");
    }
  }

  /// Adds objects after the last one, or after what else is there.
  std::string appended(const std::string& bytes, const std::string& text) const {
    const XmlElements xml(bytes, edit_.file);
    const std::size_t root = rootOf(xml, edit_.file);
    const XmlElement& annotation = xml[root];
    std::vector<std::size_t> there = xml.children(root, "object");
    if (there.empty()) there = xml.children(root);
    const std::size_t place = there.empty() ? annotation.tagEnd : xml[there.back()].whole.end;
    // The last tag gets its own line where the objects have theirs.
    const std::string eol = firstLineEnd(std::string_view(text).substr(0, text.find('<')));
    ByteEdits edits;
    if (annotation.closed) {
      xml.setText(edits, root, text + eol);
    } else {
      edits.replace(place, place, place == annotation.contentEnd ? text + eol : text);
    }
    return edits.applied(bytes);
  }

  LabelEdit edit_;
  LabelNumbers numbers_;
  bool whole_ = false;  ///< numbers are to be without fractions
  bool ascii_ = false;  ///< of the file's letters only these can be written
};

class VocWriter final : public OwnFileWriter {
 public:
  VocWriter(const Dataset& dataset, LabelNumbers numbers) : numbers_(numbers) {
    if (dataset.format != "voc") return;
    folders_ = vocFolders(hasAnnotations(dataset.root), [&](const std::string& folder) {
      return std::any_of(dataset.pictures.begin(), dataset.pictures.end(),
                         [&](const Picture& picture) { return picture.path.starts_with(folder); });
    });
  }

  fs::path fileOf(const Dataset& dataset, std::size_t picture) const override {
    const std::string& path = dataset.pictures.at(picture).path;
    if (!path.starts_with(folders_.pictures) || pathFromUtf8(path).is_absolute())
      return pathFromUtf8(withoutExtension(utf8(dataset.absolutePath(picture))) + ".xml");
    return dataset.root / pathFromUtf8(labelFileIn(dataset, folders_, ".xml", path));
  }

 protected:
  LabelSlots slotsOf(const std::string& bytes, const std::string& file) const override {
    const XmlElements xml(bytes, file);
    return firstSlots(xml.children(VocEdit::rootOf(xml, file), "object").size());
  }

  std::optional<std::string> writeOne(const std::optional<std::string>& bytes,
                                      const LabelEdit& edit, LabelSlots& slots) const override {
    checkAnnotation(edit, false);
    if (edit.after.state == LabelState::Unlabelled)
      return leftUnlabelled(bytes, edit.before, slots);
    VocEdit voc(edit, numbers_);
    if (bytes) return voc.apply(*bytes, slots);
    // Nothing is said yet, verified or not.
    const Annotation nothing{edit.before.state, false, edit.before.boxes, {}};
    return VocEdit({edit.dataset, edit.picture, nothing, edit.after, edit.file}, numbers_)
        .apply(voc.newFile(), slots);
  }

 private:
  /// As the reader has it: a folder without XML is none, unless there is some in the trash.
  static bool hasAnnotations(const fs::path& root) {
    std::error_code ignored;
    if (fs::exists(trashOf(root) / "Annotations", ignored)) return true;
    try {
      return !listFolder(root / "Annotations").xml.empty();
    } catch (const Error&) {
      return false;
    }
  }

  VocFolders folders_;
  LabelNumbers numbers_;
};

}  // namespace

std::unique_ptr<LabelWriter> makeVocWriter(const Dataset& dataset, LabelNumbers numbers) {
  return std::make_unique<VocWriter>(dataset, numbers);
}

}  // namespace boxwright
