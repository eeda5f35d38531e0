// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/data/annotation.h"
#include "core/data/byte_edits.h"
#include "core/data/dataset.h"
#include "core/data/label_writer.h"

namespace boxwright {

/// One call of a LabelWriter.
struct LabelEdit {
  const Dataset& dataset;
  std::size_t picture;
  const Annotation& before;
  const Annotation& after;
  std::string file;                           ///< for messages
  const FollowedClasses* followed = nullptr;  ///< as LabelChange's

  /// What an object that cannot be used is to be called; nothing: it stays as it is.
  std::optional<std::string> nameNow(const std::string& name) const;
};

/// What becomes of the objects of a label file. The boxes are those of the edit.
struct LabelPlan {
  enum class Fate { Keep, Change, Remove };
  struct Object {
    std::uint32_t id = 0;  ///< no box's, where it cannot be used
    Fate fate = Fate::Keep;
    const Box* before = nullptr;  ///< null where it cannot be used
    const Box* after = nullptr;
  };
  std::vector<Object> objects;    ///< in the file's order
  std::vector<const Box*> added;  ///< in the order of the annotation after
};

/// Plans an edit of a file with `objects` objects. The file's order counts: boxes that are kept
/// stay where they are, whatever their order in the annotation after. Throws Error where file,
/// slots and annotation before do not belong together, or a box cannot be written in any layout.
LabelPlan labelPlan(const LabelEdit& edit, const LabelSlots& slots, std::size_t objects);

/// The plan where it is not known what the file says of the picture: all of it goes.
LabelPlan planAnew(const LabelEdit& edit, std::size_t objects);

/// Throws Error where an annotation contradicts itself, or has classes of the whole picture that
/// change and cannot be written (`wholePictures` false).
void checkAnnotation(const LabelEdit& edit, bool wholePictures);

/// The numbers of `objects` as read: 1, 2, 3, ….
LabelSlots firstSlots(std::size_t objects);

/// The outcome where the picture is unlabelled afterwards: the file goes, unless it already said
/// nothing that can be used.
std::optional<std::string> leftUnlabelled(const std::optional<std::string>& bytes,
                                          const Annotation& before, LabelSlots& slots);

/// An id that neither an object of the file nor a box has.
std::uint32_t unusedId(const LabelSlots& slots, const Annotation& annotation);

/// The shortest decimal text that reads back as the same double, without exponent.
std::string decimalText(double value);

}  // namespace boxwright
