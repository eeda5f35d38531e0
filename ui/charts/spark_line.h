// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRectF>
#include <vector>

class QPainter;

namespace boxwright::ui {

/// Draws values (NaN: a gap) as a small line that fills `area`, between `low` and `high`, with a
/// dot on the last one.
void drawSparkLine(QPainter& painter, const QRectF& area, const std::vector<double>& values,
                   double low, double high, const QColor& colour);

}  // namespace boxwright::ui
