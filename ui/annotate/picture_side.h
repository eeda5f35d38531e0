// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/data/picture_list_model.h"
#include "ui/data/thumbnail_store.h"

class QLabel;
class QStackedWidget;

namespace boxwright::ui {

class PictureGrid;
class StateStrip;
class StudioState;

/// The pictures that pass the shared filter, beside the canvas; the one in view is the shared
/// selection.
class PictureSide : public QWidget {
  Q_OBJECT
 public:
  explicit PictureSide(StudioState& state, QWidget* parent = nullptr);

  PictureListModel& model() { return model_; }
  PictureGrid* grid() const { return grid_; }
  StateStrip* strip() const { return strip_; }

  /// To the picture `by` places on in the list, from where the one in view is or would be.
  void step(int by);
  /// False where there is none.
  bool nextUnlabelled();
  bool nextUnverified();
  /// Selects the first picture where none is.
  void selectSome();

 private:
  void follow();
  void showCount();

  StudioState& state_;
  PictureListModel model_;
  ThumbnailStore thumbnails_;
  PictureGrid* grid_;
  StateStrip* strip_;
  QLabel* count_;
  QLabel* nothing_;
  QStackedWidget* views_;
  bool following_ = false;
};

}  // namespace boxwright::ui
