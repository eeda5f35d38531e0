// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/bar_delegate.h"

#include <QPainter>
#include <algorithm>

#include "ui/theme.h"

namespace boxwright::ui {

void BarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
  QStyledItemDelegate::paint(painter, option, index);
  const QVariant share = index.data(ShareRole);
  if (!share.isValid()) return;
  const QRectF track = QRectF(option.rect).adjusted(6, option.rect.height() - 5, -6, -3);
  const QVariant colour = index.data(ColourRole);
  painter->save();
  painter->setPen(Qt::NoPen);
  painter->setBrush(colours().line);
  painter->drawRect(track);
  QRectF filled = track;
  filled.setWidth(track.width() * std::clamp(share.toDouble(), 0.0, 1.0));
  painter->setBrush(colour.canConvert<QColor>() ? colour.value<QColor>() : colours().dim);
  painter->drawRect(filled);
  painter->restore();
}

}  // namespace boxwright::ui
