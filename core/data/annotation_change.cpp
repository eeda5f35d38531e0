// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/annotation_change.h"

#include <unordered_map>
#include <utility>

namespace boxwright {

AnnotationMarks marksOf(const Annotation& annotation) {
  return {annotation.state, annotation.verified, annotation.imageClasses, annotation.trashed};
}

AnnotationChange changeBetween(const Annotation& before, const Annotation& after) {
  AnnotationChange change{{}, {}, marksOf(before), marksOf(after)};
  std::unordered_map<std::uint32_t, std::size_t> places;
  places.reserve(before.boxes.size());
  for (std::size_t i = 0; i < before.boxes.size(); ++i)
    places.emplace(before.boxes[i].id, i);
  // What stays, stays in its order: a box that has come before one it was behind is a new one.
  std::size_t next = 0;
  for (std::size_t i = 0; i < after.boxes.size(); ++i) {
    const auto found = places.find(after.boxes[i].id);
    const bool same = found != places.end() && found->second >= next &&
                      before.boxes[found->second] == after.boxes[i];
    if (!same) {
      change.added.push_back({i, after.boxes[i]});
      continue;
    }
    for (; next < found->second; ++next)
      change.removed.push_back({next, before.boxes[next]});
    ++next;
  }
  for (; next < before.boxes.size(); ++next)
    change.removed.push_back({next, before.boxes[next]});
  return change;
}

std::optional<Annotation> changed(const Annotation& annotation, const AnnotationChange& change) {
  const std::vector<Box>& boxes = annotation.boxes;
  if (marksOf(annotation) != change.before || change.removed.size() > boxes.size())
    return std::nullopt;
  std::vector<Box> kept;
  kept.reserve(boxes.size());
  auto gone = change.removed.begin();
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    if (gone == change.removed.end() || gone->place != i) {
      kept.push_back(boxes[i]);
      continue;
    }
    if (gone->box != boxes[i]) return std::nullopt;
    ++gone;
  }
  if (gone != change.removed.end()) return std::nullopt;
  Annotation result{change.after.state,
                    change.after.verified,
                    {},
                    change.after.imageClasses,
                    change.after.trashed};
  result.boxes.reserve(kept.size() + change.added.size());
  auto from = kept.begin();
  for (const AnnotationChange::PlacedBox& added : change.added) {
    while (result.boxes.size() < added.place && from != kept.end())
      result.boxes.push_back(std::move(*from++));
    if (result.boxes.size() != added.place) return std::nullopt;
    result.boxes.push_back(added.box);
  }
  for (; from != kept.end(); ++from)
    result.boxes.push_back(std::move(*from));
  return result;
}

}  // namespace boxwright
