// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <functional>
#include <vector>

#include "core/data/tree_project.h"

class QLabel;
class QLineEdit;
class QListWidget;

namespace boxwright::ui {

class TreeDocument;

/// A small field for choosing a node by typing some of its name: names that begin with it come
/// first, each with the way to it. Up and Down move, Enter takes, Esc leaves.
class NodeFinder : public QFrame {
  Q_OBJECT
 public:
  NodeFinder(TreeDocument& tree, QWidget* parent);

  /// Opens near a point of the parent. `title` says what for; `without` is not offered.
  void openAt(const QPoint& point, const QString& title, NodeId without,
              std::function<void(NodeId)> taken);
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

  TreeDocument& tree_;
  QLabel* title_;
  QLineEdit* field_;
  QListWidget* list_;
  NodeId without_ = -1;
  std::function<void(NodeId)> taken_;
};

}  // namespace boxwright::ui
