// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/saved_filters.h"

#include <QInputDialog>
#include <QMap>
#include <QSettings>

#include "ui/menu_text.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

const QString listKey = QStringLiteral("filters");

QMap<QString, QVariant> read() {
  return QSettings().value(listKey).toMap();
}

}  // namespace

SavedFilters::SavedFilters(StudioState& state, QWidget* parent)
    : QMenu(tr("Saved filters"), parent), state_(state) {
  setToolTipsVisible(true);
  connect(this, &QMenu::aboutToShow, this, &SavedFilters::fill);
}

QStringList SavedFilters::names() const {
  return read().keys();
}

QString SavedFilters::textOf(const QString& name) const {
  return read().value(name).toString();
}

void SavedFilters::keep(const QString& name, const QString& text) {
  if (name.trimmed().isEmpty() || text.isEmpty()) return;
  auto filters = read();
  filters.insert(name.trimmed(), text);
  QSettings().setValue(listKey, filters);
}

void SavedFilters::remove(const QString& name) {
  auto filters = read();
  filters.remove(name);
  QSettings().setValue(listKey, filters);
}

void SavedFilters::fill() {
  clear();
  const auto filters = read();
  for (auto i = filters.begin(); i != filters.end(); ++i) {
    const QString text = i.value().toString();
    QAction* action = addAction(menuText(i.key()));
    action->setToolTip(text);
    action->setCheckable(true);
    action->setChecked(text == state_.filter());
    connect(action, &QAction::triggered, this, [this, text] { state_.setFilter(text); });
  }
  if (!filters.isEmpty()) addSeparator();
  QAction* save = addAction(tr("Save this filter\u2026"));
  save->setEnabled(!state_.filter().isEmpty());
  connect(save, &QAction::triggered, this, &SavedFilters::askForName);
  if (filters.isEmpty()) return;
  QMenu* removing = addMenu(tr("Remove"));
  for (auto i = filters.begin(); i != filters.end(); ++i) {
    const QString name = i.key();
    QAction* action = removing->addAction(menuText(name));
    connect(action, &QAction::triggered, this, [this, name] { remove(name); });
  }
}

void SavedFilters::askForName() {
  auto* dialog = new QInputDialog(window());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Save this filter"));
  dialog->setLabelText(tr("Name of the filter %1").arg(state_.filter()));
  dialog->setTextValue(state_.filter());
  const QString text = state_.filter();
  connect(dialog, &QInputDialog::textValueSelected, this,
          [this, text](const QString& name) { keep(name, text); });
  dialog->open();
}

}  // namespace boxwright::ui
