// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>
#include <vector>

#include "ui/tile_grid.h"

class QAction;

namespace boxwright::ui {

class BoxList;
class CropStore;

/// Boxes as a grid of crops, several of which can be selected. Enter is told, not acted upon.
class BoxGrid : public TileGrid {
  Q_OBJECT
 public:
  BoxGrid(BoxList& boxes, CropStore& crops, QWidget* parent = nullptr);

  /// Actions whose keys work while the grid has the keyboard, before those of the page.
  void setKeyActions(std::vector<QAction*> actions) { keyActions_ = std::move(actions); }
  /// Of the selected tiles, ascending.
  std::vector<int> selectedRows() const;

 Q_SIGNALS:
  /// Enter or a double click.
  void opened(int row);

 protected:
  int tileHeight(int width) const override;
  void paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) override;
  bool event(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  void cropsReady(int picture);
  /// Null where none has the key.
  QAction* actionOf(const QKeyEvent& event) const;

  BoxList& boxes_;
  CropStore& crops_;
  std::vector<QAction*> keyActions_;
};

}  // namespace boxwright::ui
