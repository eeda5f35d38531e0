// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLineEdit;
class QListWidget;

namespace boxwright::ui {

class LabelEditor;

/// A small field over the canvas for choosing a class by typing some of its name: names that begin
/// with it come first. Up and Down move, Enter takes, Esc leaves.
class ClassFinder : public QFrame {
  Q_OBJECT
 public:
  ClassFinder(LabelEditor& editor, QWidget* canvas);

  /// Opens near the point of the canvas, with the names of all classes.
  void openAt(const QPoint& point, int classes);
  QLineEdit* field() const { return field_; }

 Q_SIGNALS:
  void closed();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void match();
  void take();
  void leave();

  LabelEditor& editor_;
  QLineEdit* field_;
  QListWidget* list_;
  int classes_ = 0;
};

}  // namespace boxwright::ui
