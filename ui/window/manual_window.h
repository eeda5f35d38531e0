// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QListWidget;
class QTextBrowser;

namespace boxwright::ui {

/// The manual (resources/manual) in a window of its own: topics at the left, the text at the right.
class ManualWindow : public QWidget {
  Q_OBJECT
 public:
  explicit ManualWindow(QWidget* parent = nullptr);

  /// Opens at a topic, by the name of its file without ".md"; the first page where there is none.
  void showTopic(const QString& topic);

 private:
  void markTopic(const QUrl& url);
  void dress();

  QListWidget* topics_;
  QTextBrowser* text_;
};

}  // namespace boxwright::ui
