// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>
#include <set>
#include <vector>

#include "core/data/tree_project.h"

namespace boxwright::ui {

class TreeModel;

/// The tree as rows that are dragged, dropped on and named in place. What is unfolded stays so when
/// the model begins anew, and when what was removed comes back.
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
  void resizeEvent(QResizeEvent* event) override;
  void rowsAboutToBeRemoved(const QModelIndex& parent, int start, int end) override;

 private:
  void rememberUnfolded();
  void unfoldAgain();
  void unfoldWhatIsBack();
  /// Rows of so many levels below the roots are shown: the deeper, the less is each moved in.
  void showsLevels(int levels);

  TreeModel& model_;
  std::vector<NodeId> unfolded_;   ///< before the model began anew
  std::set<NodeId> goneUnfolded_;  ///< not there now
  NodeId chosen_ = -1;
  int levels_ = 0;  ///< shown at most since all was folded
};

}  // namespace boxwright::ui
