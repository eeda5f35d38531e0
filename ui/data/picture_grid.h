// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/tile_grid.h"

namespace boxwright::ui {

class DatasetDocument;
class ThumbnailStore;

/// The pictures as a grid of thumbnails with their boxes; names stand below, with a mark that tells
/// the state.
class PictureGrid : public TileGrid {
  Q_OBJECT
 public:
  PictureGrid(DatasetDocument& document, ThumbnailStore& thumbnails, QWidget* parent = nullptr);

 protected:
  int tileHeight(int width) const override;
  void paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) override;

 private:
  void thumbnailReady(int picture);

  DatasetDocument& document_;
  ThumbnailStore& thumbnails_;
};

}  // namespace boxwright::ui
