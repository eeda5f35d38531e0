// SPDX-License-Identifier: GPL-3.0-or-later
// Writes LabelMe's JSON in place.
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/label_writer_plan.h"
#include "core/data/labelme_file.h"
#include "core/data/own_file_writer.h"
#include "core/data/own_labels.h"
#include "core/data/text_lines.h"
#include "core/data/voc_layout.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

using Values = std::vector<std::pair<std::string, std::string>>;

const char* textOf(bool value) {
  return value ? "true" : "false";
}

/// One edit of one file.
class LabelmeEdit {
 public:
  explicit LabelmeEdit(LabelEdit edit) : edit_(std::move(edit)) {}

  std::string apply(const std::string& bytes, LabelSlots& slots) {
    const LabelmeFile file(bytes, edit_.file);
    const LabelPlan plan = labelPlan(edit_, slots, file.shapes.size());
    ByteEdits edits;
    if (edit_.before.verified != edit_.after.verified) setVerified(edits, file);
    JsonArrayEdits list(bytes, file.list.begin, edits);
    LabelSlots left;
    for (std::size_t i = 0; i < file.shapes.size(); ++i) {
      const LabelPlan::Object& object = plan.objects[i];
      const ByteRange whole = file.shapes[i].whole;
      if (object.fate == LabelPlan::Fate::Remove) {
        list.remove(whole);
        continue;
      }
      if (object.fate == LabelPlan::Fate::Change)
        change(edits, file, file.shapes[i], *object.before, *object.after);
      if (!object.before) follow(edits, file.shapes[i]);
      list.keep(whole);
      left.push_back(object.id);
    }
    std::vector<std::string> added;
    for (const Box* box : plan.added) {
      added.push_back(shapeText(*box));
      left.push_back(box->id);
    }
    list.finish(added, file.list.end);
    slots = std::move(left);
    return edits.applied(bytes);
  }

  std::string newFile() const {
    const Picture& picture = edit_.dataset.pictures[edit_.picture];
    const std::string name = utf8(edit_.dataset.absolutePath(edit_.picture).filename());
    return "{\n  \"version\": \"5.4.1\",\n  \"flags\": {},\n  \"shapes\": [],\n  \"imagePath\": " +
           jsonQuoted(name) +
           ",\n  \"imageData\": null,\n  \"imageHeight\": " + std::to_string(picture.height) +
           ",\n  \"imageWidth\": " + std::to_string(picture.width) + "\n}\n";
  }

 private:
  Error unfit() const {
    return Error("the label file is not what was read (a shape is another)", edit_.file,
                 "open the dataset again");
  }

  std::string nameOf(const Box& box) const {
    const ClassNames& classes = edit_.dataset.classes;
    const std::string& name = classes[static_cast<std::size_t>(box.classId)];
    if (name.empty()) throw Error("LabelMe cannot hold a class without a name", edit_.file);
    if (classIdOf(classes, name) != box.classId)
      throw Error("two classes are called '" + name + "', which LabelMe cannot tell apart",
                  edit_.file, "give them different names");
    return jsonQuoted(name);
  }

  std::string shapeText(const Box& box) const {
    const Rect& r = box.rect;
    std::string flags;
    for (const LabelmeFlag& flag : kLabelmeFlags) {
      if (!(box.*flag.value)) continue;
      flags += (flags.empty() ? "" : ", ") + jsonQuoted(flag.name) + ": true";
    }
    return "{\"label\": " + nameOf(box) + ", \"points\": [[" + decimalText(r.left) + ", " +
           decimalText(r.top) + "], [" + decimalText(r.right) + ", " + decimalText(r.bottom) +
           "]], \"group_id\": null, \"description\": \"\", \"shape_type\": \"rectangle\", "
           "\"flags\": {" +
           flags + "}}";
  }

  void change(ByteEdits& edits, const LabelmeFile& file, const LabelmeShape& shape,
              const Box& before, const Box& after) const {
    if (!shape.fault.empty()) throw unfit();
    const JsonObject& object = shape.object;
    Values own, flags;
    if (before.classId != after.classId) own.emplace_back("label", nameOf(after));
    const std::optional<JsonObject> there = file.flagsOf(object);
    for (const LabelmeFlag& flag : kLabelmeFlags) {
      if (before.*flag.value == after.*flag.value) continue;
      const bool member = object.find(flag.name).has_value();
      if (member) own.emplace_back(flag.name, textOf(after.*flag.value));
      // Either of them says it.
      if (!member || (there && there->find(flag.name)))
        flags.emplace_back(flag.name, textOf(after.*flag.value));
    }
    setFlags(edits, object, there, own, flags);
    move(edits, shape, before.rect, after.rect);
  }

