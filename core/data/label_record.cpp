// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_record.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace boxwright {
namespace {

using Json = nlohmann::json;

enum Flag : int { Difficult = 1, Crowd = 2, Truncated = 4, Occluded = 8 };

/// [id, class, left, top, right, bottom, flags, area, score]
Json json(const Box& box) {
  const int flags = (box.difficult ? Difficult : 0) | (box.crowd ? Crowd : 0) |
                    (box.truncated ? Truncated : 0) | (box.occluded ? Occluded : 0);
  Json list = {box.id,          box.classId, box.rect.left, box.rect.top, box.rect.right,
               box.rect.bottom, flags,       nullptr,       nullptr};
  if (box.area) list[7] = *box.area;
  if (box.score) list[8] = *box.score;
  return list;
}

Box boxFrom(const Json& list) {
  Box box;
  box.id = list.at(0);
  box.classId = list.at(1);
  box.rect = {list.at(2), list.at(3), list.at(4), list.at(5)};
  const int flags = list.at(6);
  box.difficult = flags & Difficult;
  box.crowd = flags & Crowd;
  box.truncated = flags & Truncated;
  box.occluded = flags & Occluded;
  if (!list.at(7).is_null()) box.area = list.at(7).get<double>();
  if (!list.at(8).is_null()) box.score = list.at(8).get<float>();
  return box;
}

Json json(const AnnotationMarks& marks) {
  return {static_cast<int>(marks.state), marks.verified, marks.imageClasses, marks.trashed};
}

AnnotationMarks marksFrom(const Json& list) {
  const int state = list.at(0);
  if (state < 0 || state > static_cast<int>(LabelState::Labelled))
    throw Json::out_of_range::create(401, "no state", &list);
  return {static_cast<LabelState>(state), list.at(1), list.at(2), list.at(3)};
}

Json json(const Annotation& annotation) {
  Json boxes = Json::array();
  for (const Box& box : annotation.boxes)
    boxes.push_back(json(box));
  return {{"marks", json(marksOf(annotation))}, {"boxes", std::move(boxes)}};
}

Annotation annotationFrom(const Json& object) {
  AnnotationMarks marks = marksFrom(object.at("marks"));
  Annotation annotation{
      marks.state, marks.verified, {}, std::move(marks.imageClasses), marks.trashed};
  for (const Json& box : object.at("boxes"))
    annotation.boxes.push_back(boxFrom(box));
  return annotation;
}

Json json(const std::vector<AnnotationChange::PlacedBox>& boxes) {
  Json list = Json::array();
  for (const AnnotationChange::PlacedBox& placed : boxes)
    list.push_back({placed.place, json(placed.box)});
  return list;
}

std::vector<AnnotationChange::PlacedBox> placedFrom(const Json& list) {
  std::vector<AnnotationChange::PlacedBox> boxes;
  for (const Json& placed : list)
    boxes.push_back({placed.at(0), boxFrom(placed.at(1))});
  return boxes;
}

/// [[identity, name], …]; of one whose identity is its id, the name alone.
Json json(const ClassList& classes) {
  Json list = Json::array();
  for (const ListedClass& listed : classes) {
    if (listed.identity == static_cast<int>(list.size()))
      list.push_back(listed.name);
    else
      list.push_back({listed.identity, listed.name});
  }
  return list;
}

ClassListPtr classListFrom(const Json& list) {
  auto classes = std::make_shared<ClassList>();
  for (const Json& entry : list) {
    if (entry.is_string())
      classes->push_back({static_cast<int>(classes->size()), entry.get<std::string>()});
    else
      classes->push_back({entry.at(0), entry.at(1)});
  }
  return classes;
}

/// [[identity, entry], …]
Json json(const std::map<int, std::string>& gone) {
  Json list = Json::array();
  for (const auto& [identity, entry] : gone)
    list.push_back({identity, entry});
  return list;
}

std::map<int, std::string> goneFrom(const Json& object) {
  std::map<int, std::string> gone;
  if (!object.contains("gone")) return gone;
  for (const Json& entry : object["gone"])
    gone.emplace(entry.at(0), entry.at(1));
  return gone;
}

Json json(const BeginRecord& record) {
  Json object = {
      {"labels", 1}, {"generation", record.generation}, {"classes", json(record.classes)}};
  if (!record.classFiles.empty()) object["classFiles"] = record.classFiles;
  return object;
}

BeginRecord beginFrom(const Json& object) {
  BeginRecord record{object.at("generation"), *classListFrom(object.at("classes"))};
  if (object.contains("classFiles"))
    record.classFiles = object["classFiles"].get<std::map<std::string, std::uint64_t>>();
  return record;
}

Json json(const BaseRecord& record) {
  Json object = {
      {"base", record.picture}, {"hash", record.hash}, {"annotation", json(record.annotation)}};
  if (!record.file.empty()) object["file"] = record.file;
  return object;
}

Json json(const EditRecord& record) {
  Json pictures = Json::array();
  for (const auto& [picture, change] : record.pictures) {
    Json entry = {{"picture", picture}};
    if (!change.removed.empty()) entry["removed"] = json(change.removed);
    if (!change.added.empty()) entry["added"] = json(change.added);
    entry["before"] = json(change.before);
    entry["after"] = json(change.after);
    pictures.push_back(std::move(entry));
  }
  Json object = {{"edit", record.name}, {"pictures", std::move(pictures)}};
  if (record.classes) {
    object["classes"] = {{"before", json(*record.classes->before)},
                         {"after", json(*record.classes->after)},
                         {"to", record.classes->to}};
    object["following"] = record.following;
  }
  return object;
}

Json json(const UndoRecord&) {
  return {{"undo", 1}};
}

Json json(const RedoRecord&) {
  return {{"redo", 1}};
}

Json json(const NotSavedRecord&) {
  return {{"notSaved", 1}};
}

Json json(const SaveRecord& record) {
  Json parts = Json::array();
  for (const SaveRecord::Part& part : record.parts) {
    Json entry = {{"picture", part.picture}};
    if (part.objects) entry["slots"] = *part.objects;
    if (part.annotation) entry["annotation"] = json(*part.annotation);
    if (part.classes) entry["classes"] = json(*part.classes);
    parts.push_back(std::move(entry));
  }
  Json object = {{"save", std::move(parts)}, {"hash", record.hash}};
  if (record.overruled) object["overruled"] = true;
  if (!record.file.empty()) object["file"] = record.file;
  if (record.classes) object["classes"] = json(*record.classes);
  if (!record.gone.empty()) object["gone"] = json(record.gone);
  return object;
}

Json json(const ClassFileRecord& record) {
  Json object = {{"classFile", record.file}, {"hash", record.hash}};
  if (record.classes) object["classes"] = json(*record.classes);
  if (!record.gone.empty()) object["gone"] = json(record.gone);
  return object;
}

ClassFileRecord classFileFrom(const Json& object) {
  ClassFileRecord record{object.at("classFile"), object.at("hash")};
  if (object.contains("classes")) record.classes = classListFrom(object["classes"]);
  record.gone = goneFrom(object);
  return record;
}

SaveRecord saveFrom(const Json& object) {
  SaveRecord record{
      object.at("hash"), {}, object.value("overruled", false), object.value("file", "")};
  if (object.contains("classes")) record.classes = classListFrom(object["classes"]);
  record.gone = goneFrom(object);
  for (const Json& entry : object.at("save")) {
    SaveRecord::Part part{entry.at("picture"), std::nullopt, std::nullopt};
    if (entry.contains("slots")) part.objects = entry["slots"].get<LabelSlots>();
    if (entry.contains("annotation")) part.annotation = annotationFrom(entry["annotation"]);
    if (entry.contains("classes")) part.classes = classListFrom(entry["classes"]);
    record.parts.push_back(std::move(part));
  }
  return record;
}

EditRecord editFrom(const Json& object) {
  EditRecord record{object.at("edit"), {}};
  for (const Json& entry : object.at("pictures")) {
    AnnotationChange change;
    if (entry.contains("removed")) change.removed = placedFrom(entry["removed"]);
    if (entry.contains("added")) change.added = placedFrom(entry["added"]);
    change.before = marksFrom(entry.at("before"));
    change.after = marksFrom(entry.at("after"));
    record.pictures.emplace_back(entry.at("picture"), std::move(change));
  }
  if (object.contains("classes")) {
    const Json& classes = object["classes"];
    auto change = std::make_shared<const ClassChange>(
        ClassChange{classListFrom(classes.at("before")), classListFrom(classes.at("after")),
                    classes.at("to").get<std::vector<int>>()});
    const auto after = static_cast<int>(change->after->size());
    if (change->to.size() != change->before->size() ||
        std::any_of(change->to.begin(), change->to.end(), [&](int to) { return to >= after; }))
      throw Json::out_of_range::create(401, "no change of classes", &classes);
    record.classes = std::move(change);
    record.following = object.at("following").get<std::vector<std::string>>();
  }
  return record;
}

LabelRecord recordFrom(const Json& object) {
  if (object.contains("labels")) return beginFrom(object);
  if (object.contains("base"))
    return BaseRecord{object.at("base"), object.at("hash"), annotationFrom(object.at("annotation")),
                      object.value("file", "")};
  if (object.contains("edit")) return editFrom(object);
  if (object.contains("undo")) return UndoRecord{};
  if (object.contains("redo")) return RedoRecord{};
  if (object.contains("notSaved")) return NotSavedRecord{};
  if (object.contains("classFile")) return classFileFrom(object);
  return saveFrom(object);
}

}  // namespace

std::string toJson(const LabelRecord& record) {
  // A path that is no UTF-8 names no picture of a dataset.
  return std::visit([](const auto& r) { return json(r); }, record)
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<LabelRecord> labelRecordFrom(const std::string& line) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  try {
    return recordFrom(object);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace boxwright
