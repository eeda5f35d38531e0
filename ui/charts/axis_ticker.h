// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <QString>

namespace boxwright::ui {

/// `value` with its digits grouped by thousands, with as few places as tell it from value + step.
QString tickText(double value, double step);

/// About five ticks an axis, labelled by tickText; powers when `logarithmic`.
QSharedPointer<QCPAxisTicker> axisTicker(bool logarithmic);

}  // namespace boxwright::ui
