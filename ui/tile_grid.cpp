// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tile_grid.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <utility>

#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int spacing = 4;

}  // namespace

TileGrid::TileGrid(QWidget* parent) : QAbstractItemView(parent) {
  setFrameShape(QFrame::NoFrame);
  setSelectionMode(SingleSelection);
  setEditTriggers(NoEditTriggers);
  setVerticalScrollMode(ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
  setMouseTracking(true);
  viewport()->setMouseTracking(true);
  connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void TileGrid::setTileSize(int size) {
  size = std::clamp(size, 96, 256);
  if (size == size_) return;
  size_ = size;
  updateGeometries();
  scrollTo(currentIndex(), PositionAtCenter);
  viewport()->update();
}

int TileGrid::columns() const {
  return std::max(1, (viewport()->width() - spacing) / (size_ + spacing));
}

QSize TileGrid::cell() const {
  // The columns share out what is left over.
  const int width = (viewport()->width() - spacing) / columns();
  return QSize(width, tileHeight(width - spacing) + spacing);
}

QRect TileGrid::tileRect(int row) const {
  const QSize c = cell();
  const int perRow = columns();
  return QRect(spacing + (row % perRow) * c.width(),
               spacing + (row / perRow) * c.height() - verticalOffset(), c.width() - spacing,
               c.height() - spacing);
}

QRect TileGrid::visualRect(const QModelIndex& index) const {
  return index.isValid() ? tileRect(index.row()) : QRect();
}

QModelIndex TileGrid::indexAt(const QPoint& point) const {
  if (!model()) return {};
  const QSize c = cell();
  const int x = point.x() - spacing, y = point.y() - spacing + verticalOffset();
  if (x < 0 || y < 0) return {};
  const int column = x / c.width();
  if (column >= columns()) return {};
  const int row = y / c.height() * columns() + column;
  if (row >= model()->rowCount()) return {};
  return model()->index(row, 0);
}

void TileGrid::scrollTo(const QModelIndex& index, ScrollHint hint) {
  if (!index.isValid()) return;
  const QRect rect = visualRect(index);
  QScrollBar* bar = verticalScrollBar();
  const int height = viewport()->height();
  if (hint == PositionAtCenter) {
    bar->setValue(bar->value() + rect.center().y() - height / 2);
  } else if (rect.top() < spacing) {
    bar->setValue(bar->value() + rect.top() - spacing);
  } else if (rect.bottom() > height - spacing) {
    bar->setValue(bar->value() + rect.bottom() - height + spacing);
  }
}

void TileGrid::reset() {
  hovered_ = -1;
  QAbstractItemView::reset();
  updateGeometries();
  viewport()->update();
}

QModelIndex TileGrid::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
  const int count = model() ? model()->rowCount() : 0;
  if (count == 0) return {};
  if (!currentIndex().isValid()) return model()->index(0, 0);
  const int now = currentIndex().row();
  const int perRow = columns();
  const int page = std::max(1, viewport()->height() / cell().height()) * perRow;
  int next = now;
  switch (action) {
    case MoveLeft:
    case MovePrevious:
      next = now - 1;
      break;
    case MoveRight:
    case MoveNext:
      next = now + 1;
      break;
    case MoveUp:
      next = now >= perRow ? now - perRow : now;
      break;
    case MoveDown:
      next = now + perRow < count ? now + perRow : now;
      break;
    case MoveHome:
      next = 0;
      break;
    case MoveEnd:
      next = count - 1;
      break;
    case MovePageUp:
      next = now - page;
      break;
    case MovePageDown:
      next = now + page;
      break;
  }
  return model()->index(std::clamp(next, 0, count - 1), 0);
}

int TileGrid::horizontalOffset() const {
  return 0;
}
int TileGrid::verticalOffset() const {
  return verticalScrollBar()->value();
}
bool TileGrid::isIndexHidden(const QModelIndex&) const {
  return false;
}

std::pair<int, int> TileGrid::rowsIn(const QRect& rect) const {
  const int count = model() ? model()->rowCount() : 0;
  const int height = cell().height();
  const int first = std::max(0, (rect.top() + verticalOffset() - spacing) / height);
  const int last = std::max(0, (rect.bottom() + verticalOffset()) / height);
  return {std::min(count, first * columns()), std::min(count, (last + 1) * columns())};
}

void TileGrid::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) {
  QItemSelection selection;
  if (selectionMode() == SingleSelection) {
    if (const QModelIndex index = indexAt(rect.center()); index.isValid())
      selectionModel()->select(index, flags);
    return;
  }
  if ((flags & QItemSelectionModel::Current) && state() != DragSelectingState) {
    // With Shift, from where it began to here, line after line.
    const QModelIndex from = indexAt(rect.topLeft()), to = indexAt(rect.bottomRight());
    if (!from.isValid() || !to.isValid()) return;
    const auto [first, last] = std::minmax({from.row(), to.row()});
    selection.select(model()->index(first, 0), model()->index(last, 0));
    selectionModel()->select(selection, flags);
    return;
  }
  const QRect wanted = rect.normalized();
  const auto [first, end] = rowsIn(wanted);
  int begin = -1;
  for (int row = first; row <= end; ++row) {
    const bool in = row < end && tileRect(row).intersects(wanted);
    if (in && begin < 0) begin = row;
    if (in || begin < 0) continue;
    selection.select(model()->index(begin, 0), model()->index(row - 1, 0));
    begin = -1;
  }
  selectionModel()->select(selection, flags);
}

