// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/box_painter.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/class_palette.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr std::size_t mostLabels = 60;
/// Of more boxes than these the outlines would only darken the picture, at half of the time.
constexpr std::size_t mostOutlined = 1000;
constexpr double smallestLabelled = 14;
/// A longer label is cut in its middle: at its end may stand a confidence.
constexpr double widestLabel = 240;
constexpr qsizetype mostLetters = 200;  ///< that are measured

QString fittingLabel(const QString& label, const QFontMetricsF& metrics) {
  if (label.size() > mostLetters) {
    const QString ends = label.left(mostLetters / 2) + QChar(0x2026) + label.right(mostLetters / 2);
    return metrics.elidedText(ends, Qt::ElideMiddle, widestLabel);
  }
  return metrics.horizontalAdvance(label) <= widestLabel
             ? label
             : metrics.elidedText(label, Qt::ElideMiddle, widestLabel);
}

struct Placed {
  const CanvasBox* box;
  QColor colour;
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

/// The dashes of classes 10 to 19, 20 to 29, 30 to 39 and so on: on, off, on, off, in pixels.
constexpr std::array<std::array<int, 4>, 3> dashes = {{{8, 3, 8, 3}, {6, 2, 2, 2}, {2, 2, 2, 2}}};
constexpr std::array<int, 4> predictedDash = {4, 4, 4, 4};

/// The same in dashes, each side from its left or upper end; only where `seen` is.
void fillDashes(QPainter& painter, const QRect& outer, int thickness, const QColor& colour,
                const std::array<int, 4>& dash, const QRect& seen) {
  const int period = dash[0] + dash[1] + dash[2] + dash[3];
  const auto side = [&](int from, int to, int low, int high, const auto& fill) {
    // Whole periods before the visible part are left out.
    int at = low > from ? from + (low - from) / period * period : from;
    to = std::min(to, high + 1);
    for (std::size_t i = 0; at < to; at += dash[i], i = (i + 1) % 4) {
      if (i % 2 == 0) fill(at, std::min(dash[i], to - at));
    }
  };
  for (const int y : {outer.top(), outer.bottom() + 1 - thickness}) {
    if (y + thickness <= seen.top() || y > seen.bottom()) continue;
    side(outer.left(), outer.right() + 1, seen.left(), seen.right(),
         [&](int x, int length) { painter.fillRect(x, y, length, thickness, colour); });
  }
  for (const int x : {outer.left(), outer.right() + 1 - thickness}) {
    if (x + thickness <= seen.left() || x > seen.right()) continue;
    side(outer.top(), outer.bottom() + 1, seen.top(), seen.bottom(),
         [&](int y, int length) { painter.fillRect(x, y, thickness, length, colour); });
  }
}

void paintLine(QPainter& painter, const Placed& placed, const QRect& seen, bool strong,
               bool outlined) {
  const int classId = placed.box->classId;
  const QColor& colour = placed.colour;
  const QRect& line = placed.line;
  if (outlined) {
    fillFrame(painter, strong ? line.adjusted(-2, -2, 2, 2) : line.adjusted(-1, -1, 1, 1),
              strong ? 4 : 3, QColor(0, 0, 0, strong ? 110 : 65));
  }
  const QRect outer = strong ? line.adjusted(-1, -1, 1, 1) : line;
  const int thickness = strong ? 2 : 1;
  if (placed.box->predicted) {
    fillDashes(painter, outer, thickness, colour, predictedDash, seen);
  } else if (classId < 10) {
    fillFrame(painter, outer, thickness, colour);
  } else {
    const auto kind = static_cast<std::size_t>(classId / 10 - 1) % dashes.size();
    fillDashes(painter, outer, thickness, colour, dashes[kind], seen);
  }
}

void paintPlate(QPainter& painter, const Placed& placed, const QRectF& screen, bool strong) {
  const QRect& line = placed.line;
  if (placed.box->label.isEmpty()) return;
  if (line.width() < smallestLabelled && line.height() < smallestLabelled && !strong) return;
  const QColor& colour = placed.colour;
  const QFontMetricsF metrics(painter.font());
  const QString label = fittingLabel(placed.box->label, metrics);
  const double height = std::ceil(metrics.height()) + 2;
  const double width = std::ceil(metrics.horizontalAdvance(label)) + 8;
  // Outside above, else outside below, else inside at the top; of what a model found below first:
  // it lies on the label that it is about.
  QRectF plate(line.left(), line.top() - height, width, height);
  if (placed.box->predicted || plate.top() < 0) plate.moveTop(line.bottom() + 1);
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

void paintBoxes(QPainter& painter, const PictureView& view, const std::vector<CanvasBox>& boxes,
                const ClassPalette& palette, std::optional<std::uint32_t> highlighted) {
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
    (heavy ? strong : weak).push_back({&box, palette(box.classId), line});
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
  const QRect screen = view.screen.toAlignedRect();
  const bool outlined = weak.size() + strong.size() <= mostOutlined;
  // Lines first, so that no label is struck through.
  for (const Placed& placed : weak)
    paintLine(painter, placed, screen, false, outlined);
  if (weak.size() <= mostLabels) {
    for (const Placed& placed : weak)
      paintPlate(painter, placed, view.screen, false);
  }
  for (const Placed& placed : strong)
    paintLine(painter, placed, screen, true, outlined);
  if (strong.size() > mostLabels) return;
  for (const Placed& placed : strong)
    paintPlate(painter, placed, view.screen, true);
}

}  // namespace boxwright::ui
