// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <QString>

namespace boxwright::ui {

class Job;

/// Writes what the plot shows now as a PNG of twice its size; the writing is the job's.
void savePlotImage(QCustomPlot& plot, const QString& file, Job& saving);

}  // namespace boxwright::ui
