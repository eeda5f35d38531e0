// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/data/picture_list_model.h"
#include "ui/data/thumbnail_store.h"

class QComboBox;
class QLabel;
class QAction;
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
  QComboBox* orderChoice() const { return order_; }

  /// To the picture `by` places on in the list, from where the one in view is or would be.
  void step(int by);
  /// False where there is none.
  bool nextUnlabelled();
  bool nextUnverified();
  /// Selects the first picture where none is.
  void selectSome();
  /// The picture `by` places on, or -1.
  int pictureFrom(int by) const;
  /// Puts the actions' orders into the choice beside the count; triggering one makes it the order.
  void offerOrders(const std::vector<std::pair<QAction*, PictureOrder>>& orders);

 private:
  void follow();
  void showCount();
  bool nextBy(int (PictureListModel::*next)(int) const);

  StudioState& state_;
  PictureListModel model_;
  ThumbnailStore thumbnails_;
  PictureGrid* grid_;
  StateStrip* strip_;
  QLabel* count_;
  QComboBox* order_;
  QLabel* nothing_;
  QStackedWidget* views_;
  bool following_ = false;
};

}  // namespace boxwright::ui
