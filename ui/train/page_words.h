// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include "core/train/ideas.h"

namespace boxwright::ui {

/// Core's messages name what the command line takes; here is the same text in the words of the
/// Train page.
QString pageWords(QString text);

/// What departs from the defaults, one a line: "Batch normalisation: off".
QStringList departedIdeas(const Ideas& ideas);

}  // namespace boxwright::ui
