// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/box_painter.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "core/image/class_colours.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr std::size_t mostLabels = 60;
constexpr double smallestLabelled = 14;

struct Placed {
  const CanvasBox* box;
  QRect line;  ///< its edges lie on the pixels of left, top, right and bottom
};

/// A frame of `thickness` pixels with its outer edge at `outer`. Filled rectangles cost a small
/// part of a stroked outline.
void fillFrame(QPainter& painter, const QRect& outer, int thickness, const QColor& colour) {
  if (outer.width() <= 2 * thickness || outer.height() <= 2 * thickness) {
    painter.fillRect(outer, colour);
    return;
  }
  const int inner = outer.height() - 2 * thickness;
  painter.fillRect(outer.left(), outer.top(), outer.width(), thickness, colour);
  painter.fillRect(outer.left(), outer.bottom() + 1 - thickness, outer.width(), thickness, colour);
  painter.fillRect(outer.left(), outer.top() + thickness, thickness, inner, colour);
  painter.fillRect(outer.right() + 1 - thickness, outer.top() + thickness, thickness, inner,
                   colour);
}

void paintLine(QPainter& painter, const Placed& placed, bool strong) {
  const QColor colour = colourOfClass(placed.box->classId);
  const QRect& line = placed.line;
  fillFrame(painter, strong ? line.adjusted(-2, -2, 2, 2) : line.adjusted(-1, -1, 1, 1),
            strong ? 4 : 3, QColor(0, 0, 0, strong ? 110 : 65));
  if (placed.box->classId < 10) {
    fillFrame(painter, strong ? line.adjusted(-1, -1, 1, 1) : line, strong ? 2 : 1, colour);
    return;
  }
  static const QVector<QVector<qreal>> patterns = {{8, 3}, {6, 2, 2, 2}, {2, 2}};
  QPen pen(colour, strong ? 2 : 1, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
  pen.setDashPattern(patterns[(placed.box->classId / 10 - 1) % patterns.size()]);
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(line.adjusted(0, 0, -1, -1));
}

void paintPlate(QPainter& painter, const Placed& placed, const QRectF& screen, bool strong) {
  const QString& label = placed.box->label;
  const QRect& line = placed.line;
  if (label.isEmpty()) return;
  if (line.width() < smallestLabelled && line.height() < smallestLabelled && !strong) return;
  const QColor colour = colourOfClass(placed.box->classId);
  const QFontMetricsF metrics(painter.font());
  const double height = std::ceil(metrics.height()) + 2;
  const double width = std::ceil(metrics.horizontalAdvance(label)) + 8;
  // Outside above, else outside below, else inside at the top.
  QRectF plate(line.left(), line.top() - height, width, height);
  if (plate.top() < 0) plate.moveTop(line.bottom() + 1);
  if (plate.bottom() > screen.bottom()) plate.moveTop(std::max<double>(line.top(), 0) + 1);
  if (plate.right() > screen.right()) plate.moveRight(screen.right());
  if (plate.left() < 0) plate.moveLeft(0);
  painter.fillRect(plate, colour);
  painter.setPen(contrast(colour, QColor(Qt::black)) >= contrast(colour, QColor(Qt::white))
                     ? QColor(Qt::black)
                     : QColor(Qt::white));
  painter.drawText(plate, Qt::AlignCenter, label);
}

}  // namespace

QColor colourOfClass(int classId) {
  const Colour rgb = classColour(classId);
  return {rgb.red, rgb.green, rgb.blue};
}

void paintBoxes(QPainter& painter, const PictureView& view, const std::vector<CanvasBox>& boxes,
                std::optional<std::uint32_t> highlighted) {
  painter.setFont(textFont(TextSize::Small));
  const double reach = std::ceil(QFontMetricsF(painter.font()).height()) + 4;
  const QRectF seen = view.screen.adjusted(-2, -reach, 2, reach);
  std::vector<Placed> weak, strong;
  weak.reserve(boxes.size());
  for (const CanvasBox& box : boxes) {
    const QRectF r = view.toScreen(box.rect);
    if (r.right() < seen.left() || r.left() > seen.right() || r.bottom() < seen.top() ||
        r.top() > seen.bottom()) {
      continue;
    }
    const QRect line(static_cast<int>(std::floor(r.left())), static_cast<int>(std::floor(r.top())),
                     std::max(1, static_cast<int>(std::round(r.width()))) + 1,
                     std::max(1, static_cast<int>(std::round(r.height()))) + 1);
    const bool heavy = box.strong || (highlighted && box.id == *highlighted);
    (heavy ? strong : weak).push_back({&box, line});
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
  // Lines first, so that no label is struck through.
  for (const Placed& placed : weak)
    paintLine(painter, placed, false);
  if (weak.size() <= mostLabels) {
    for (const Placed& placed : weak)
      paintPlate(painter, placed, view.screen, false);
  }
  for (const Placed& placed : strong)
    paintLine(painter, placed, true);
  if (strong.size() > mostLabels) return;
  for (const Placed& placed : strong)
    paintPlate(painter, placed, view.screen, true);
}

}  // namespace boxwright::ui
