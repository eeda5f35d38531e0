// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/spark_line.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace boxwright::ui {

void drawSparkLine(QPainter& painter, const QRectF& area, const std::vector<double>& values,
                   double low, double high, const QColor& colour) {
  if (values.empty() || !(high > low)) return;
  // As many points as there are half pixels show all there is to see.
  const auto most = static_cast<std::size_t>(std::max(2.0, area.width() * 2));
  const std::size_t stride = std::max<std::size_t>(1, (values.size() + most - 1) / most);
  const double last = values.size() > 1 ? static_cast<double>(values.size() - 1) : 1.0;
  const auto at = [&](std::size_t i) {
    const double share = std::clamp((values[i] - low) / (high - low), 0.0, 1.0);
    return QPointF(area.left() + area.width() * static_cast<double>(i) / last,
                   area.bottom() - area.height() * share);
  };
  QPainterPath path;
  bool open = false;
  QPointF end;
  bool any = false;
  const auto visit = [&](std::size_t i) {
    if (!std::isfinite(values[i])) {
      open = false;
      return;
    }
    end = at(i);
    any = true;
    if (open) {
      path.lineTo(end);
    } else {
      path.moveTo(end);
      open = true;
    }
  };
  for (std::size_t i = 0; i + 1 < values.size(); i += stride)
    visit(i);
  visit(values.size() - 1);
  if (!any) return;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colour, 1.4));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(path);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  painter.drawEllipse(end, 2, 2);
  painter.restore();
}

}  // namespace boxwright::ui
