// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/tile_grid.h"

namespace boxwright::ui {

class DatasetDocument;
class ThumbnailStore;

/// The pictures as a grid of thumbnails; names stand below where there is room, a mark before the
/// name tells the state by colour.
class PictureGrid : public TileGrid {
  Q_OBJECT
 public:
  PictureGrid(DatasetDocument& document, ThumbnailStore& thumbnails, QWidget* parent = nullptr);

  /// 96 to 256 pixels.
  void setThumbnailSize(int size);
  int thumbnailSize() const { return size_; }

 protected:
  void paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) override;

 private:
  void thumbnailReady(int picture);

  DatasetDocument& document_;
  ThumbnailStore& thumbnails_;
  int size_ = 112;
};

}  // namespace boxwright::ui
