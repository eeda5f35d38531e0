// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QStringList>
#include <memory>
#include <vector>

class QLineEdit;
class QListWidget;

namespace boxwright {
struct TreeBeside;
}

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
  void addNodes(const QString& typed, bool beginning);
  void take();
  void leave();

  DatasetDocument& document_;
  LabelEditor& editor_;
  QLineEdit* field_;
  QListWidget* list_;
  int classes_ = 0;
  std::shared_ptr<const TreeBeside> tree_;  ///< of the document; null without one
  QStringList names_;                 ///< of all nodes of the tree beside the dataset, as classes
  std::vector<bool> taken_;           ///< of each: it is a class already, or cannot be one
};

}  // namespace boxwright::ui
