// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/tile_grid.h"

namespace boxwright::ui {

class BoxList;
class CropStore;

/// Boxes as a grid of crops, several of which can be selected. Digits, Delete and Enter are told,
/// not acted upon.
class BoxGrid : public TileGrid {
  Q_OBJECT
 public:
  BoxGrid(BoxList& boxes, CropStore& crops, QWidget* parent = nullptr);

  /// Of the selected tiles, ascending.
  std::vector<int> selectedRows() const;

 Q_SIGNALS:
  /// 1 to 9.
  void digitPressed(int digit);
  void deletePressed();
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

  BoxList& boxes_;
  CropStore& crops_;
};

}  // namespace boxwright::ui
