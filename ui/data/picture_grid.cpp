// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/picture_grid.h"

#include <QPainter>

#include "ui/data/picture_list_model.h"
#include "ui/data/thumbnail_store.h"
#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int captionHeight = 20;

}  // namespace

PictureGrid::PictureGrid(DatasetDocument& document, ThumbnailStore& thumbnails, QWidget* parent)
    : TileGrid(parent), document_(document), thumbnails_(thumbnails) {
  setAccessibleName(tr("Pictures"));
  connect(&thumbnails_, &ThumbnailStore::ready, this, &PictureGrid::thumbnailReady);
  connect(&document_, &DatasetDocument::coloursChanged, viewport(), qOverload<>(&QWidget::update));
}

int PictureGrid::tileHeight(int) const {
  return tileSize() * 3 / 4 + captionHeight;
}

void PictureGrid::thumbnailReady(int picture) {
  const auto* pictures = qobject_cast<const PictureListModel*>(model());
  if (!pictures) return;
  const int row = pictures->rowOf(picture);
  if (row >= 0) viewport()->update(tileRect(row));
}

void PictureGrid::paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) {
  const ThemeColours& c = colours();
  const int picture = index.data(PictureListModel::PictureRole).toInt();
  if (picture >= document_.pictureCount()) return;
  const Picture& p = document_.dataset().pictures[static_cast<std::size_t>(picture)];
  const bool selected = selectionModel() && selectionModel()->isSelected(index);
  paintGround(painter, index, rect);
  painter.setPen(Qt::NoPen);
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
        QColor colour = document_.palette()(box.classId);
        colour.setAlpha(strength);
        painter.setPen(colour);
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
  paintRing(painter, index, rect);
}

}  // namespace boxwright::ui
