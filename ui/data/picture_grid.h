// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>

namespace boxwright::ui {

class DatasetDocument;
class ThumbnailStore;

/// The pictures as a grid of thumbnails. Places are computed, not stored, so that a million
/// pictures cost what the visible ones cost. Arrow keys, Home, End and Page keys move; names stand
/// below where there is room, a bar at the foot tells the state by colour.
class PictureGrid : public QAbstractItemView {
  Q_OBJECT
 public:
  PictureGrid(DatasetDocument& document, ThumbnailStore& thumbnails, QWidget* parent = nullptr);

  /// 96 to 256 pixels.
  void setThumbnailSize(int size);
  int thumbnailSize() const { return size_; }

  QRect visualRect(const QModelIndex& index) const override;
  void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
  QModelIndex indexAt(const QPoint& point) const override;
  void reset() override;

 protected:
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
  void thumbnailReady(int picture);
  void paintCell(QPainter& painter, int row, const QRect& rect);

  DatasetDocument& document_;
  ThumbnailStore& thumbnails_;
  int size_ = 112;
  int hovered_ = -1;
};

}  // namespace boxwright::ui
