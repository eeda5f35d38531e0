// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/picture_side.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/data/picture_grid.h"
#include "ui/data/state_strip.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {

PictureSide::PictureSide(StudioState& state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      model_(state.document()),
      thumbnails_(state.document()),
      grid_(new PictureGrid(state.document(), thumbnails_)),
      strip_(new StateStrip(state.document(), model_)),
      count_(new QLabel),
      order_(new QComboBox),
      nothing_(makeText({}, Tone::Dim)),
      views_(new QStackedWidget) {
  setMinimumWidth(220);
  setMaximumWidth(320);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  grid_->setModel(&model_);
  model_.setDoubts(state_.doubts());
  count_->setMinimumWidth(1);
  count_->setFixedHeight(40);
  count_->setContentsMargins(metric::margin, 0, metric::gap, 0);
  nothing_->setAlignment(Qt::AlignCenter);
  nothing_->setMargin(24);
  views_->addWidget(grid_);
  views_->addWidget(nothing_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(count_);
  order_->setAccessibleName(tr("Order of the pictures"));
  order_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  order_->hide();  // until a model says something
  auto* orders = new QHBoxLayout;
  orders->setContentsMargins(metric::gap, 0, metric::gap, metric::gap);
  orders->addWidget(order_);
  column->addLayout(orders);
  auto* row = new QHBoxLayout;
  row->setSpacing(0);
  row->addWidget(views_, 1);
  row->addWidget(strip_);
  column->addLayout(row, 1);
  strip_->follow(grid_);
  connect(strip_, &StateStrip::picked, this, [this](int picture) { state_.select(picture); });

  connect(grid_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            const int picture = index.isValid() ? model_.pictureAt(index.row()) : -1;
            if (following_ || picture < 0 || picture == state_.picture()) return;
            state_.select(picture);
          });
  connect(&state_, &StudioState::filterChanged, this, [this] {
    model_.setFilter(state_.filter());
    follow();
  });
  connect(&state_, &StudioState::selectionChanged, this, &PictureSide::follow);
  connect(&model_, &PictureListModel::countChanged, this, [this] {
    showCount();
    follow();
  });
  showCount();
}

void PictureSide::follow() {
  strip_->setPicture(state_.picture());
  const int row = model_.rowOf(state_.picture());
  QItemSelectionModel* selection = grid_->selectionModel();
  if (row >= 0 && selection->currentIndex().row() == row) return;
  const QScopedValueRollback quiet(following_, true);
  if (row < 0) {
    selection->clear();
    return;
  }
  const QModelIndex index = model_.index(row, 0);
  selection->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
  grid_->scrollTo(index);
}

void PictureSide::showCount() {
  const int all = state_.document().shownCount(), shown = model_.rowCount();
  count_->setText(shownText(shown, all));
  if (shown > 0) {
    views_->setCurrentWidget(grid_);
  } else if (model_.isComplete()) {
    nothing_->setText(all == 0                               ? tr("No pictures.")
                      : !model_.filter().problem().isEmpty() ? model_.filter().problem()
                                                             : tr("No picture passes the filter."));
    views_->setCurrentWidget(nothing_);
  }
}

void PictureSide::selectSome() {
  if (state_.picture() < 0 && model_.rowCount() > 0) state_.select(model_.pictureAt(0));
}

int PictureSide::pictureFrom(int by) const {
  const int row = model_.rowOf(state_.picture());
  // Out of the list since it was edited: on from its neighbours.
  const int place = model_.placeOf(state_.picture());
  const int next = row >= 0 ? row + by : by > 0 ? place + by - 1 : place + by;
  return model_.pictureAt(next);
}

void PictureSide::step(int by) {
  const int picture = pictureFrom(by);
  if (picture >= 0) state_.select(picture);
}

void PictureSide::offerOrders(const std::vector<std::pair<QAction*, PictureOrder>>& orders) {
  for (const auto& [action, order] : orders) {
    const int index = order_->count();
    order_->addItem(action->text());
    order_->setItemData(index, action->toolTip(), Qt::ToolTipRole);
    connect(action, &QAction::triggered, this, [this, index, to = order] {
      order_->setCurrentIndex(index);
      model_.setOrder(to);
    });
    connect(order_, &QComboBox::activated, action, [index, one = action](int chosen) {
      if (chosen == index) one->trigger();
    });
  }
  const auto show = [this, first = orders.front().first] {
    const bool known = state_.doubts().areKnown();
    if (!known && order_->currentIndex() != 0) first->trigger();
    order_->setVisible(known);
  };
  connect(&state_, &StudioState::predictionsChanged, this, show);
  show();
}

bool PictureSide::nextUnlabelled() {
  return nextBy(&PictureListModel::nextUnlabelled);
}

bool PictureSide::nextUnverified() {
  return nextBy(&PictureListModel::nextUnverified);
}

bool PictureSide::nextBy(int (PictureListModel::*next)(int) const) {
  const int row = model_.rowOf(state_.picture());
  const int picture = (model_.*next)(row >= 0 ? row : model_.placeOf(state_.picture()) - 1);
  if (picture < 0 || picture == state_.picture()) return false;
  state_.select(picture);
  return true;
}

}  // namespace boxwright::ui
