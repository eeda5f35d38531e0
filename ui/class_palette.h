// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <map>

#include "core/data/chosen_colours.h"
#include "core/taxonomy/class_names.h"

namespace boxwright::ui {

/// Which colour each class has: the one that was chosen for its name, else the usual one of its id.
/// A value; without names all are the usual ones.
class ClassPalette {
 public:
  ClassPalette() = default;
  ClassPalette(const ClassNames& names, ChosenColours chosen);

  QColor operator()(int classId) const;
  /// Also of classes that are not there (any more).
  const ChosenColours& chosen() const { return chosen_; }

 private:
  ChosenColours chosen_;
  std::map<int, Colour> byId_;
};

inline QColor qColour(Colour colour) {
  return {colour.red, colour.green, colour.blue};
}

}  // namespace boxwright::ui
