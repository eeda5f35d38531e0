// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/inspector_rows.h"

#include <QColor>
#include <QPainter>

#include "ui/theme.h"

namespace boxwright::ui {

QSize RowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
  return {80, rowHeight};
}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
  const ThemeColours& c = colours();
  const bool chosen =
      index.data(ChosenRole).toBool() || (option.state & QStyle::State_Selected) != 0;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const QRectF ground = QRectF(option.rect).adjusted(0, 1, 0, -1);
  if (chosen || (option.state & QStyle::State_MouseOver)) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(chosen ? c.selection : c.hover);
    painter->drawRoundedRect(ground, metric::radius, metric::radius);
  }
  QRect left = option.rect.adjusted(8, 0, -8, 0);
  painter->setPen(Qt::NoPen);
  painter->setBrush(index.data(ColourRole).value<QColor>());
  painter->drawRoundedRect(QRectF(left.left(), left.center().y() - 4.5, 10, 10), 2, 2);
  left.setLeft(left.left() + 18);
  if (const QVariant key = index.data(KeyRole); key.isValid()) {
    if (!key.toString().isEmpty()) {
      const QRectF cap(left.right() - 17.5, left.center().y() - 8.5, 18, 18);
      painter->setPen(QPen(c.line, 1));
      painter->setBrush(c.raised);
      painter->drawRoundedRect(cap, metric::radius, metric::radius);
      painter->setPen(c.dim);
      painter->setFont(numberFont(TextSize::Small));
      painter->drawText(cap, Qt::AlignCenter, key.toString());
    }
    left.setRight(left.right() - 26);
  }
  const QString number = index.data(NumberRole).toString();
  painter->setPen(c.dim);
  painter->setFont(numberFont());
  painter->drawText(left, Qt::AlignRight | Qt::AlignVCenter, number);
  left.setRight(left.right() - painter->fontMetrics().horizontalAdvance(number) - 8);
  painter->setPen(c.text);
  painter->setFont(textFont(TextSize::Body, index.data(ChosenRole).toBool()));
  painter->drawText(
      left, Qt::AlignLeft | Qt::AlignVCenter,
      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, left.width()));
  if ((option.state & QStyle::State_HasFocus) && option.widget && option.widget->hasFocus()) {
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(c.accent, 2));
    painter->drawRoundedRect(ground.adjusted(1, 0, -1, 0), metric::radius, metric::radius);
  }
  painter->restore();
}

}  // namespace boxwright::ui
