// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/base/problem.h"
#include "core/data/class_change.h"
#include "core/data/label_places.h"
#include "core/image/class_colours.h"

namespace boxwright {

/// Colours that the user has chosen for classes of a dataset, by the classes' names; the others
/// have those of class_colours.h. No label file knows of them.
using ChosenColours = std::map<std::string, Colour>;

/// "#ff6600".
std::string colourText(Colour colour);

struct FoundColours {
  ChosenColours colours;
  std::optional<Problem> problem;  ///< the file is damaged: it is passed over and left as it is
};
/// What is kept for the dataset in `colours.json`: the one in the user's place, else the dataset's
/// own. Any thread.
FoundColours readChosenColours(const LabelPlaces& places);

/// Keeps them in the dataset, or in the user's place where that cannot be written; without any,
/// there is no file. Throws Error where neither can be written.
void writeChosenColours(const LabelPlaces& places, const ChosenColours& colours);

/// What becomes of them when the classes get other names: a class takes its colour along, and is
/// not given one that a class of that name had once.
ChosenColours renamedColours(ChosenColours colours, const ClassList& before,
                             const ClassList& after);

}  // namespace boxwright
