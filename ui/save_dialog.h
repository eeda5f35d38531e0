// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <functional>

class QWidget;

namespace boxwright::ui {

/// Asks for the name of a file to write, without blocking; `chosen` is called if there is one and
/// `parent` still lives. Names without a suffix get that of `proposal`.
void askWhereToSave(QWidget* parent, const QString& title, const QString& proposal,
                    const QString& filter, const std::function<void(const QString&)>& chosen);

}  // namespace boxwright::ui
