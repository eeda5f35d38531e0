// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QAction;
class QPushButton;

namespace boxwright::ui {

/// A button with the action's short text that triggers it and follows its state, tooltip and check.
/// The caller owns it; the action outlives it.
QPushButton* makeActionButton(QAction* action);

}  // namespace boxwright::ui
