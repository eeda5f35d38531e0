// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/class_change.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "core/data/format_room.h"

namespace boxwright {
namespace {

int placeAfter(std::span<const int> to, int id) {
  return id >= 0 && static_cast<std::size_t>(id) < to.size() ? to[static_cast<std::size_t>(id)]
                                                             : id;
}

template <class Key, class KeyOf>
std::vector<int> placesBy(const ClassList& of, const ClassList& in, const KeyOf& keyOf) {
  std::unordered_map<Key, int> places;  // of what is there twice the first
  for (std::size_t i = 0; i < in.size(); ++i)
    places.emplace(keyOf(in[i]), static_cast<int>(i));
  std::vector<int> result;
  result.reserve(of.size());
  for (const ListedClass& listed : of) {
    const auto found = places.find(keyOf(listed));
    result.push_back(found == places.end() ? -1 : found->second);
  }
  return result;
}

}  // namespace

ClassListPtr listedClasses(const ClassNames& names) {
  auto list = std::make_shared<ClassList>();
  for (const std::string& name : names)
    list->push_back({static_cast<int>(list->size()), name});
  return list;
}

ClassNames namesOf(const ClassList& list) {
  ClassNames names;
  names.reserve(list.size());
  for (const ListedClass& listed : list)
    names.push_back(listed.name);
  return names;
}

bool onlyAdds(const ClassChange& change) {
  return change.after->size() >= change.before->size() &&
         std::equal(change.before->begin(), change.before->end(), change.after->begin());
}

ClassKey classKeyOf(const std::string& format) {
  if (format == "coco") return ClassKey::Identity;
  return formatRoomOf(format).namesInLabels ? ClassKey::Name : ClassKey::Number;
}

std::vector<int> placesIn(const ClassList& of, const ClassList& in, ClassKey key) {
  switch (key) {
    case ClassKey::Name:
      return placesBy<std::string>(of, in, [](const ListedClass& c) { return c.name; });
    case ClassKey::Identity:
      return placesBy<int>(of, in, [](const ListedClass& c) { return c.identity; });
    case ClassKey::Number:
      break;
  }
  std::vector<int> places(of.size());
  std::iota(places.begin(), places.end(), 0);
  return places;
}

Annotation withClasses(const Annotation& annotation, std::span<const int> to) {
  Annotation result = annotation;
  for (Box& box : result.boxes)
    box.classId = placeAfter(to, box.classId);
  std::vector<int> wholes;
  bool differs = false;
  for (const int id : result.imageClasses) {
    wholes.push_back(placeAfter(to, id));
    differs = differs || wholes.back() != id;
  }
  if (!differs) return result;
  result.imageClasses.clear();
  for (const int id : wholes) {
    if (std::find(result.imageClasses.begin(), result.imageClasses.end(), id) ==
        result.imageClasses.end())
      result.imageClasses.push_back(id);
  }
  return result;
}

}  // namespace boxwright
