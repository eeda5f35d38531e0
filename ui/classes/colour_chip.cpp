// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/classes/colour_chip.h"

#include <QApplication>
#include <QFontMetrics>
#include <QPainter>

#include "core/image/class_colours.h"
#include "ui/class_palette.h"
#include "ui/theme.h"

namespace boxwright::ui {

QSize ColourChip::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
  const QFontMetrics metrics(numberFont(TextSize::Small));
  return {metrics.horizontalAdvance(QStringLiteral("#dddddd")) + 28, metrics.height() + 8};
}

void ColourChip::paint(QPainter* painter, const QStyleOptionViewItem& option,
                       const QModelIndex& index) const {
  // The row's ground, selected or not, without the cell's text and colour.
  QStyleOptionViewItem ground = option;
  const QWidget* widget = option.widget;
  (widget ? widget->style() : QApplication::style())
      ->drawPrimitive(QStyle::PE_PanelItemViewItem, &ground, painter, widget);
  const auto colour = index.data(Qt::BackgroundRole).value<QColor>();
  const Colour text = textColourOn({static_cast<std::uint8_t>(colour.red()),
                                    static_cast<std::uint8_t>(colour.green()),
                                    static_cast<std::uint8_t>(colour.blue())});
  const QRect chip = option.rect.adjusted(6, 3, -6, -3);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(Qt::NoPen);
  painter->setBrush(colour);
  painter->drawRoundedRect(chip, metric::radius, metric::radius);
  painter->setPen(qColour(text));
  painter->setFont(numberFont(TextSize::Small));
  painter->drawText(chip, Qt::AlignCenter, index.data().toString());
  painter->restore();
}

}  // namespace boxwright::ui
