// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/bulk_edit.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace boxwright {
namespace {

using IsMeant = std::function<bool(const Box&)>;

/// `change` is given each picture's annotation and which of its boxes are meant.
Edit editOf(const Dataset& dataset, std::vector<BoxRef> boxes, std::string name,
            const std::function<void(Annotation&, const IsMeant&)>& change) {
  Edit edit;
  edit.name = std::move(name);
  std::sort(boxes.begin(), boxes.end());
  for (auto first = boxes.begin(); first != boxes.end();) {
    const std::size_t picture = first->picture;
    const auto end =
        std::find_if(first, boxes.end(), [&](const BoxRef& box) { return box.picture != picture; });
    if (picture < dataset.pictures.size()) {
      const AnnotationPtr& before = dataset.pictures[picture].annotation;
      Annotation after = *before;
      change(after, [&](const Box& box) {
        return std::binary_search(first, end, BoxRef{picture, box.id});
      });
      if (after != *before) {
        edit.pictures.push_back(
            {picture, before, std::make_shared<const Annotation>(std::move(after))});
      }
    }
    first = end;
  }
  return edit;
}

}  // namespace

Edit relabelEdit(const Dataset& dataset, std::vector<BoxRef> boxes, int classId, std::string name) {
  return editOf(dataset, std::move(boxes), std::move(name),
                [classId](Annotation& annotation, const IsMeant& isMeant) {
                  for (Box& box : annotation.boxes) {
                    if (isMeant(box)) box.classId = classId;
                  }
                });
}

Edit deleteEdit(const Dataset& dataset, std::vector<BoxRef> boxes, std::string name) {
  return editOf(dataset, std::move(boxes), std::move(name),
                [](Annotation& annotation, const IsMeant& isMeant) {
                  std::erase_if(annotation.boxes, isMeant);
                  if (!annotation.boxes.empty() || !annotation.imageClasses.empty()) return;
                  annotation.state = LabelState::Unlabelled;
                  annotation.verified = false;
                });
}

}  // namespace boxwright
