// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/named_drag.h"

#include <QDrag>
#include <QPainter>
#include <QPixmap>
#include <QWidget>
#include <algorithm>

#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int widest = 200, height = 24, aside = 16;

}  // namespace

void dragByName(QWidget* source, QMimeData* data, const QString& text, Qt::DropActions actions) {
  const QFontMetrics metrics(textFont());
  const QString shown = metrics.elidedText(text, Qt::ElideMiddle, widest);
  const QSize size(metrics.horizontalAdvance(shown) + 2 * metric::gap, height);
  const qreal dots = source->devicePixelRatioF();
  QPixmap pixmap(size * dots);
  pixmap.setDevicePixelRatio(dots);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(colours().accent);
  painter.setBrush(colours().raised);
  painter.drawRoundedRect(QRectF(QPointF(0.5, 0.5), QSizeF(size) - QSizeF(1, 1)), metric::radius,
                          metric::radius);
  painter.setPen(colours().text);
  painter.setFont(textFont());
  painter.drawText(QRect(QPoint(0, 0), size), Qt::AlignCenter, shown);
  painter.end();
  auto* drag = new QDrag(source);
  drag->setMimeData(data);
  drag->setPixmap(pixmap);
  drag->setHotSpot({-aside, -aside / 2});
  drag->exec(actions, Qt::MoveAction);
}

}  // namespace boxwright::ui
