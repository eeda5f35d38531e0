// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/class_palette.h"

#include <cstddef>
#include <utility>

namespace boxwright::ui {

ClassPalette::ClassPalette(const ClassNames& names, ChosenColours chosen)
    : chosen_(std::move(chosen)) {
  if (chosen_.empty()) return;
  for (std::size_t id = 0; id < names.size(); ++id) {
    if (const auto found = chosen_.find(names[id]); found != chosen_.end())
      byId_[static_cast<int>(id)] = found->second;
  }
}

QColor ClassPalette::operator()(int classId) const {
  const auto found = byId_.find(classId);
  return qColour(found == byId_.end() ? classColour(classId) : found->second);
}

}  // namespace boxwright::ui
