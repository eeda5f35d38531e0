// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/box_grid.h"

#include <QAction>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "ui/class_palette.h"
#include "ui/crop_store.h"
#include "ui/data/box_list.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int captionHeight = 20;

}  // namespace

BoxGrid::BoxGrid(BoxList& boxes, CropStore& crops, QWidget* parent)
    : TileGrid(parent), boxes_(boxes), crops_(crops) {
  setModel(&boxes_);
  setSelectionMode(ExtendedSelection);
  setAccessibleName(tr("Boxes"));
  connect(&crops_, &CropStore::ready, this, &BoxGrid::cropsReady);
}

int BoxGrid::tileHeight(int width) const {
  return width * 7 / 8 + captionHeight;
}

std::vector<int> BoxGrid::selectedRows() const {
  std::vector<int> rows;
  for (const QItemSelectionRange& range : selectionModel()->selection()) {
    for (int row = range.top(); row <= range.bottom(); ++row)
      rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

void BoxGrid::cropsReady(int picture) {
  const auto [first, end] = rowsIn(viewport()->rect());
  for (int row = first; row < end; ++row) {
    if (static_cast<int>(boxes_.at(row).picture) == picture) viewport()->update(tileRect(row));
  }
}

void BoxGrid::paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) {
  const ThemeColours& c = colours();
  const boxwright::Box* box = boxes_.box(index.row());
  if (!box) return;
  const int picture = static_cast<int>(boxes_.at(index.row()).picture);
  paintGround(painter, index, rect);
  const QRect tile = rect.adjusted(4, 4, -4, -captionHeight);
  painter.setPen(Qt::NoPen);
  painter.setBrush(c.canvas);
  painter.drawRect(tile);
  const QColor colour = boxes_.palette()(box->classId);
  if (const Crop* crop = crops_.crop(picture, box->rect)) {
    QSizeF size = crop->image.size();
    size.scale(tile.size(), Qt::KeepAspectRatio);
    QRectF target(QPointF(), size);
    target.moveCenter(QRectF(tile).center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(target, crop->image);
    const double x = target.width() / crop->area.width();
    const double y = target.height() / crop->area.height();
    const QRectF edge(target.left() + (box->rect.left - crop->area.left) * x,
                      target.top() + (box->rect.top - crop->area.top) * y, box->rect.width() * x,
                      box->rect.height() * y);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(colour);
    painter.setClipRect(tile);
    painter.drawRect(edge.toRect().adjusted(0, 0, -1, -1));
    painter.setClipping(false);
  } else if (crops_.isBroken(picture)) {
    painter.setPen(c.bad);
    painter.drawText(tile.adjusted(4, 4, -4, -4), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("cannot be read"));
  }
  const QRect caption(rect.left() + 4, rect.bottom() - captionHeight + 2, rect.width() - 8,
                      captionHeight - 2);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  painter.drawRoundedRect(QRectF(caption.left(), caption.center().y() - 3, 8, 8), 2, 2);
  painter.setPen(selectionModel()->isSelected(index) ? c.text : c.dim);
  painter.drawText(caption.adjusted(12, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle,
                                                    caption.width() - 12));
  paintRing(painter, index, rect);
}

QAction* BoxGrid::actionOf(const QKeyEvent& event) const {
  const QKeySequence key(
      QKeyCombination(event.modifiers() & ~Qt::KeypadModifier, static_cast<Qt::Key>(event.key())));
  const auto found =
      std::find_if(keyActions_.begin(), keyActions_.end(), [&key](const QAction* action) {
        return action->isEnabled() && action->shortcuts().contains(key);
      });
  return found == keyActions_.end() ? nullptr : *found;
}

bool BoxGrid::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    if (actionOf(*static_cast<QKeyEvent*>(event))) event->accept();  // before the page's keys
  }
  return TileGrid::event(event);
}

void BoxGrid::keyPressEvent(QKeyEvent* event) {
  if (QAction* const action = actionOf(*event)) {
    action->trigger();
  } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
             currentIndex().isValid()) {
    Q_EMIT opened(currentIndex().row());
  } else {
    TileGrid::keyPressEvent(event);
  }
}

void BoxGrid::mouseDoubleClickEvent(QMouseEvent* event) {
  const QModelIndex index = indexAt(event->position().toPoint());
  if (index.isValid()) Q_EMIT opened(index.row());
}

}  // namespace boxwright::ui
