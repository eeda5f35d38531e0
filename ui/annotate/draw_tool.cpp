// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/draw_tool.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/box_geometry.h"
#include "ui/annotate/label_editor.h"
#include "ui/box_painter.h"
#include "ui/class_palette.h"
#include "ui/theme.h"

namespace boxwright::ui {

bool sameClick(QPointF a, QPointF b) {
  return std::max(std::abs(a.x() - b.x()), std::abs(a.y() - b.y())) < clickReach;
}

void DrawTool::press(const ToolPoint& point) {
  if (state_ == State::Idle) {
    if (point.modifiers & Qt::ControlModifier) {
      canvas_.pick(point);
      return;
    }
    editor_.select({});
    anchor_ = point;
    state_ = State::Dragging;
  } else if (state_ == State::Anchored) {
    state_ = State::Closing;
  }
  canvas_.update();
}

void DrawTool::move(const ToolPoint&) {}  // the canvas follows the pointer

void DrawTool::release(const ToolPoint& point) {
  const bool click = sameClick(point.screen, canvas_.toWidget(anchor_.picture));
  if (state_ == State::Dragging && click) {
    state_ = State::Anchored;
    canvas_.update();
    return;
  }
  if (state_ != State::Dragging && state_ != State::Closing) return;
  state_ = State::Idle;
  canvas_.update();
  if (click) return;  // both corners in one place: no box
  if (const auto rect = rectTo(point)) editor_.draw(*rect);
}

bool DrawTool::cancel() {
  if (state_ == State::Idle) return false;
  state_ = State::Idle;
  canvas_.update();
  return true;
}

std::optional<Rect> DrawTool::rectTo(const ToolPoint& point) const {
  return drawnRect(anchor_.picture, point.picture, editor_.size(), canvas_.roundsToPixels());
}

void DrawTool::paint(QPainter& painter, const PictureView& view, const ToolPoint* pointer) const {
  if (!pointer) return;
  const QPointF at(std::floor(pointer->screen.x()), std::floor(pointer->screen.y()));
  const auto width = static_cast<int>(view.screen.width());
  const auto height = static_cast<int>(view.screen.height());
  const auto x = static_cast<int>(at.x()), y = static_cast<int>(at.y());
  // Two-coloured, so that it is seen on any ground.
  painter.fillRect(0, y - 1, width, 3, QColor(0, 0, 0, 60));
  painter.fillRect(x - 1, 0, 3, height, QColor(0, 0, 0, 60));
  painter.fillRect(0, y, width, 1, QColor(255, 255, 255, 150));
  painter.fillRect(x, 0, 1, height, QColor(255, 255, 255, 150));
  if (state_ != State::Idle) {
    if (const auto rect = rectTo(*pointer)) {
      paintBoxes(painter, view, {{0, *rect, std::max(0, editor_.currentClass()), {}, true}},
                 editor_.palette());
    }
  }
  paintChip(painter, view, *pointer);
}

void DrawTool::paintChip(QPainter& painter, const PictureView& view,
                         const ToolPoint& pointer) const {
  const ThemeColours& c = colours();
  const int classId = editor_.currentClass();
  QString text = classId < 0 ? AnnotateCanvas::tr("no class yet") : labelOf(classId, editor_);
  if (state_ != State::Idle) {
    if (const auto rect = rectTo(pointer)) {
      text += AnnotateCanvas::tr("   %1 \u00d7 %2")
                  .arg(std::lround(rect->width()))
                  .arg(std::lround(rect->height()));
    }
  }
  painter.setFont(textFont(TextSize::Small));
  const QFontMetricsF metrics(painter.font());
  const double height = std::ceil(metrics.height()) + 8;
  QRectF chip(pointer.screen + QPointF(14, 14),
              QSizeF(std::ceil(metrics.horizontalAdvance(text)) + 34, height));
  if (chip.right() > view.screen.right()) chip.moveRight(pointer.screen.x() - 10);
  if (chip.bottom() > view.screen.bottom()) chip.moveBottom(pointer.screen.y() - 10);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(c.line, 1));
  painter.setBrush(c.raised);
  painter.drawRoundedRect(chip.translated(0.5, 0.5), metric::radius, metric::radius);
  painter.setPen(Qt::NoPen);
  painter.setBrush(classId < 0 ? c.dim : editor_.palette()(classId));
  painter.drawRoundedRect(QRectF(chip.left() + 8, chip.center().y() - 5, 10, 10), 2, 2);
  painter.setPen(c.text);
  painter.drawText(chip.adjusted(25, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
  painter.restore();
}

}  // namespace boxwright::ui
