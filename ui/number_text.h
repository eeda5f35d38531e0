// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>
#include <cmath>

namespace boxwright::ui {

/// A number for reading, with so many digits behind the point; a dash where there is none.
inline QString numberText(double value, int places) {
  return std::isfinite(value) ? QLocale(QLocale::English).toString(value, 'f', places)
                              : QStringLiteral("–");
}

}  // namespace boxwright::ui
