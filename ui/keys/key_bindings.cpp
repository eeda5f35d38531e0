// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_bindings.h"

#include <QAction>
#include <QMenu>
#include <QRegularExpression>
#include <QSettings>
#include <QVariantMap>
#include <algorithm>

namespace boxwright::ui {
namespace {

const QString kMapSetting = QStringLiteral("keys/map");
const QString kOwnSetting = QStringLiteral("keys/own");

QString plain(QString text) {
  text.remove(QLatin1Char('&'));
  while (text.endsWith(QLatin1Char('.')) || text.endsWith(QChar(0x2026)))
    text.chop(1);
  return text;
}

/// "Open folder…" of "File": "file/open-folder".
QString madeId(const QString& group, const QString& text) {
  static const QRegularExpression other(QStringLiteral("[^a-z0-9]+"));
  const auto words = [](const QString& of) {
    return of.toLower().split(other, Qt::SkipEmptyParts).join(QLatin1Char('-'));
  };
  return words(group) + QLatin1Char('/') + words(text);
}

QString withKey(const QString& tip, const QKeySequence& key) {
  return QStringLiteral("%1 (%2)").arg(tip, key.toString(QKeySequence::NativeText));
}

/// The tooltip without "(Ctrl+D)" at its end; empty where that does not stand there.
QString tipOf(const QAction& action) {
  const QString tip = action.toolTip(), end = withKey({}, action.shortcut());
  return !action.shortcut().isEmpty() && tip.endsWith(end) ? tip.chopped(end.size()) : QString();
}

}  // namespace

void KeyBindings::addMenu(const QMenu& menu) {
  const QString group = plain(menu.title());
  const auto add = [&](const auto& self, const QMenu& of) -> void {
    for (QAction* action : of.actions()) {
      if (action->isSeparator()) continue;
      if (action->menu()) {
        self(self, *action->menu());
        continue;
      }
      const QString given = action->property(keyTitle).toString();
      const QString title = given.isEmpty() ? plain(action->text()) : given;
      const QString id =
          action->objectName().isEmpty() ? madeId(group, title) : action->objectName();
      const QString own = action->property(keyGroup).toString();
      entries_.push_back({id, own.isEmpty() ? group : own, title, action,
                          action->shortcutContext() == Qt::WindowShortcut, action->shortcuts(),
                          tipOf(*action)});
    }
  };
  add(add, menu);
}

void KeyBindings::restore() {
  const QSettings settings;
  map_ = settings.value(kMapSetting).toString();
  const QVariantMap own = settings.value(kOwnSetting).toMap();
  for (auto entry = own.begin(); entry != own.end(); ++entry)
    own_.insert(entry.key(), keysFrom(entry->toStringList()));
  apply();
}

Keys KeyBindings::keys(int i) const {
  return entry(i).action ? entry(i).action->shortcuts() : Keys();
}

bool KeyBindings::meet(int a, int b) const {
  return entry(a).everywhere || entry(b).everywhere || entry(a).group == entry(b).group;
}

int KeyBindings::holder(const QKeySequence& key, int i) const {
  for (int other = 0; other < count(); ++other) {
    if (other != i && meet(i, other) && keys(other).contains(key)) return other;
  }
  return -1;
}

Keys KeyBindings::mapped(int i) const {
  for (const KeyMap& map : shippedKeyMaps()) {
    if (map.name != map_) continue;
    const auto found = map.keys.constFind(entry(i).id);
    if (found != map.keys.constEnd()) return *found;
  }
  return entry(i).standard;
}

void KeyBindings::apply() {
  std::vector<Keys> wanted;
  for (int i = 0; i < count(); ++i)
    wanted.push_back(own_.value(entry(i).id, mapped(i)));
  // What the user has chosen is taken from what has it by a keymap alone.
  for (int i = 0; i < count(); ++i) {
    if (!isOwn(i)) continue;
    for (int other = 0; other < count(); ++other) {
      if (other == i || isOwn(other) || !meet(i, other)) continue;
      for (const QKeySequence& key : wanted[static_cast<std::size_t>(i)])
        wanted[static_cast<std::size_t>(other)].removeAll(key);
    }
  }
  for (int i = 0; i < count(); ++i) {
    QAction* const action = entry(i).action;
    if (!action) continue;
    const Keys& keys = wanted[static_cast<std::size_t>(i)];
    action->setShortcuts(keys);
    if (entry(i).tip.isEmpty()) continue;
    action->setToolTip(keys.isEmpty() ? entry(i).tip : withKey(entry(i).tip, keys.front()));
  }
  Q_EMIT changed();
}

void KeyBindings::store() const {
  QVariantMap own;
  for (auto entry = own_.begin(); entry != own_.end(); ++entry)
    own.insert(entry.key(), toText(*entry));
  QSettings settings;
  settings.setValue(kMapSetting, map_);
  settings.setValue(kOwnSetting, own);
}

void KeyBindings::setMap(const QString& name) {
  if (name == map_) return;
  map_ = name;
  store();
  apply();
}

void KeyBindings::bind(int i, const Keys& keys) {
  for (int other = 0; other < count(); ++other) {
    if (other == i || !isOwn(other) || !meet(i, other)) continue;
    for (const QKeySequence& key : keys)
      own_[entry(other).id].removeAll(key);
  }
  own_[entry(i).id] = keys;
  if (keys == mapped(i)) own_.remove(entry(i).id);
  store();
  apply();
}

void KeyBindings::reset(int i) {
  if (own_.remove(entry(i).id) == 0) return;
  store();
  apply();
}

void KeyBindings::resetAll() {
  own_.clear();
  store();
  apply();
}

}  // namespace boxwright::ui
