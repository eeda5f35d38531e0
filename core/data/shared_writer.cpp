// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/shared_writer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/text_lines.h"

namespace boxwright {

LabelPlan SharedWriter::Part::plan(std::size_t objects) const {
  if (!change.before) return planAnew(edit, objects);
  return labelPlan(edit, change.objects ? *change.objects : firstSlots(objects), objects);
}

bool SharedWriter::Part::goes() const {
  return edit.after.state == LabelState::Unlabelled;
}

bool SharedWriter::Part::staysAlone() const {
  return goes() && change.before && change.before->state == LabelState::Unlabelled;
}

std::filesystem::path SharedWriter::fileOf(const Dataset& dataset, std::size_t picture) const {
  return dataset.root / pathFromUtf8(labelFileOf(dataset, picture));
}

std::optional<std::string> SharedWriter::write(const std::optional<std::string>& bytes,
                                               const Dataset& dataset,
                                               std::span<LabelChange> changes,
                                               FileClasses* classes) const {
  static const Annotation nothing;
  std::vector<Part> parts;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const LabelChange& change = changes[i];
    Part part{{dataset, change.picture, change.before ? *change.before : nothing, *change.after,
               utf8(fileOf(dataset, change.picture)), change.followed},
              change,
              {}};
    checkAnnotation(part.edit, false);
    if (part.staysAlone()) continue;
    parts.push_back(std::move(part));
    places.push_back(i);
  }
  if (parts.empty() && !(classes && classes->change())) return bytes;
  const std::string& file =
      parts.empty() ? classes->file : labelFileOf(dataset, parts.front().edit.picture);
  std::string out = apply(bytes ? *bytes : newFile(dataset), dataset, file, parts, classes);
  for (std::size_t i = 0; i < parts.size(); ++i)
    changes[places[i]].objects = std::move(parts[i].left);
  return out;
}

const Box* asItStood(const LabelChange& change, const Box& box) {
  if (!change.read || !change.said || box.id == 0) return nullptr;
  const std::vector<Box>& boxes = change.said->boxes;
  const auto found = std::find_if(boxes.begin(), boxes.end(),
                                  [&](const Box& other) { return other.id == box.id; });
  return found == boxes.end() ? nullptr : &*found;
}

std::int64_t nextId(std::int64_t largest, const std::string& file) {
  if (largest == std::numeric_limits<std::int64_t>::max())
    throw Error("its ids go up to the largest number there is, so that nothing new can have one",
                file, "have another program number them anew");
  return largest + 1;
}

const std::string& labelFileOf(const Dataset& dataset, std::size_t picture) {
  const int file = dataset.pictures.at(picture).labelFile;
  if (file < 0 || static_cast<std::size_t>(file) >= dataset.labelFiles.size())
    throw Error("the picture belongs to no label file", dataset.pictures[picture].path);
  return dataset.labelFiles[static_cast<std::size_t>(file)];
}

std::string splitOfPicture(const Dataset& dataset, std::size_t picture) {
  const auto holds = [&](const std::vector<std::size_t>& split) {
    return std::binary_search(split.begin(), split.end(), picture);
  };
  for (const char* name : {"train", "val", "test"}) {
    const auto split = dataset.splits.find(name);
    if (split != dataset.splits.end() && holds(split->second)) return name;
  }
  for (const auto& [name, split] : dataset.splits)
    if (holds(split)) return name;
  return {};
}

const std::string& plainNameOf(const LabelEdit& edit, const Box& box, const char* layout) {
  const ClassNames& classes = edit.dataset.classes;
  const std::string& name = classes[static_cast<std::size_t>(box.classId)];
  if (name.empty() || trimmed(name) != name || name.find_first_of("\r\n") != std::string::npos)
    throw Error(std::string(layout) + " cannot hold the class name '" + name + "'", edit.file,
                "names may not be empty, have blanks around them or several lines");
  if (classIdOf(classes, name) != box.classId)
    throw Error("two classes are called '" + name + "', which " + layout + " cannot tell apart",
                edit.file, "give them different names");
  return name;
}

}  // namespace boxwright
