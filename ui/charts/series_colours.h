// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

namespace boxwright::ui {

inline constexpr int seriesColourCount = 7;

/// The colour of the n-th line of a chart on the given ground; readable as text on it (4.5 : 1).
/// Counts round after seriesColourCount.
QColor seriesColour(int index, bool dark);

}  // namespace boxwright::ui
