// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>

namespace boxwright::ui {

/// The rows of a model as tiles. Places are computed, not stored, so that a million tiles cost what
/// the visible ones cost. Arrow keys, Home, End and Page keys move; where several may be selected,
/// Shift, Ctrl and a drag extend the selection.
class TileGrid : public QAbstractItemView {
  Q_OBJECT
 public:
  explicit TileGrid(QWidget* parent = nullptr);

  /// The width wanted for a tile, 96 to 256 pixels.
  void setTileSize(int size);
  int tileSize() const { return size_; }

  QRect visualRect(const QModelIndex& index) const override;
  void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
  QModelIndex indexAt(const QPoint& point) const override;
  void reset() override;

 protected:
  /// Of a tile of this width.
  virtual int tileHeight(int width) const { return width; }
  virtual void paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) = 0;
  bool isHovered(int row) const { return row == hovered_; }
  /// The ground of a tile that is selected or under the pointer, and the ring of the current one.
  void paintGround(QPainter& painter, const QModelIndex& index, const QRect& rect) const;
  void paintRing(QPainter& painter, const QModelIndex& index, const QRect& rect) const;
  QRect tileRect(int row) const;  ///< in viewport coordinates
  /// Rows of which a part is in view; the second is behind the last.
  std::pair<int, int> rowsIn(const QRect& rect) const;

  QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
  int horizontalOffset() const override;
  int verticalOffset() const override;
  bool isIndexHidden(const QModelIndex& index) const override;
  void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) override;
  QRegion visualRegionForSelection(const QItemSelection& selection) const override;
  void updateGeometries() override;
  void rowsInserted(const QModelIndex& parent, int start, int end) override;
  void rowsAboutToBeRemoved(const QModelIndex& parent, int start, int end) override;
  void dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight,
                   const QList<int>& roles = {}) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  int columns() const;
  QSize cell() const;

  int size_ = 112;
  int hovered_ = -1;
  QRect band_;  ///< while a drag selects
};

}  // namespace boxwright::ui
