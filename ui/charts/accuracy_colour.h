// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

namespace boxwright::ui {

/// The colour of a score of 0 to 1: from violet over teal to yellow, ever lighter, so that it is
/// told apart without seeing hues, too, and on both grounds. A score outside is taken as the
/// nearest.
QColor accuracyColour(double score);

/// Black or white, whichever is read more easily on `ground`.
QColor wordsOn(const QColor& ground);

}  // namespace boxwright::ui
