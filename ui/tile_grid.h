// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>

namespace boxwright::ui {

/// The rows of a model as tiles of one size side by side. Places are computed, not stored, so that
/// a million tiles cost what the visible ones cost. Arrow keys, Home, End and Page keys move.
/// Whoever derives says how a tile is painted.
class TileGrid : public QAbstractItemView {
  Q_OBJECT
 public:
  explicit TileGrid(QWidget* parent = nullptr);

  QRect visualRect(const QModelIndex& index) const override;
  void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
  QModelIndex indexAt(const QPoint& point) const override;
  void reset() override;

 protected:
  /// At least `size`; columns share out what is left over.
  void setTileSize(const QSize& size);
  virtual void paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) = 0;
  /// The ground of a tile that is selected or under the pointer.
  void paintGround(QPainter& painter, const QModelIndex& index, const QRect& rect) const;
  void paintFocus(QPainter& painter, const QModelIndex& index, const QRect& rect) const;
  bool isHovered(const QModelIndex& index) const { return index.row() == hovered_; }
  void updateTile(int row);

  QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
  int horizontalOffset() const override;
  int verticalOffset() const override;
  bool isIndexHidden(const QModelIndex& index) const override;
  void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) override;
  QRegion visualRegionForSelection(const QItemSelection& selection) const override;
  void updateGeometries() override;
  void rowsInserted(const QModelIndex& parent, int start, int end) override;
  void dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight,
                   const QList<int>& roles = {}) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  int columns() const;
  QSize cell() const;
  QRect cellRect(int row) const;  ///< in viewport coordinates

  QSize size_{112, 104};
  int hovered_ = -1;
};

}  // namespace boxwright::ui
