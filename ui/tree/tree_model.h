// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QByteArray>
#include <unordered_set>
#include <vector>

#include "ui/tree/tree_document.h"

namespace boxwright::ui {

/// What is dragged: places of nodes (ids), or of datasets' classes (part, class).
inline constexpr const char* kNodeType = "application/x-boxwright-nodes";
inline constexpr const char* kClassType = "application/x-boxwright-classes";
QByteArray packed(const std::vector<ClassPlace>& places);

/// A TreeDocument's tree for views: the class (edited in place), with all below it boxes and
/// pictures, and the datasets. Follows edits step by step; nodes dropped move, or with the copy
/// action (Ctrl) are merged; classes dropped get the node.
class TreeModel : public QAbstractItemModel {
  Q_OBJECT
 public:
  enum Column { Class, Boxes, Pictures, Datasets, Columns };

  explicit TreeModel(TreeDocument& tree, QObject* parent = nullptr);

  TreeDocument& tree() const { return tree_; }
  QModelIndex indexOf(NodeId node, int column = Class) const;
  /// -1: none.
  static NodeId nodeAt(const QModelIndex& index) {
    return index.isValid() ? static_cast<NodeId>(index.internalId()) : -1;
  }
  /// Shown as found; the view repaints.
  void setFound(const std::vector<NodeId>& nodes);
  /// Shown as cut out.
  void setCut(const std::vector<NodeId>& nodes);
  const std::unordered_set<NodeId>& cut() const { return cut_; }

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& child) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  bool hasChildren(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  Qt::DropActions supportedDropActions() const override { return Qt::MoveAction | Qt::CopyAction; }
  QStringList mimeTypes() const override { return {kNodeType, kClassType}; }
  QMimeData* mimeData(const QModelIndexList& indexes) const override;
  bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                       const QModelIndex& parent) const override;
  bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                    const QModelIndex& parent) override;

 private:
  void stepping(const TreeStep& step);
  void stepped(const TreeStep& step);
  void tellAll();
  QString datasetsText(NodeId node) const;
  QString tip(NodeId node, int column) const;

  TreeDocument& tree_;
  std::unordered_set<NodeId> found_, cut_;
};

}  // namespace boxwright::ui
