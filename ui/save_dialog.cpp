// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/save_dialog.h"

#include <QFileDialog>
#include <QFileInfo>

namespace boxwright::ui {

void askWhereToSave(QWidget* parent, const QString& title, const QString& proposal,
                    const QString& filter, const std::function<void(const QString&)>& chosen) {
  auto* dialog = new QFileDialog(parent, title, proposal, filter);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QFileInfo(proposal).suffix());
  QObject::connect(dialog, &QFileDialog::fileSelected, parent, chosen);
  dialog->open();
}

}  // namespace boxwright::ui
