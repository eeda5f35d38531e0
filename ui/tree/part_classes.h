// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "ui/tree/tree_document.h"

namespace boxwright::ui {

/// The classes of the datasets with the nodes they are; those without one first, with the one that
/// they may mean. Rows are dragged onto the tree.
class PartClasses : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Class, Dataset, Node, Columns };

  explicit PartClasses(TreeDocument& tree, QObject* parent = nullptr);

  ClassPlace placeAt(int row) const { return rows_[static_cast<std::size_t>(row)]; }
  /// -1: it is not there.
  int rowOf(ClassPlace place) const;
  NodeId nodeAt(int row) const;
  /// How many rows at the top have no node.
  int unmapped() const { return unmapped_; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  Qt::DropActions supportedDragActions() const override { return Qt::CopyAction | Qt::MoveAction; }
  QMimeData* mimeData(const QModelIndexList& indexes) const override;

 private:
  void arrange();
  void tellNodes();

  TreeDocument& tree_;
  std::vector<ClassPlace> rows_;
  int unmapped_ = 0;
};

}  // namespace boxwright::ui
