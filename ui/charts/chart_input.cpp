// SPDX-License-Identifier: GPL-3.0-or-later
// A Chart under mouse, wheel and keys.
#include <algorithm>
#include <cmath>

#include "ui/charts/chart.h"

namespace boxwright::ui {

void Chart::userMoved() {
  zoomed_ = true;
  refresh();
  Q_EMIT keyRangeMoved(xAxis->range().lower, xAxis->range().upper);
}

void Chart::zoomKeys(double factor, double about) {
  QCPRange range = xAxis->range();
  if (xAxis->scaleType() == QCPAxis::stLogarithmic) {
    range = QCPRange(about * std::pow(range.lower / about, factor),
                     about * std::pow(range.upper / about, factor));
  } else {
    range =
        QCPRange(about + (range.lower - about) * factor, about + (range.upper - about) * factor);
  }
  if (const std::optional<QCPRange> whole = wholeKeyRange(); whole && !freeValueAxis_) {
    range.lower = std::max(range.lower, whole->lower);
    range.upper = std::min(range.upper, whole->upper);
    if (range.size() < whole->size() * 1e-6 || range.size() < 1e-6) return;
    if (range.lower <= whole->lower && range.upper >= whole->upper) {
      resetView();
      Q_EMIT viewReset();
      return;
    }
  }
  if (!QCPRange::validRange(range)) return;
  xAxis->setRange(range);
  userMoved();
}

void Chart::panKeys(double by) {
  QCPRange range = xAxis->range();
  if (const std::optional<QCPRange> whole = wholeKeyRange(); whole && !freeValueAxis_) {
    by = std::clamp(by, std::min(0.0, whole->lower - range.lower),
                    std::max(0.0, whole->upper - range.upper));
  }
  if (by == 0) return;
  xAxis->setRange(range.lower + by, range.upper + by);
  userMoved();
}

void Chart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  pressed_ = event->position();
  keysAtPress_ = xAxis->range();
  valuesAtPress_ = yAxis->range();
  dragged_ = false;
}

void Chart::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (pressed_ && (event->buttons() & Qt::LeftButton)) {
    if (!dragged_ && (at - *pressed_).manhattanLength() < 4) return;
    dragged_ = true;
    if (!isEmpty()) {
      const auto moved = [](QCPAxis* axis, const QCPRange& start, double from, double to) {
        axis->setRange(start);
        const double a = axis->pixelToCoord(from), b = axis->pixelToCoord(to);
        if (axis->scaleType() == QCPAxis::stLogarithmic) {
          axis->setRange(start.lower * a / b, start.upper * a / b);
        } else {
          axis->setRange(start.lower + a - b, start.upper + a - b);
        }
      };
      if (freeValueAxis_) {
        moved(xAxis, keysAtPress_, pressed_->x(), at.x());
        moved(yAxis, valuesAtPress_, pressed_->y(), at.y());
        userMoved();
      } else if (zoomed_) {
        xAxis->setRange(keysAtPress_);
        panKeys(xAxis->pixelToCoord(pressed_->x()) - xAxis->pixelToCoord(at.x()));
      }
    }
    return;
  }
  const bool inside = axisRect()->rect().contains(at.toPoint()) && !isEmpty() && !freeValueAxis_;
  const std::optional<double> x =
      inside ? std::optional<double>(xAxis->pixelToCoord(at.x())) : std::nullopt;
  if (x == cursor_) return;
  setCursor(x);
  Q_EMIT cursorMoved(x);
}

void Chart::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || !pressed_) return;
  pressed_.reset();
  if (!dragged_ && axisRect()->rect().contains(event->position().toPoint())) {
    Q_EMIT clicked(xAxis->pixelToCoord(event->position().x()),
                   yAxis->pixelToCoord(event->position().y()));
  }
}

void Chart::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  pressed_.reset();
  resetView();
  Q_EMIT viewReset();
}

void Chart::wheelEvent(QWheelEvent* event) {
  event->accept();
  if (isEmpty() || event->angleDelta().isNull()) return;
  const QPointF at = event->position();
  const double delta = event->angleDelta().y() != 0 ? event->angleDelta().y() : 0;
  if (delta == 0) {
    panKeys(-event->angleDelta().x() / 1200.0 * xAxis->range().size());
    return;
  }
  const double factor = std::pow(0.85, delta / 120.0);
  if (freeValueAxis_) yAxis->scaleRange(factor, yAxis->pixelToCoord(at.y()));
  zoomKeys(factor, xAxis->pixelToCoord(at.x()));
}

void Chart::leaveEvent(QEvent* event) {
  QCustomPlot::leaveEvent(event);
  if (!cursor_) return;
  setCursor(std::nullopt);
  Q_EMIT cursorMoved(std::nullopt);
}

void Chart::keyPressEvent(QKeyEvent* event) {
  const double middle = xAxis->range().center();
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomKeys(0.7, middle);
    case Qt::Key_Minus:
      return zoomKeys(1 / 0.7, middle);
    case Qt::Key_Left:
      return panKeys(-0.1 * xAxis->range().size());
    case Qt::Key_Right:
      return panKeys(0.1 * xAxis->range().size());
    case Qt::Key_Home:
    case Qt::Key_0:
      resetView();
      Q_EMIT viewReset();
      return;
    default:
      QCustomPlot::keyPressEvent(event);
  }
}

void Chart::focusInEvent(QFocusEvent* event) {
  QCustomPlot::focusInEvent(event);
  showCursor();
}

void Chart::focusOutEvent(QFocusEvent* event) {
  QCustomPlot::focusOutEvent(event);
  showCursor();
}

}  // namespace boxwright::ui
