// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/data/annotation.h"

namespace boxwright {

/// What an annotation says besides its boxes.
struct AnnotationMarks {
  LabelState state = LabelState::Unlabelled;
  bool verified = false;
  std::vector<int> imageClasses;
  bool trashed = false;

  bool operator==(const AnnotationMarks&) const = default;
};

/// What turns one annotation of a picture into another: as small as the edit is, whatever else is
/// in the picture. A value.
struct AnnotationChange {
  struct PlacedBox {
    std::size_t place = 0;  ///< in the list of boxes
    Box box;

    bool operator==(const PlacedBox&) const = default;
  };
  std::vector<PlacedBox> removed;  ///< of the one before, by ascending place
  std::vector<PlacedBox> added;    ///< of the one after, by ascending place
  AnnotationMarks before, after;

  bool operator==(const AnnotationChange&) const = default;
};

AnnotationMarks marksOf(const Annotation& annotation);

/// The change from `before` to `after`. A box is the same where its id is and nothing of it
/// differs.
AnnotationChange changeBetween(const Annotation& before, const Annotation& after);

/// The annotation after the change; nothing where it is not one that the change begins with.
std::optional<Annotation> changed(const Annotation& annotation, const AnnotationChange& change);

}  // namespace boxwright
