// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/crop_grid.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/box_painter.h"
#include "ui/crop_store.h"
#include "ui/evaluate/finding_list.h"
#include "ui/number_text.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int tileWidth = 164;
constexpr int captionHeight = 36;

Rect unite(const Rect& a, const Rect& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

QColor toneOf(Verdict verdict) {
  const ThemeColours& c = colours();
  if (verdict == Verdict::TruePositive) return c.good;
  if (verdict == Verdict::Ignored) return c.dim;
  return verdict == Verdict::Missed || verdict == Verdict::Background ? c.bad : c.warn;
}

}  // namespace

CropGrid::CropGrid(FindingList& findings, CropStore& crops, QWidget* parent)
    : TileGrid(parent), findings_(findings), crops_(crops) {
  setTileSize(tileWidth);
  setModel(&findings);
  setObjectName(QStringLiteral("crops"));
  setAccessibleName(tr("Boxes behind what is chosen"));
  connect(&crops_, &CropStore::ready, this, [this](int picture) {
    if (awaited_.remove(picture)) viewport()->update();
  });
}

int CropGrid::tileHeight(int width) const {
  return (width - 8) * 3 / 4 + 4 + captionHeight;
}

void CropGrid::paintEvent(QPaintEvent* event) {
  TileGrid::paintEvent(event);
  if (findings_.rowCount() > 0) return;
  QPainter painter(viewport());
  painter.setFont(textFont());
  painter.setPen(colours().dim);
  painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("There is no such box."));
}

void CropGrid::paintTile(QPainter& painter, const QModelIndex& index, const QRect& rect) {
  const ThemeColours& c = colours();
  const int row = index.row();
  const ScoredEvaluation& model = findings_.listed();
  const JudgedBox& box = findings_.boxOf(row);
  const PictureResult& picture = model.pictureOf(box);
  const Rect* truth = box.truth ? &picture.truths[*box.truth].rect : nullptr;
  const Rect* found = box.detection ? &picture.detections[*box.detection].rect : nullptr;
  const bool corrected = findings_.isCorrected(row);

  paintGround(painter, index, rect);
  const QRect tile = rect.adjusted(4, 4, -4, -captionHeight);
  painter.fillRect(tile, c.canvas);
  const int number = findings_.pictureOf(row);
  const Rect whole = truth && found ? unite(*truth, *found) : truth ? *truth : *found;
  if (const Crop* crop = crops_.crop(number, whole)) {
    const double scale =
        std::min(tile.width() / crop->area.width(), tile.height() / crop->area.height());
    QRectF target(0, 0, crop->area.width() * scale, crop->area.height() * scale);
    target.moveCenter(QRectF(tile).center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (corrected) painter.setOpacity(0.4);
    painter.setClipRect(tile);
    painter.drawImage(target, crop->image);
    const PictureView view{QRectF(tile), scale,
                           target.topLeft() - QPointF(crop->area.left, crop->area.top) * scale};
    std::vector<CanvasBox> boxes;
    if (truth) boxes.push_back({0, *truth, model.evaluation->shownClass(box.truthClass), {}, true});
    if (found) {
      boxes.push_back(
          {1, *found, model.evaluation->shownClass(box.predictedClass), {}, true, true});
    }
    paintBoxes(painter, view, boxes);
    painter.setClipping(false);
    painter.setOpacity(1);
  } else if (crops_.isBroken(number)) {
    painter.setFont(textFont(TextSize::Small));
    painter.setPen(c.bad);
    painter.drawText(tile.adjusted(4, 4, -4, -4), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("cannot be read"));
  } else {
    awaited_.insert(number);
  }

  const QRect caption(rect.left() + 6, tile.bottom() + 1, rect.width() - 12, captionHeight - 2);
  const QRect upper(caption.left(), caption.top(), caption.width(), caption.height() / 2);
  const QRect lower = upper.translated(0, upper.height());
  painter.setFont(textFont(TextSize::Small, true));
  painter.setPen(corrected ? c.dim : toneOf(box.verdict));
  painter.drawText(upper, Qt::AlignLeft | Qt::AlignVCenter,
                   corrected ? tr("changed since") : verdictText(box.verdict));
  painter.setFont(numberFont(TextSize::Small));
  if (box.iou > 0) {
    painter.setPen(c.dim);
    painter.drawText(upper, Qt::AlignRight | Qt::AlignVCenter,
                     tr("IOU %1").arg(numberText(box.iou, 2)));
  }
  painter.setPen(c.text);
  painter.drawText(lower, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(findingText(*model.evaluation, box),
                                                    Qt::ElideMiddle, lower.width()));
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
