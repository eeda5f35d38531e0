// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "core/base/random.h"
#include "core/data/annotation.h"

namespace boxwright {

/// A box of whole pixels, two at least, within a picture of 100 x 50.
inline Box randomBox(RandomStream& random, std::uint32_t id, int classes) {
  const auto left = static_cast<double>(random.index(90));
  const auto top = static_cast<double>(random.index(40));
  Box box;
  box.id = id;
  box.classId = static_cast<int>(random.index(static_cast<std::uint64_t>(classes)));
  box.rect = {left, top, left + 2 + static_cast<double>(random.index(8)),
              top + 2 + static_cast<double>(random.index(8))};
  box.difficult = random.index(8) == 0;
  return box;
}

/// What a person may make of it in one go: boxes drawn, moved, deleted, given another class; the
/// picture called empty, unlabelled, verified. `nextId` is that of the next box drawn.
inline Annotation randomlyEdited(RandomStream& random, Annotation annotation, std::uint32_t& nextId,
                                 int classes) {
  std::vector<Box>& boxes = annotation.boxes;
  const auto any = [&] {
    return boxes.begin() + static_cast<std::ptrdiff_t>(random.index(boxes.size()));
  };
  switch (boxes.empty() ? random.index(3) : random.index(10)) {
    case 0:
    case 1:
      boxes.push_back(randomBox(random, nextId++, classes));
      break;
    case 2:
      annotation.verified = !annotation.verified;
      if (boxes.empty())
        annotation.state = random.index(2) == 0 ? LabelState::Negative : LabelState::Unlabelled;
      break;
    case 3:
    case 4:
      boxes.erase(any());
      break;
    case 5:
      boxes.clear();
      break;
    case 6:
      for (Box& box : boxes)
        box.classId = (box.classId + 1) % classes;
      break;
    default: {
      Box& box = *any();
      const std::uint32_t id = box.id;
      box = randomBox(random, id, classes);
    }
  }
  if (!boxes.empty())
    annotation.state = LabelState::Labelled;
  else if (annotation.state == LabelState::Labelled)
    annotation.state = LabelState::Unlabelled;
  if (annotation.state == LabelState::Unlabelled) annotation.verified = false;
  return annotation;
}

}  // namespace boxwright
