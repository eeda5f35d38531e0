// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/data/annotation.h"
#include "core/data/class_change.h"

namespace boxwright {

/// What an edit makes of the labels of one picture.
struct PictureEdit {
  std::size_t picture = 0;  ///< index into the dataset
  AnnotationPtr before, after;
};

/// One step of undo and redo: what was done in one go, to a picture or to all of them. A value;
/// costs two pointers a picture besides what has changed.
struct Edit {
  std::string name;  ///< for people: "Move a box"
  std::vector<PictureEdit> pictures;
  ClassChangePtr classes = {};  ///< what becomes of the list of classes; null: nothing
};

/// All edits since the dataset was opened, without a limit, and how many of them are in force. One
/// owner.
class EditHistory {
 public:
  /// The newest in force; what had been undone is forgotten.
  void push(Edit edit);
  /// The edit that is no longer in force, or is again; null where there is none.
  const Edit* undo();
  const Edit* redo();

  /// The next to be undone, redone; null where there is none.
  const Edit* undoable() const { return inForce_ > 0 ? &edits_[inForce_ - 1] : nullptr; }
  const Edit* redoable() const { return inForce_ < edits_.size() ? &edits_[inForce_] : nullptr; }

  std::size_t size() const { return edits_.size(); }
  std::size_t inForce() const { return inForce_; }

 private:
  std::vector<Edit> edits_;
  std::size_t inForce_ = 0;
};

}  // namespace boxwright
