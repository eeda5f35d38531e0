// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/action_button.h"

#include <QAction>
#include <QPushButton>

namespace boxwright::ui {

QPushButton* makeActionButton(QAction* action) {
  auto* button = new QPushButton(action->iconText());
  button->setCheckable(action->isCheckable());
  button->setAccessibleName(action->text());
  const auto follow = [button, action] {
    button->setToolTip(action->toolTip());
    button->setEnabled(action->isEnabled());
    button->setChecked(action->isChecked());
  };
  follow();
  QObject::connect(action, &QAction::changed, button, follow);
  QObject::connect(button, &QPushButton::clicked, action, [action, follow] {
    action->trigger();
    follow();  // also where it was refused
  });
  return button;
}

}  // namespace boxwright::ui
