// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/picture_grid.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "core/image/class_colours.h"
#include "ui/data/picture_list_model.h"
#include "ui/data/thumbnail_store.h"
#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int spacing = 4;
constexpr int captionHeight = 20;

}  // namespace

PictureGrid::PictureGrid(DatasetDocument& document, ThumbnailStore& thumbnails, QWidget* parent)
    : QAbstractItemView(parent), document_(document), thumbnails_(thumbnails) {
  setFrameShape(QFrame::NoFrame);
  setSelectionMode(SingleSelection);
  setEditTriggers(NoEditTriggers);
  setVerticalScrollMode(ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
  setMouseTracking(true);
  viewport()->setMouseTracking(true);
  setAccessibleName(tr("Pictures"));
  connect(&thumbnails_, &ThumbnailStore::ready, this, &PictureGrid::thumbnailReady);
  connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void PictureGrid::setThumbnailSize(int size) {
  size = std::clamp(size, 96, 256);
  if (size == size_) return;
  size_ = size;
  updateGeometries();
  scrollTo(currentIndex(), PositionAtCenter);
  viewport()->update();
}

int PictureGrid::columns() const {
  return std::max(1, (viewport()->width() - spacing) / (size_ + spacing));
}

QSize PictureGrid::cell() const {
  // The columns share out what is left over.
  const int width = (viewport()->width() - spacing) / columns();
  return QSize(width, size_ * 3 / 4 + captionHeight + spacing);
}

QRect PictureGrid::cellRect(int row) const {
  const QSize c = cell();
  const int perRow = columns();
  return QRect(spacing + (row % perRow) * c.width(),
               spacing + (row / perRow) * c.height() - verticalOffset(), c.width() - spacing,
               c.height() - spacing);
}

QRect PictureGrid::visualRect(const QModelIndex& index) const {
  return index.isValid() ? cellRect(index.row()) : QRect();
}

QModelIndex PictureGrid::indexAt(const QPoint& point) const {
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

void PictureGrid::scrollTo(const QModelIndex& index, ScrollHint hint) {
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

void PictureGrid::reset() {
  hovered_ = -1;
  QAbstractItemView::reset();
  updateGeometries();
  viewport()->update();
}

QModelIndex PictureGrid::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
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

int PictureGrid::horizontalOffset() const {
  return 0;
}
int PictureGrid::verticalOffset() const {
  return verticalScrollBar()->value();
}
bool PictureGrid::isIndexHidden(const QModelIndex&) const {
  return false;
}

void PictureGrid::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) {
  const QModelIndex index = indexAt(rect.center());
  if (index.isValid()) selectionModel()->select(index, flags);
}

QRegion PictureGrid::visualRegionForSelection(const QItemSelection& selection) const {
  QRegion region;
  for (const QItemSelectionRange& range : selection) {
    for (int row = range.top(); row <= range.bottom(); ++row)
      region += cellRect(row);
  }
  return region;
}

void PictureGrid::updateGeometries() {
  const int count = model() ? model()->rowCount() : 0;
  const int rows = (count + columns() - 1) / columns();
  const int whole = rows * cell().height() + spacing;
  QScrollBar* bar = verticalScrollBar();
  bar->setRange(0, std::max(0, whole - viewport()->height()));
  bar->setPageStep(viewport()->height());
  bar->setSingleStep(cell().height() / 2);
  QAbstractItemView::updateGeometries();
}

void PictureGrid::rowsInserted(const QModelIndex& parent, int start, int end) {
  QAbstractItemView::rowsInserted(parent, start, end);
  updateGeometries();
  if (cellRect(start).top() < viewport()->height()) viewport()->update();
}

void PictureGrid::dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight,
                              const QList<int>&) {
  if (!topLeft.isValid()) return;
  if (cellRect(bottomRight.row()).bottom() < 0) return;
  if (cellRect(topLeft.row()).top() > viewport()->height()) return;
  viewport()->update();
}

void PictureGrid::thumbnailReady(int picture) {
  const auto* pictures = qobject_cast<const PictureListModel*>(model());
  if (!pictures) return;
  const int row = pictures->rowOf(picture);
  if (row >= 0) viewport()->update(cellRect(row));
}

void PictureGrid::resizeEvent(QResizeEvent* event) {
  QAbstractItemView::resizeEvent(event);
  updateGeometries();
}

void PictureGrid::focusInEvent(QFocusEvent* event) {
  // Not QAbstractItemView's, which chooses a row where none is.
  QAbstractScrollArea::focusInEvent(event);
  viewport()->update();
}

void PictureGrid::mouseMoveEvent(QMouseEvent* event) {
  const QModelIndex index = indexAt(event->position().toPoint());
  const int row = index.isValid() ? index.row() : -1;
  if (row != hovered_) {
    if (hovered_ >= 0) viewport()->update(cellRect(hovered_));
    hovered_ = row;
    if (hovered_ >= 0) viewport()->update(cellRect(hovered_));
  }
  QAbstractItemView::mouseMoveEvent(event);
}

void PictureGrid::leaveEvent(QEvent* event) {
  if (hovered_ >= 0) viewport()->update(cellRect(hovered_));
  hovered_ = -1;
  QAbstractItemView::leaveEvent(event);
}

void PictureGrid::paintEvent(QPaintEvent* event) {
  QPainter painter(viewport());
  painter.fillRect(event->rect(), colours().panel);
  const int count = model() ? model()->rowCount() : 0;
  if (count == 0) return;
  const int height = cell().height();
  const int firstLine = std::max(0, (event->rect().top() + verticalOffset() - spacing) / height);
  const int lastLine = std::max(0, (event->rect().bottom() + verticalOffset()) / height);
  const int end = std::min(count, (lastLine + 1) * columns());
  painter.setFont(textFont(TextSize::Small));
  for (int row = firstLine * columns(); row < end; ++row) {
    const QRect rect = cellRect(row);
    if (rect.intersects(event->rect())) paintCell(painter, row, rect);
  }
}

void PictureGrid::paintCell(QPainter& painter, int row, const QRect& rect) {
  const ThemeColours& c = colours();
  const QModelIndex index = model()->index(row, 0);
  const int picture = index.data(PictureListModel::PictureRole).toInt();
  if (picture >= document_.pictureCount()) return;
  const Picture& p = document_.dataset().pictures[static_cast<std::size_t>(picture)];
  const bool selected = selectionModel() && selectionModel()->isSelected(index);
  const bool current = index == currentIndex();

  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  if (selected || row == hovered_) {
    painter.setBrush(selected ? c.selection : c.hover);
    painter.drawRoundedRect(rect, metric::radius, metric::radius);
  }
  const QRect tile = rect.adjusted(4, 4, -4, -captionHeight);
  painter.setBrush(c.canvas);
  painter.drawRect(tile);
  const QImage image = thumbnails_.thumbnail(picture);
  if (!image.isNull()) {
    QSizeF size = image.size();
    size.scale(tile.size(), Qt::KeepAspectRatio);
    QRectF target(QPointF(), size);
    target.moveCenter(QRectF(tile).center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(target, image);
    // Its boxes, thin, so that a glance tells what is labelled.
    const double scale = p.width > 0 ? target.width() / p.width : 0;
    if (scale > 0 && p.annotation->boxes.size() <= 200) {
      painter.setRenderHint(QPainter::Antialiasing, false);
      painter.setBrush(Qt::NoBrush);
      painter.setClipRect(tile);
      // Many boxes step back behind the picture.
      const int strength = p.annotation->boxes.size() > 12 ? 130 : 200;
      for (const boxwright::Box& box : p.annotation->boxes) {
        const Colour rgb = classColour(box.classId);
        painter.setPen(QColor(rgb.red, rgb.green, rgb.blue, strength));
        painter.drawRect(QRectF(target.left() + box.rect.left * scale,
                                target.top() + box.rect.top * scale, box.rect.width() * scale,
                                box.rect.height() * scale)
                             .toRect());
      }
      painter.setClipping(false);
    }
  } else if (thumbnails_.isBroken(picture)) {
    painter.setPen(c.bad);
    painter.drawText(tile.adjusted(4, 4, -4, -4), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("cannot be read"));
  }
  // The state: a small mark before the name.
  const QRect caption(rect.left() + 4, rect.bottom() - captionHeight + 2, rect.width() - 8,
                      captionHeight - 2);
  const LabelState state = p.annotation->state;
  const QPointF dot(caption.left() + 4, caption.center().y() + 1);
  painter.setRenderHint(QPainter::Antialiasing);
  if (state == LabelState::Unlabelled) {
    painter.setPen(QPen(c.dim, 1.2));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(dot, 2.6, 2.6);
  } else {
    painter.setPen(Qt::NoPen);
    painter.setBrush(state == LabelState::Labelled ? c.good : c.dim);
    painter.drawEllipse(dot, 3, 3);
  }
  painter.setPen(selected ? c.text : c.dim);
  const QString name = painter.fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle,
                                                        caption.width() - 12);
  painter.drawText(caption.adjusted(12, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, name);
  if (current && hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(c.accent, 2));
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
  }
}

}  // namespace boxwright::ui
