// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_writer_plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <system_error>
#include <unordered_map>

#include "core/base/counted.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

using BoxesById = std::unordered_map<std::uint32_t, const Box*>;

BoxesById boxesById(const Annotation& annotation, const std::string& file) {
  BoxesById boxes;
  for (const Box& box : annotation.boxes) {
    if (!boxes.emplace(box.id, &box).second)
      throw Error("two boxes of the picture have the same number", file);
  }
  return boxes;
}

const Box* boxOf(const BoxesById& boxes, std::uint32_t id) {
  const auto found = boxes.find(id);
  return found == boxes.end() ? nullptr : found->second;
}

void checkBox(const LabelEdit& edit, const Box& box) {
  if (box.classId < 0 || static_cast<std::size_t>(box.classId) >= edit.dataset.classes.size())
    throw Error("a box has the class " + std::to_string(box.classId) + " of " +
                    counted(edit.dataset.classes.size(), "class", "classes"),
                edit.file);
  const Rect& r = box.rect;
  for (const double edge : {r.left, r.top, r.right, r.bottom}) {
    if (!std::isfinite(edge)) throw Error("an edge of a box is no number", edit.file);
  }
  if (r.right <= r.left || r.bottom <= r.top) throw Error("a box has no area", edit.file);
  const Picture& picture = edit.dataset.pictures[edit.picture];
  if (picture.width <= 0 || picture.height <= 0)
    throw Error("the picture's size is not known", edit.file);
  if (r.right <= 0 || r.bottom <= 0 || r.left >= picture.width || r.top >= picture.height)
    throw Error("a box lies outside the picture", edit.file);
}

}  // namespace

std::optional<std::string> LabelEdit::nameNow(const std::string& name) const {
  if (!followed) return std::nullopt;
  const auto found = followed->names.find(name);
  return found == followed->names.end() ? std::nullopt : std::optional(found->second);
}

void checkAnnotation(const LabelEdit& edit, bool wholePictures) {
  const Annotation& after = edit.after;
  const bool any = !after.boxes.empty() || !after.imageClasses.empty();
  if (any != (after.state == LabelState::Labelled)) {
    throw Error(std::string("the picture is ") + labelStateName(after.state) +
                    (any ? " and has boxes" : " and has no boxes"),
                edit.file);
  }
  if (!wholePictures && !after.imageClasses.empty())
    throw Error("this layout has no classes of whole pictures", edit.file);
  for (const int id : after.imageClasses) {
    if (id < 0 || static_cast<std::size_t>(id) >= edit.dataset.classes.size())
      throw Error("the picture has the class " + std::to_string(id) + " of " +
                      counted(edit.dataset.classes.size(), "class", "classes"),
                  edit.file);
  }
}

LabelPlan labelPlan(const LabelEdit& edit, const LabelSlots& slots, std::size_t objects) {
  const auto unfit = [&](const std::string& what) {
    return Error("the label file is not what was read (" + what + ")", edit.file,
                 "open the dataset again");
  };
  if (slots.size() != objects) {
    throw unfit(counted(objects, "object", "objects") + " instead of " +
                std::to_string(slots.size()));
  }
  LabelSlots sorted = slots;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    throw unfit("two objects are the same box");
  const BoxesById before = boxesById(edit.before, edit.file);
  BoxesById after = boxesById(edit.after, edit.file);
  std::uint32_t unused = unusedId(slots, edit.after);
  LabelPlan plan;
  std::size_t known = 0;
  for (const std::uint32_t id : slots) {
    LabelPlan::Object object{id, LabelPlan::Fate::Keep, boxOf(before, id), nullptr};
    if (object.before) {
      ++known;
      object.after = boxOf(after, id);
      after.erase(id);
      object.fate = !object.after                     ? LabelPlan::Fate::Remove
                    : *object.after == *object.before ? LabelPlan::Fate::Keep
                                                      : LabelPlan::Fate::Change;
    } else if (after.contains(id)) {
      // What cannot be used is not seen by those who number new boxes: it makes room.
      object.id = unused++;
    }
    if (edit.after.state == LabelState::Negative) object.fate = LabelPlan::Fate::Remove;
    if (object.fate == LabelPlan::Fate::Change) checkBox(edit, *object.after);
    plan.objects.push_back(object);
  }
  if (known != before.size()) throw unfit("a box is missing");
  for (const Box& box : edit.after.boxes) {
    if (!after.contains(box.id)) continue;
    checkBox(edit, box);
    plan.added.push_back(&box);
  }
  return plan;
}

LabelPlan planAnew(const LabelEdit& edit, std::size_t objects) {
  LabelPlan plan;
  plan.objects.assign(objects, {0, LabelPlan::Fate::Remove, nullptr, nullptr});
  for (const Box& box : edit.after.boxes) {
    checkBox(edit, box);
    plan.added.push_back(&box);
  }
  return plan;
}

LabelSlots firstSlots(std::size_t objects) {
  LabelSlots slots(objects);
  std::iota(slots.begin(), slots.end(), 1U);
  return slots;
}

std::optional<std::string> leftUnlabelled(const std::optional<std::string>& bytes,
                                          const Annotation& before, LabelSlots& slots) {
  if (before.state == LabelState::Unlabelled) return bytes;
  slots.clear();
  return std::nullopt;
}

std::uint32_t unusedId(const LabelSlots& slots, const Annotation& annotation) {
  std::uint32_t largest = 0;
  for (const std::uint32_t id : slots)
    largest = std::max(largest, id);
  for (const Box& box : annotation.boxes)
    largest = std::max(largest, box.id);
  return largest + 1;
}

std::string decimalText(double value) {
  char buffer[400];  // the smallest double has 324 places
  const auto [end, code] =
      std::to_chars(buffer, buffer + sizeof buffer, value + 0.0, std::chars_format::fixed);
  if (code != std::errc()) throw Error("a number is too long to be written");
  return std::string(buffer, end);
}

}  // namespace boxwright
