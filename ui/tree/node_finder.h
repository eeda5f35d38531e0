// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "core/data/tree_project.h"
#include "ui/name_finder.h"

class QLabel;

namespace boxwright::ui {

class TreeDocument;

/// Chooses a node of the tree that is edited: the name itself comes first, then names that begin
/// with what is typed, each with the way to it.
class NodeFinder : public NameFinder {
  Q_OBJECT
 public:
  NodeFinder(TreeDocument& tree, QWidget* parent);

  /// Opens near a point of the parent. `title` says what for; `without` is not offered.
  void openAt(const QPoint& point, const QString& title, NodeId without,
              std::function<void(NodeId)> taken);

 protected:
  void match(const QString& typed) override;
  void take(int id) override;

 private:
  TreeDocument& tree_;
  QLabel* title_;
  NodeId without_ = -1;
  std::function<void(NodeId)> taken_;
};

}  // namespace boxwright::ui
