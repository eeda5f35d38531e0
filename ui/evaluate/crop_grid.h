// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>

#include "ui/class_palette.h"
#include "ui/tile_grid.h"

namespace boxwright::ui {

class CropStore;
class CropList;

/// The rows of a CropList as crops: the label solid, what the model found dashed, words below. A
/// click or Enter opens one.
class CropGrid : public TileGrid {
  Q_OBJECT
 public:
  CropGrid(CropList& list, CropStore& crops, QWidget* parent = nullptr);

  void setList(CropList& list);
  void setClassPalette(ClassPalette palette);
  const CropList& list() const { return *list_; }

 Q_SIGNALS:
  void opened(int row);

 protected:
  int tileHeight(int width) const override;
  void paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  CropList* list_;
  CropStore& crops_;
  ClassPalette palette_;
  QSet<int> awaited_;  ///< pictures of tiles in view that have no crop yet
};

}  // namespace boxwright::ui
