// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMimeData>
#include <QString>

class QWidget;

namespace boxwright::ui {

/// Starts a drag that shows a few words beside the pointer, so that what lies under it can be seen.
/// Takes the data.
void dragByName(QWidget* source, QMimeData* data, const QString& text, Qt::DropActions actions);

}  // namespace boxwright::ui
