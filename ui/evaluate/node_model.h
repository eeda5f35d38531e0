// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/taxonomy/class_names.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright::ui {

/// What was measured of a node of a class tree.
struct NodeRow {
  int node = 0;
  std::optional<double> score;
  std::size_t truths = 0;
  std::optional<bool> hadBoxes = std::nullopt;  ///< in training; nothing where that is unknown
};

/// The measured nodes of a class tree as a table: as a tree, each below its parent, or ordered by a
/// column; of all or of those whose name has a text in it. GUI thread.
class NodeModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Name, Score, Truths, Depth, Boxes, ColumnCount };
  /// What the scores are: AP50 of boxes, or the share of whole pictures that are found.
  enum class Of { Boxes, Pictures };

  using QAbstractTableModel::QAbstractTableModel;

  void setRows(std::vector<NodeRow> rows, std::shared_ptr<const ClassTree> tree,
               const ClassNames& names, Of of);
  void setFilter(const QString& text);
  int nodeAt(int row) const { return rowAt(row).node; }
  /// The row of a node; -1 where it is not in the table.
  int rowOf(int node) const;
  /// As it is shown: what is filtered out is left out.
  std::string csv() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  /// Column -1: the order of the tree.
  void sort(int column, Qt::SortOrder order) override;

  /// What stands over a column.
  QString headOf(int column) const;

 private:
  struct Entry {
    NodeRow row;
    int depth = 0;
    QString name, lowered;
  };
  const NodeRow& rowAt(int row) const { return entryAt(row).row; }
  const Entry& entryAt(int row) const {
    return entries_[static_cast<std::size_t>(shown_[static_cast<std::size_t>(row)])];
  }
  QString wayTo(int node) const;
  void list();

  std::vector<Entry> entries_;  ///< in the order of the tree
  std::vector<int> shown_;      ///< places in it
  std::shared_ptr<const ClassTree> tree_;
  ClassNames names_;
  Of of_ = Of::Boxes;
  QString filter_;
  int column_ = -1;
  Qt::SortOrder order_ = Qt::AscendingOrder;
};

}  // namespace boxwright::ui
