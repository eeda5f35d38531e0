// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/carried_settings.h"

#include <QLabel>
#include <QStringList>
#include <QToolButton>
#include <string>

#include "ui/theme.h"
#include "ui/train/form_parts.h"

namespace boxwright::ui {

CarriedSettings::CarriedSettings(QWidget* parent)
    : QWidget(parent), note_(makeNote(QStringLiteral("carried"))) {
  note_->setMinimumWidth(1);  // a long word in it does not widen the form
  auto* drop = new QToolButton;
  drop->setObjectName(QStringLiteral("dropCarried"));
  drop->setIcon(themeIcon(QStringLiteral("close")));
  drop->setAutoRaise(true);
  drop->setToolTip(tr("Without these"));
  drop->setAccessibleName(tr("Drop the settings that have no field"));
  fillRow(this, {note_, drop});
  connect(drop, &QToolButton::clicked, this, [this] {
    take({});
    Q_EMIT dropped();
  });
  refresh();
}

void CarriedSettings::take(const RunSettings& settings) {
  settings_ = {};
  settings_.adjustments = settings.adjustments;
  settings_.freeze = settings.freeze;
  settings_.subdivisions = settings.subdivisions;
  settings_.patience = settings.patience;
  settings_.threads = settings.threads;
  settings_.loaderThreads = settings.loaderThreads;
  refresh();
}

void CarriedSettings::refresh() {
  QStringList list;
  for (const std::string& adjustment : settings_.adjustments)
    list << QString::fromStdString(adjustment);
  const auto add = [&](int value, const QString& words) {
    if (value > 0) list << words.arg(value);
  };
  add(settings_.freeze, tr("the first %1 layers frozen"));
  add(settings_.subdivisions, tr("a batch in %1 parts"));
  if (settings_.subdivisions == kFittingParts) list << tr("a batch in as few parts as fit");
  add(settings_.patience, tr("the end after %1 validations without a better one"));
  add(settings_.threads, tr("%1 threads"));
  add(settings_.loaderThreads, tr("%1 threads that load"));
  note_->setText(tr("With %1").arg(list.join(QStringLiteral(", "))));
  setVisible(!list.isEmpty());
}

}  // namespace boxwright::ui
