// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "core/geometry/box.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright::ui {

/// The way down the tree to what was found, a class a line with its probability, given the one
/// above, and in all. Empty where the detection has no way.
QString wayText(const Detection& found, const ClassTree& tree, const ClassNames& names);

}  // namespace boxwright::ui
