// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recents.h"

#include <QDir>
#include <QSettings>

namespace boxwright::ui {
namespace {

constexpr int most = 8;
constexpr auto key = "recents";

}  // namespace

Recents::Recents(QObject* parent)
    : QObject(parent), paths_(QSettings().value(QLatin1String(key)).toStringList()) {}

void Recents::add(const QString& path) {
  const QString absolute = QDir(path).absolutePath();
  paths_.removeAll(absolute);
  paths_.prepend(absolute);
  while (paths_.size() > most)
    paths_.removeLast();
  store();
}

void Recents::remove(const QString& path) {
  if (paths_.removeAll(QDir(path).absolutePath()) > 0) store();
}

void Recents::store() {
  QSettings().setValue(QLatin1String(key), paths_);
  Q_EMIT changed();
}

}  // namespace boxwright::ui