QRegion TileGrid::visualRegionForSelection(const QItemSelection& selection) const {
  QRegion region;
  const auto [first, end] = rowsIn(viewport()->rect());
  for (const QItemSelectionRange& range : selection) {
    for (int row = std::max(range.top(), first); row < std::min(range.bottom() + 1, end); ++row)
      region += tileRect(row);
  }
  return region;
}

void TileGrid::updateGeometries() {
  const int count = model() ? model()->rowCount() : 0;
  const int rows = (count + columns() - 1) / columns();
  const int whole = rows * cell().height() + spacing;
  QScrollBar* bar = verticalScrollBar();
  bar->setRange(0, std::max(0, whole - viewport()->height()));
  bar->setPageStep(viewport()->height());
  bar->setSingleStep(cell().height() / 2);
  QAbstractItemView::updateGeometries();
}

void TileGrid::rowsInserted(const QModelIndex& parent, int start, int end) {
  QAbstractItemView::rowsInserted(parent, start, end);
  updateGeometries();
  if (tileRect(start).top() < viewport()->height()) viewport()->update();
}

void TileGrid::rowsAboutToBeRemoved(const QModelIndex& parent, int start, int end) {
  QAbstractItemView::rowsAboutToBeRemoved(parent, start, end);
  hovered_ = -1;
  // Those behind them move up once they have gone.
  QMetaObject::invokeMethod(
      this,
      [this] {
        updateGeometries();
        viewport()->update();
      },
      Qt::QueuedConnection);
}

void TileGrid::dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight,
                           const QList<int>&) {
  if (!topLeft.isValid()) return;
  if (tileRect(bottomRight.row()).bottom() < 0) return;
  if (tileRect(topLeft.row()).top() > viewport()->height()) return;
  viewport()->update();
}

void TileGrid::resizeEvent(QResizeEvent* event) {
  QAbstractItemView::resizeEvent(event);
  updateGeometries();
}

void TileGrid::focusInEvent(QFocusEvent* event) {
  // Not QAbstractItemView's, which chooses a row where none is.
  QAbstractScrollArea::focusInEvent(event);
  viewport()->update();
}

void TileGrid::mouseMoveEvent(QMouseEvent* event) {
  const QModelIndex index = indexAt(event->position().toPoint());
  const int row = index.isValid() ? index.row() : -1;
  if (row != hovered_) {
    if (hovered_ >= 0) viewport()->update(tileRect(hovered_));
    hovered_ = row;
    if (hovered_ >= 0) viewport()->update(tileRect(hovered_));
  }
  QAbstractItemView::mouseMoveEvent(event);
  if (state() != DragSelectingState || selectionMode() == SingleSelection) return;
  const QPoint here = event->position().toPoint() + QPoint(0, verticalOffset());
  if (band_.isNull()) band_ = QRect(here, here);
  band_.setBottomRight(here);
  viewport()->update();
}

void TileGrid::leaveEvent(QEvent* event) {
  if (hovered_ >= 0) viewport()->update(tileRect(hovered_));
  hovered_ = -1;
  QAbstractItemView::leaveEvent(event);
}

void TileGrid::mouseReleaseEvent(QMouseEvent* event) {
  QAbstractItemView::mouseReleaseEvent(event);
  if (band_.isNull()) return;
  band_ = {};
  viewport()->update();
}

void TileGrid::paintEvent(QPaintEvent* event) {
  QPainter painter(viewport());
  const ThemeColours& c = colours();
  painter.fillRect(event->rect(), c.panel);
  painter.setFont(textFont(TextSize::Small));
  const auto [first, end] = rowsIn(event->rect());
  for (int row = first; row < end; ++row) {
    const QRect rect = tileRect(row);
    if (rect.intersects(event->rect())) paintTile(painter, model()->index(row, 0), rect);
  }
  if (band_.isNull()) return;
  QColor ground = c.accent;
  ground.setAlpha(40);
  painter.setPen(c.accent);
  painter.setBrush(ground);
  painter.drawRect(band_.normalized().translated(0, -verticalOffset()).adjusted(0, 0, -1, -1));
}

void TileGrid::paintGround(QPainter& painter, const QModelIndex& index, const QRect& rect) const {
  const bool selected = selectionModel() && selectionModel()->isSelected(index);
  if (!selected && !isHovered(index.row())) return;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(selected ? colours().selection : colours().hover);
  painter.drawRoundedRect(rect, metric::radius, metric::radius);
}

void TileGrid::paintRing(QPainter& painter, const QModelIndex& index, const QRect& rect) const {
  if (index != currentIndex() || !hasFocus()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(colours().accent, 2));
  painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
}

}  // namespace boxwright::ui
