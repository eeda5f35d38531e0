// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QPointer>
#include <vector>

#include "ui/keys/key_map.h"

class QAction;
class QMenu;

namespace boxwright::ui {

/// A dynamic property of an action: what it is called among the keys, where its text in the menu
/// changes.
inline constexpr const char* keyTitle = "keyTitle";
/// The same: the group that it stands in among the keys, where its keys work in a part of its
/// page alone and may be those of others.
inline constexpr const char* keyGroup = "keyGroup";

/// The keys of all actions in the menus. An action has the keys that the user gave it, else those
/// of the keymap, else those it came with; no two that can be meant at once have the same. An
/// action's id is its object name, else made from its menu and text. Kept in QSettings. GUI thread
/// only.
class KeyBindings : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  struct Entry {
    QString id, group, title;  ///< the group is the menu's
    QPointer<QAction> action;
    bool everywhere = false;  ///< its keys work in the whole window, not on its page alone
    Keys standard;            ///< that it came with
    QString tip;              ///< where its tooltip shows its key: the rest of it
  };

  /// Takes the actions of a menu and of those in it, as they are now.
  void addMenu(const QMenu& menu);
  /// What the settings say comes into force; once, after the menus.
  void restore();

  int count() const { return static_cast<int>(entries_.size()); }
  const Entry& entry(int i) const { return entries_[static_cast<std::size_t>(i)]; }
  Keys keys(int i) const;
  /// Whether the user gave it other keys than the keymap.
  bool isOwn(int i) const { return own_.contains(entry(i).id); }
  bool hasOwn() const { return !own_.isEmpty(); }
  /// The other action that has this key where this one would have it; -1: none.
  int holder(const QKeySequence& key, int i) const;

  /// By name; empty: the program's own.
  const QString& map() const { return map_; }
  void setMap(const QString& name);
  /// The user's choice, which takes these keys from the actions that have them.
  void bind(int i, const Keys& keys);
  /// Back to the keymap's.
  void reset(int i);
  void resetAll();

 Q_SIGNALS:
  void changed();

 private:
  bool meet(int a, int b) const;
  Keys mapped(int i) const;
  void apply();
  void store() const;

  std::vector<Entry> entries_;
  QString map_;
  QHash<QString, Keys> own_;
};

}  // namespace boxwright::ui
