// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/edit_history.h"

#include <utility>

namespace boxwright {

void EditHistory::push(Edit edit) {
  edits_.resize(inForce_);
  edits_.push_back(std::move(edit));
  ++inForce_;
}

const Edit* EditHistory::undo() {
  return inForce_ > 0 ? &edits_[--inForce_] : nullptr;
}

const Edit* EditHistory::redo() {
  return inForce_ < edits_.size() ? &edits_[inForce_++] : nullptr;
}

}  // namespace boxwright
