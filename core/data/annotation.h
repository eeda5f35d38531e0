// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/geometry/box.h"

namespace boxwright {

/// Unlabelled: nobody has said what is in the picture. Negative: somebody said there is nothing.
/// Labelled: it has boxes (or image-level classes).
enum class LabelState { Unlabelled, Negative, Labelled };

/// "unlabelled", "negative", "labelled".
const char* labelStateName(LabelState state);

/// What is known of one picture. Immutable behind `AnnotationPtr`: a snapshot is a pointer.
struct Annotation {
  LabelState state = LabelState::Unlabelled;
  bool verified = false;
  std::vector<Box> boxes;
  std::vector<int> imageClasses;
  bool trashed = false;  ///< the picture is in the trash (picture_trash.h): nothing else is said

  /// What is in the picture is known, but not where: nothing for a detector to learn or be judged
  /// by.
  bool classesOnly() const { return boxes.empty() && !imageClasses.empty(); }

  /// The class of the picture as a whole, where there is exactly one.
  std::optional<int> wholeClass() const {
    return imageClasses.size() == 1 ? std::optional(imageClasses.front()) : std::nullopt;
  }

  bool operator==(const Annotation&) const = default;
};

using AnnotationPtr = std::shared_ptr<const Annotation>;

}  // namespace boxwright
