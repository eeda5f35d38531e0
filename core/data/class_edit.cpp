// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/class_edit.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/format_room.h"
#include "core/data/label_places.h"
#include "core/data/text_lines.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 200;

/// Every name can be one, and stands in the lists that there are.
void checkNames(const Dataset& dataset, const ClassList& before, const ClassList& after) {
  std::unordered_map<std::string, int> known, old;
  for (const ListedClass& listed : before)
    ++old[listed.name];
  for (const auto& [identity, name] : after) {
    // What is twice there already may stay so where labels do not go by the name.
    const int times = ++known[name];
    if (times > 1 && (times > old[name] || classKeyOf(dataset.format) == ClassKey::Name))
      throw Error("two classes are called '" + name + "'", utf8(dataset.root),
                  "merge them, or give them different names");
    if (old[name] > 0 && !trimmed(name).empty()) continue;
    if (const auto fault = classNameFault(name)) throw Error(*fault, utf8(dataset.root));
  }
  for (const ClassFile& file : dataset.classFiles) {
    if (file.kind == ClassFile::Kind::Labels) continue;  // any name
    const fs::path path = dataset.root / pathFromUtf8(file.path);
    std::error_code code;
    std::optional<std::string> bytes;
    if (fs::exists(path, code)) bytes = readFile(path);
    (void)withClassNames(file.kind, bytes, namesOf(after), utf8(path));
  }
}

}  // namespace

std::optional<std::string> classesFixed(const Dataset& dataset) {
  if (dataset.format == "class-folders")
    return "the classes are the folders of the pictures: rename those";
  if (!dataset.classesFixed.empty()) return dataset.classesFixed;
  return std::nullopt;
}

bool keepsClassOrder(const Dataset& dataset) {
  return std::any_of(dataset.classFiles.begin(), dataset.classFiles.end(),
                     [](const ClassFile& file) { return file.kind != ClassFile::Kind::Count; });
}

std::optional<std::string> classNameFault(const std::string& name) {
  if (trimmed(name).empty()) return "a class needs a name";
  if (trimmed(name) != name) return "the name '" + name + "' has blanks at its ends";
  if (std::any_of(name.begin(), name.end(), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return code < 32 || code == 127;
      }))
    return "a class name is one line, without tabs";
  if (name.size() > kLongestName)
    return "a class name has at most " + std::to_string(kLongestName) + " letters";
  return std::nullopt;
}

Edit classEdit(const Dataset& dataset, ClassChangePtr change, std::string name,
               std::stop_token stop) {
  const ClassList &before = *change->before, &after = *change->after;
  checkNames(dataset, before, after);
  const ClassKey key = classKeyOf(dataset.format);
  std::vector<bool> affected(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const int to = change->to[i];
    affected[i] =
        to != static_cast<int>(i) ||
        (key == ClassKey::Name && after[static_cast<std::size_t>(to)].name != before[i].name);
  }
  const auto isAffected = [&](int id) {
    return id >= 0 && static_cast<std::size_t>(id) < affected.size() &&
           affected[static_cast<std::size_t>(id)];
  };
  Edit edit{std::move(name), {}};
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (i % 1024 == 0 && stop.stop_requested()) return {};
    const AnnotationPtr& annotation = dataset.pictures[i].annotation;
    if (std::none_of(annotation->boxes.begin(), annotation->boxes.end(),
                     [&](const Box& box) { return isAffected(box.classId); }) &&
        std::none_of(annotation->imageClasses.begin(), annotation->imageClasses.end(), isAffected))
      continue;
    Annotation now = withClasses(*annotation, change->to);
    edit.pictures.push_back(
        {i, annotation,
         now == *annotation ? annotation : std::make_shared<const Annotation>(std::move(now))});
  }
  edit.classes = std::move(change);
  return edit;
}

ClassEditCost costOf(const Dataset& dataset, const Edit& edit) {
  ClassEditCost cost;
  if (!edit.classes) return cost;
  const ClassChange& change = *edit.classes;
  // What labels call the class is what they called it before.
  std::vector<bool> same(change.before->size());
  const std::vector<int> places =
      placesIn(*change.before, *change.after, classKeyOf(dataset.format));
  std::vector<bool> still(change.before->size());
  for (std::size_t i = 0; i < still.size(); ++i) {
    const int to = change.to[i];
    still[i] = to == places[i];
    same[i] = to == static_cast<int>(i) &&
              (*change.before)[i].name == (*change.after)[static_cast<std::size_t>(to)].name;
  }
  std::set<int> shared;
  for (const PictureEdit& picture : edit.pictures) {
    bool written = false;
    const auto look = [&](int id) {
      const auto place = static_cast<std::size_t>(id);
      written = written || !still[place];
      return !same[place];
    };
    for (const Box& box : picture.before->boxes) {
      if (look(box.classId)) ++cost.boxes;
    }
    for (const int id : picture.before->imageClasses)
      look(id);
    if (!written) continue;
    const int file = dataset.pictures[picture.picture].labelFile;
    if (file < 0)
      ++cost.labelFiles;
    else
      shared.insert(file);
  }
  for (const ClassFile& file : dataset.classFiles) {
    const bool written = file.kind == ClassFile::Kind::Count
                             ? change.before->size() != change.after->size()
                             : namesOf(*change.before) != namesOf(*change.after);
    if (!written) continue;
    cost.lists.push_back(file.path);
    // What is both is written once.
    std::erase_if(shared, [&](int labels) {
      return dataset.labelFiles[static_cast<std::size_t>(labels)] == file.path;
    });
  }
  cost.labelFiles += shared.size();
  std::error_code ignored;
  cost.trash = fs::is_directory(trashOf(dataset.root), ignored);
  return cost;
}

}  // namespace boxwright
