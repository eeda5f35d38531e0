// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QListWidget;
class QTextBrowser;

namespace boxwright::ui {

class KeyBindings;
class KeyCard;

/// Help in a window of its own: the manual (resources/manual), topics at the left, its text, and
/// the card of keys at the right.
class ManualWindow : public QWidget {
  Q_OBJECT
 public:
  explicit ManualWindow(KeyBindings& keys, QWidget* parent = nullptr);

  /// Opens at a topic, by the name of its file without ".md"; the first page where there is none.
  /// The keys of menu `group` stand first.
  void showTopic(const QString& topic, const QString& group);

  KeyCard* keys() const { return keys_; }

 private:
  void markTopic(const QUrl& url);
  void dress();

  QListWidget* topics_;
  QTextBrowser* text_;
  KeyCard* keys_;
};

}  // namespace boxwright::ui