  /// A shape that cannot be used is of a class, too.
  void follow(ByteEdits& edits, const LabelmeShape& shape) const {
    const auto name = shape.label ? edit_.nameNow(*shape.label) : std::nullopt;
    if (name) shape.object.set(edits, {{"label", jsonQuoted(*name)}});
  }

  static void setFlags(ByteEdits& edits, const JsonObject& object,
                       const std::optional<JsonObject>& there, Values own, const Values& flags) {
    if (there) {
      there->set(edits, flags);
    } else if (!flags.empty()) {
      std::string text;
      for (const auto& [name, value] : flags)
        text += (text.empty() ? "{" : ", ") + jsonQuoted(name) + ": " + value;
      own.emplace_back("flags", text + "}");
    }
    object.set(edits, own);
  }

  /// Each point comes to lie in the new bounds where it lay in the shape's own, which may stick out
  /// of the picture; what lies on an edge that stays keeps its text.
  static void move(ByteEdits& edits, const LabelmeShape& shape, const Rect& before,
                   const Rect& after) {
    const Rect from = shape.bounds();
    const auto axis = [&](std::size_t k, double Rect::*low, double Rect::*high) {
      const bool lowMoves = before.*low != after.*low, highMoves = before.*high != after.*high;
      if (!lowMoves && !highMoves) return;
      for (const auto& point : shape.points) {
        const double value = point[k].value;
        double now = 0;
        if (value == from.*low) {
          if (!lowMoves) continue;
          now = after.*low;
        } else if (value == from.*high) {
          if (!highMoves) continue;
          now = after.*high;
        } else {
          const double place = (value - from.*low) / (from.*high - from.*low);
          now = after.*low + place * (after.*high - after.*low);
        }
        edits.replace(point[k].place.begin, point[k].place.end, decimalText(now));
      }
    };
    axis(0, &Rect::left, &Rect::right);
    axis(1, &Rect::top, &Rect::bottom);
  }

  void setVerified(ByteEdits& edits, const LabelmeFile& file) const {
    Values own, flags;
    const bool now = edit_.after.verified;
    const std::optional<JsonObject> there = file.flagsOf(file.root);
    const bool checked = file.root.find("checked").has_value();  // X-AnyLabeling's
    if (checked) own.emplace_back("checked", textOf(now));
    if (!checked || (there && there->find("verified"))) flags.emplace_back("verified", textOf(now));
    setFlags(edits, file.root, there, own, flags);
  }

  LabelEdit edit_;
};

class LabelmeWriter final : public OwnFileWriter {
 public:
  fs::path fileOf(const Dataset& dataset, std::size_t picture) const override {
    return dataset.root /
           pathFromUtf8(labelFileIn(dataset, {}, ".json", dataset.pictures.at(picture).path));
  }

 protected:
  LabelSlots slotsOf(const std::string& bytes, const std::string& file) const override {
    return firstSlots(LabelmeFile(bytes, file).shapes.size());
  }

  std::optional<std::string> writeOne(const std::optional<std::string>& bytes,
                                      const LabelEdit& edit, LabelSlots& slots) const override {
    checkAnnotation(edit, false);
    if (edit.after.state == LabelState::Unlabelled)
      return leftUnlabelled(bytes, edit.before, slots);
    LabelmeEdit labelme(edit);
    if (bytes) return labelme.apply(*bytes, slots);
    // Nothing is said yet, verified or not.
    const Annotation nothing{edit.before.state, false, edit.before.boxes, {}};
    return LabelmeEdit({edit.dataset, edit.picture, nothing, edit.after, edit.file})
        .apply(labelme.newFile(), slots);
  }
};

}  // namespace

std::unique_ptr<LabelWriter> makeLabelmeWriter() {
  return std::make_unique<LabelmeWriter>();
}

}  // namespace boxwright
