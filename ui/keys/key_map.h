// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QKeySequence>
#include <QList>
#include <QString>

namespace boxwright::ui {

using Keys = QList<QKeySequence>;

/// Keys of actions by their ids, where they differ from those that the program gives them. A value.
struct KeyMap {
  QString name;  ///< for people, and in the settings; empty: the program's own keys
  QHash<QString, Keys> keys;
};

/// The keymaps of other tools that come with the program (resources/keymaps), by name.
const QList<KeyMap>& shippedKeyMaps();

/// Several in a text that the settings keep, and back.
QStringList toText(const Keys& keys);
Keys keysFrom(const QStringList& text);

/// "Ctrl+Y, Ctrl+Shift+Z" as this system writes it.
QString shownKeys(const Keys& keys);

}  // namespace boxwright::ui
