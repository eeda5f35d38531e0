// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of DataPage that is its list of pictures.
#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSlider>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/data/data_page.h"
#include "ui/data/picture_grid.h"
#include "ui/data/state_strip.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {

QWidget* DataPage::makeList() {
  auto* panel = new QWidget;
  panel->setMinimumWidth(220);
  panel->setMaximumWidth(520);
  panel->setAutoFillBackground(true);
  panel->setBackgroundRole(QPalette::Base);
  QHBoxLayout* row = nullptr;
  QWidget* header = makeHeader(row);
  listCount_ = new QLabel;
  listCount_->setMinimumWidth(1);
  row->addWidget(listCount_, 1);
  gridButton_ = new QToolButton;
  tableButton_ = new QToolButton;
  const auto prepare = [row](QToolButton* button, const QString& icon, const QString& name) {
    button->setIcon(themeIcon(icon));
    button->setIconSize({metric::icon, metric::icon});
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    row->addWidget(button);
  };
  prepare(gridButton_, QStringLiteral("grid"), tr("Pictures as a grid"));
  prepare(tableButton_, QStringLiteral("table"), tr("Pictures as a table"));
  gridButton_->setChecked(true);
  connect(gridButton_, &QToolButton::clicked, this, [this] { setTableMode(false); });
  connect(tableButton_, &QToolButton::clicked, this, [this] { setTableMode(true); });

  grid_ = new PictureGrid(state().document(), thumbnails_);
  grid_->setModel(&model_);
  selection_ = grid_->selectionModel();
  table_ = new QTableView;
  table_->setModel(&model_);
  delete table_->selectionModel();
  table_->setSelectionModel(selection_);
  table_->setFrameShape(QFrame::NoFrame);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setTabKeyNavigation(false);
  table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table_->verticalHeader()->setVisible(false);
  table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  table_->verticalHeader()->setMinimumSectionSize(26);
  table_->verticalHeader()->setDefaultSectionSize(26);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
  table_->setColumnWidth(PictureListModel::Name, 150);
  const auto giveRoom = [this] {
    // A class takes more of it than a number.
    const bool classes = model_.showsClasses();
    table_->setColumnWidth(PictureListModel::Boxes, classes ? 96 : 52);
  };
  connect(&model_, &PictureListModel::headerDataChanged, table_, giveRoom);
  giveRoom();
  table_->setColumnWidth(PictureListModel::State, 80);
  table_->setColumnWidth(PictureListModel::Split, 56);
  table_->setColumnWidth(PictureListModel::Size, 92);
  table_->setAccessibleName(tr("Pictures"));
  nothingFound_ = makeText({}, Tone::Dim);
  nothingFound_->setAlignment(Qt::AlignCenter);
  nothingFound_->setMargin(24);
  views_ = new QStackedWidget;
  views_->addWidget(grid_);
  views_->addWidget(table_);
  views_->addWidget(nothingFound_);
  connect(selection_, &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) { viewMoved(index); });

  strip_ = new StateStrip(state().document(), model_);
  strip_->follow(grid_);
  connect(strip_, &StateStrip::picked, this, [this](int picture) { state().select(picture); });
  auto* listRow = new QHBoxLayout;
  listRow->setSpacing(0);
  listRow->addWidget(views_, 1);
  listRow->addWidget(strip_);

  auto* footer = new QWidget;
  footer->setFixedHeight(32);
  auto* footerRow = new QHBoxLayout(footer);
  footerRow->setContentsMargins(metric::margin, 0, metric::margin, 0);
  size_ = new QSlider(Qt::Horizontal);
  size_->setRange(96, 256);
  size_->setValue(grid_->tileSize());
  size_->setToolTip(tr("Size of the thumbnails"));
  size_->setAccessibleName(tr("Size of the thumbnails"));
  connect(size_, &QSlider::valueChanged, grid_, &PictureGrid::setTileSize);
  footerRow->addWidget(size_);

  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(header);
  column->addLayout(listRow, 1);
  column->addWidget(footer);
  return panel;
}

void DataPage::showListState() {
  const DatasetDocument& document = state().document();
  const int all = document.shownCount(), shown = model_.rowCount();
  listCount_->setText(shownText(shown, all));
  if (shown > 0) {
    views_->setCurrentIndex(asTable_->isChecked() ? 1 : 0);
  } else if (model_.isComplete()) {
    nothingFound_->setText(
        all == 0 ? (document.isOpening() ? tr("Looking for pictures\u2026") : tr("No pictures."))
        : !model_.filter().problem().isEmpty() ? model_.filter().problem()
                                               : tr("No picture passes the filter."));
    views_->setCurrentIndex(2);
  }
}

void DataPage::activateList() {
  movingViews_ = true;  // a view that gets the keyboard wants a current row: it is not chosen
  if (views_->currentWidget() != nothingFound_) views_->currentWidget()->setFocus();
  movingViews_ = false;
}

void DataPage::takeKeyboard() {
  // The page's keys work without a click, unless somebody types elsewhere.
  const QWidget* now = window()->focusWidget();
  const bool busy = now && now->isVisible() && (isAncestorOf(now) || now->inherits("QLineEdit"));
  if (isVisible() && !busy) activateList();
}

void DataPage::setTableMode(bool table) {
  asTable_->setChecked(table);
  tableButton_->setChecked(table);
  gridButton_->setChecked(!table);
  size_->setEnabled(!table);
  strip_->follow(table ? static_cast<QAbstractItemView*>(table_) : grid_);
  showListState();
  syncViews();
}

void DataPage::syncViews() {
  strip_->setPicture(state().picture());
  const int row = model_.rowOf(state().picture());
  const QModelIndex index = row >= 0 ? model_.index(row, 0) : QModelIndex();
  if (selection_->currentIndex().row() == row && index.isValid()) return;
  movingViews_ = true;
  if (index.isValid()) {
    selection_->setCurrentIndex(index,
                                QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    grid_->scrollTo(index);
    table_->scrollTo(index);
  } else {
    selection_->clear();
  }
  movingViews_ = false;
}

void DataPage::viewMoved(const QModelIndex& index) {
  if (movingViews_ || !index.isValid()) return;
  const int picture = model_.pictureAt(index.row());
  if (picture != state().picture()) state().select(picture);
}

void DataPage::step(int by) {
  const int row = model_.rowOf(state().picture());
  const int place = model_.placeOf(state().picture());
  const int next = row >= 0 ? row + by : by > 0 ? place + by - 1 : place + by;
  const int picture = model_.pictureAt(next);
  if (picture >= 0) state().select(picture);
}

void DataPage::nextUnlabelled() {
  const int picture = model_.nextUnlabelled(model_.rowOf(state().picture()));
  if (picture >= 0) {
    state().select(picture);
  } else {
    setStatusText(tr("No unlabelled picture among these"));
  }
}

}  // namespace boxwright::ui
