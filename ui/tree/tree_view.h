// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>
#include <vector>

#include "core/data/tree_project.h"

namespace boxwright::ui {

class TreeModel;

/// The tree as rows that are dragged, dropped on and named in place. What is unfolded stays so when
/// the model begins anew.
class TreeView : public QTreeView {
  Q_OBJECT
 public:
  explicit TreeView(TreeModel& model, QWidget* parent = nullptr);

  NodeId currentNode() const;
  /// In no order; the current one where none is selected.
  std::vector<NodeId> selectedNodes() const;
  /// Selects it alone, unfolds what is above it and brings it into view.
  void choose(NodeId node);
  void editName(NodeId node);
  /// Unfolds as many levels as have rows for; false where that was not all.
  bool unfoldAll();
  void foldAll();

 Q_SIGNALS:
  void currentNodeChanged();
  void menuWanted(const QPoint& global);

 protected:
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void startDrag(Qt::DropActions actions) override;
  void dropEvent(QDropEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  void rememberUnfolded();
  void unfoldAgain();

  TreeModel& model_;
  std::vector<NodeId> unfolded_;
  NodeId chosen_ = -1;
};

}  // namespace boxwright::ui
