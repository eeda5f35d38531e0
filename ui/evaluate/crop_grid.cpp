// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/crop_grid.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/box_painter.h"
#include "ui/crop_store.h"
#include "ui/evaluate/crop_list.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int tileWidth = 164;
constexpr int captionHeight = 36;

Rect unite(const Rect& a, const Rect& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

}  // namespace

CropGrid::CropGrid(CropList& list, CropStore& crops, QWidget* parent)
    : TileGrid(parent), list_(&list), crops_(crops) {
  setTileSize(tileWidth);
  setModel(&list);
  setObjectName(QStringLiteral("crops"));
  setAccessibleName(tr("Boxes behind what is chosen"));
  connect(&crops_, &CropStore::ready, this, [this](int picture) {
    if (awaited_.remove(picture)) viewport()->update();
  });
}

int CropGrid::tileHeight(int width) const {
  return (width - 8) * 3 / 4 + 4 + captionHeight;
}

void CropGrid::setList(CropList& list) {
  if (list_ == &list) return;
  list_ = &list;
  setModel(&list);
}

void CropGrid::setClassPalette(ClassPalette palette) {
  palette_ = std::move(palette);
  viewport()->update();
}

void CropGrid::paintEvent(QPaintEvent* event) {
  TileGrid::paintEvent(event);
  if (list_->rowCount() > 0) return;
  QPainter painter(viewport());
  painter.setFont(textFont());
  painter.setPen(colours().dim);
  painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("There is no such box."));
}

void CropGrid::paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) {
  const ThemeColours& c = colours();
  const CropItem item = list_->item(index.row());

  paintGround(painter, index, rect);
  const QRect tile = rect.adjusted(4, 4, -4, -captionHeight);
  painter.fillRect(tile, c.canvas);
  const Rect whole = item.truth && item.found ? unite(*item.truth, *item.found)
                     : item.truth             ? *item.truth
                                              : *item.found;
  if (const Crop* crop = crops_.crop(item.picture, whole)) {
    const double scale =
        std::min(tile.width() / crop->area.width(), tile.height() / crop->area.height());
    QRectF target(0, 0, crop->area.width() * scale, crop->area.height() * scale);
    target.moveCenter(QRectF(tile).center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (item.corrected) painter.setOpacity(0.4);
    painter.setClipRect(tile);
    painter.drawImage(target, crop->image);
    const PictureView view{QRectF(tile), scale,
                           target.topLeft() - QPointF(crop->area.left, crop->area.top) * scale};
    std::vector<CanvasBox> boxes;
    if (item.truth) boxes.push_back({0, *item.truth, item.truthClass, {}, true});
    if (item.found) boxes.push_back({1, *item.found, item.foundClass, {}, true, true});
    paintBoxes(painter, view, boxes, palette_);
    painter.setClipping(false);
    painter.setOpacity(1);
  } else if (crops_.isBroken(item.picture)) {
    painter.setFont(textFont(TextSize::Small));
    painter.setPen(c.bad);
    painter.drawText(tile.adjusted(4, 4, -4, -4), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("cannot be read"));
  } else {
    awaited_.insert(item.picture);
  }

  const QRect caption(rect.left() + 6, tile.bottom() + 1, rect.width() - 12, captionHeight - 2);
  const QRect upper(caption.left(), caption.top(), caption.width(), caption.height() / 2);
  const QRect lower = upper.translated(0, upper.height());
  painter.setFont(textFont(TextSize::Small, true));
  painter.setPen(item.corrected ? c.dim : toneColour(item.tone));
  painter.drawText(upper, Qt::AlignLeft | Qt::AlignVCenter,
                   item.corrected ? tr("changed since") : item.headline);
  painter.setFont(numberFont(TextSize::Small));
  painter.setPen(c.dim);
  painter.drawText(upper, Qt::AlignRight | Qt::AlignVCenter, item.detail);
  painter.setPen(c.text);
  painter.drawText(lower, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(item.text, Qt::ElideMiddle, lower.width()));
  paintRing(painter, index, rect);
}

void CropGrid::mouseReleaseEvent(QMouseEvent* event) {
  TileGrid::mouseReleaseEvent(event);
  const QModelIndex index = indexAt(event->position().toPoint());
  if (event->button() == Qt::LeftButton && index.isValid() && index == currentIndex())
    Q_EMIT opened(index.row());
}

void CropGrid::keyPressEvent(QKeyEvent* event) {
  if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
      currentIndex().isValid()) {
    Q_EMIT opened(currentIndex().row());
    return;
  }
  TileGrid::keyPressEvent(event);
}

}  // namespace boxwright::ui
