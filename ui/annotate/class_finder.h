// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <vector>

#include "core/data/tree_beside.h"

class QLineEdit;
class QListWidget;

namespace boxwright::ui {

class DatasetDocument;
class LabelEditor;

/// A small field over the canvas for choosing a class by typing some of its name: names that begin
/// with it come first. Up and Down move, Enter takes, Esc leaves. Where the dataset is part of a
/// combined one, all nodes of its tree are there; one that is no class yet becomes one.
class ClassFinder : public QFrame {
  Q_OBJECT
 public:
  ClassFinder(DatasetDocument& document, LabelEditor& editor, QWidget* canvas);

  /// Opens near the point of the canvas, with the names of all classes.
  void openAt(const QPoint& point);
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

  DatasetDocument& document_;
  LabelEditor& editor_;
  QLineEdit* field_;
  QListWidget* list_;
  int classes_ = 0;
  std::vector<OfferedNode> nodes_;  ///< that are no classes yet
};

}  // namespace boxwright::ui
