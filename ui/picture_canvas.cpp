// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/picture_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr double smallestZoom = 0.02;
constexpr double largestZoom = 32;
constexpr double dragThreshold = 4;
constexpr int fitMargin = 16;

}  // namespace

QImage toQImage(const Image& image) {
  if (image.empty()) return {};
  QImage out(image.width, image.height, QImage::Format_RGB32);
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* in = image.at(0, y);
    auto* line = reinterpret_cast<QRgb*>(out.scanLine(y));
    for (int x = 0; x < image.width; ++x, in += 3)
      line[x] = qRgb(in[0], in[1], in[2]);
  }
  return out;
}

PicturePyramid makePyramid(QImage picture, QSize fullSize) {
  PicturePyramid pyramid;
  if (picture.isNull()) return pyramid;
  pyramid.fullSize = fullSize.isEmpty() ? picture.size() : fullSize;
  pyramid.levels.push_back(std::move(picture));
  while (std::max(pyramid.levels.back().width(), pyramid.levels.back().height()) > 512) {
    const QImage& last = pyramid.levels.back();
    pyramid.levels.push_back(last.scaled(std::max(1, last.width() / 2),
                                         std::max(1, last.height() / 2), Qt::IgnoreAspectRatio,
                                         Qt::SmoothTransformation));
  }
  return pyramid;
}

PictureCanvas::PictureCanvas(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Picture"));
  setMinimumSize(160, 120);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PictureCanvas::setPicture(PicturePyramid picture) {
  const bool sameSize = picture.fullSize == picture_.fullSize && !picture_.empty();
  picture_ = std::move(picture);
  if (fitted_ || !sameSize) {
    fit();
  } else {
    update();
  }
}

void PictureCanvas::setClassPalette(ClassPalette palette) {
  classPalette_ = std::move(palette);
  update();
}

void PictureCanvas::setBoxes(std::vector<CanvasBox> boxes) {
  boxes_ = std::move(boxes);
  setAccessibleDescription(tr("%n boxes", nullptr, static_cast<int>(boxes_.size())));
  update();
}

void PictureCanvas::clear() {
  picture_ = {};
  boxes_.clear();
  highlighted_.reset();
  update();
}

void PictureCanvas::setMessage(const QString& text) {
  if (text == message_) return;
  message_ = text;
  if (picture_.empty()) update();
}

void PictureCanvas::setHighlighted(std::optional<std::uint32_t> id) {
  if (id == highlighted_) return;
  highlighted_ = id;
  update();
}

void PictureCanvas::setBoxesVisible(bool visible) {
  boxesVisible_ = visible;
  update();
}

double PictureCanvas::fitZoom() const {
  if (picture_.empty()) return 1;
  const double x = std::max(16, width() - 2 * fitMargin) / double(picture_.fullSize.width());
  const double y = std::max(16, height() - 2 * fitMargin) / double(picture_.fullSize.height());
  return std::clamp(std::min(x, y), smallestZoom, 8.0);
}

void PictureCanvas::fit() {
  zoom_ = fitZoom();
  offset_ = QPointF(std::round((width() - picture_.fullSize.width() * zoom_) / 2),
                    std::round((height() - picture_.fullSize.height() * zoom_) / 2));
  fitted_ = true;
  update();
  Q_EMIT zoomChanged(zoom_);
}

void PictureCanvas::setZoom(double zoom) {
  zoomAt(QRectF(rect()).center(), zoom);
}

void PictureCanvas::zoomBy(double factor) {
  setZoom(zoom_ * factor);
}

void PictureCanvas::zoomAt(const QPointF& widgetPoint, double zoom) {
  if (picture_.empty()) return;
  const QPointF fixed = toPicture(widgetPoint);
  zoom_ = std::clamp(zoom, smallestZoom, largestZoom);
  offset_ = widgetPoint - fixed * zoom_;
  fitted_ = false;
  keepInView();
  update();
  Q_EMIT zoomChanged(zoom_);
}

void PictureCanvas::keepInView() {
  // A quarter of the view always shows picture.
  const double w = picture_.fullSize.width() * zoom_, h = picture_.fullSize.height() * zoom_;
  const double keepX = std::min(w, width() / 4.0), keepY = std::min(h, height() / 4.0);
  offset_.setX(std::round(std::clamp(offset_.x(), keepX - w, width() - keepX)));
  offset_.setY(std::round(std::clamp(offset_.y(), keepY - h, height() - keepY)));
}

void PictureCanvas::showRect(const Rect& r) {
  if (picture_.empty()) return;
  const double side =
      std::max({r.width() / std::max(1, width()), r.height() / std::max(1, height()), 1e-6});
  const double wanted = std::clamp(1.0 / (3 * side), fitZoom(), std::max(fitZoom(), 8.0));
  zoom_ = wanted;
  fitted_ = wanted <= fitZoom() * 1.0001;
  if (fitted_) {
    fit();
    return;
  }
  offset_ = QRectF(rect()).center() - QPointF(r.centreX(), r.centreY()) * zoom_;
  keepInView();
  update();
  Q_EMIT zoomChanged(zoom_);
}

QPointF PictureCanvas::toPicture(const QPointF& p) const {
  return (p - offset_) / zoom_;
}
QPointF PictureCanvas::toWidget(const QPointF& p) const {
  return p * zoom_ + offset_;
}

std::optional<std::uint32_t> PictureCanvas::boxAt(const QPointF& widgetPoint) const {
  if (!boxesVisible_) return {};
  const QPointF p = toPicture(widgetPoint);
  const double slack = 3 / zoom_;
  const CanvasBox* best = nullptr;
  for (const CanvasBox& box : boxes_) {
    const Rect& r = box.rect;
    if (p.x() < r.left - slack || p.x() > r.right + slack || p.y() < r.top - slack ||
        p.y() > r.bottom + slack) {
      continue;
    }
    if (!best || r.area() < best->rect.area()) best = &box;
  }
  if (!best) return {};
  return best->id;
}

void PictureCanvas::paintEvent(QPaintEvent*) {
  const ThemeColours& c = colours();
  QPainter painter(this);
  painter.fillRect(rect(), c.canvas);
  if (picture_.empty()) {
    if (!message_.isEmpty()) {
      painter.setPen(c.dim);
      painter.setFont(textFont());
      painter.drawText(QRectF(rect()).adjusted(32, 32, -32, -32),
                       Qt::AlignCenter | Qt::TextWordWrap, message_);
    }
  } else {
    paintPicture(painter);
    if (boxesVisible_) paintBoxes(painter, view(), boxes_, classPalette_, highlighted_);
    paintOver(painter);
  }
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(c.accent, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
  }
}

void PictureCanvas::paintPicture(QPainter& painter) {
  const QRectF target(offset_, QSizeF(picture_.fullSize) * zoom_);
  // The smallest level that still has a pixel for every pixel of the screen.
  const double needed = target.width() * devicePixelRatioF();
  const QImage* level = &picture_.levels.front();
  for (const QImage& candidate : picture_.levels) {
    if (candidate.width() >= needed) level = &candidate;
  }
  const QRectF visible = target.intersected(QRectF(rect()));
  if (visible.isEmpty()) return;
  const double scaleX = level->width() / target.width();
  const double scaleY = level->height() / target.height();
  const QRectF source((visible.left() - target.left()) * scaleX,
                      (visible.top() - target.top()) * scaleY, visible.width() * scaleX,
                      visible.height() * scaleY);
  painter.setRenderHint(QPainter::SmoothPixmapTransform, zoom_ < 4);
  painter.drawImage(visible, *level, source);
}

void PictureCanvas::wheelEvent(QWheelEvent* event) {
  const double steps = event->angleDelta().y() / 120.0;
  if (steps != 0) zoomAt(event->position(), zoom_ * std::pow(1.2, steps));
  event->accept();
}

void PictureCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton) return;
  pressed_ = event->position();
  offsetAtPress_ = offset_;
  dragging_ = true;
  moved_ = false;
}

void PictureCanvas::mouseMoveEvent(QMouseEvent* event) {
  const QPointF point = event->position();
  if (dragging_) {
    const QPointF by = point - pressed_;
    if (!moved_ && std::hypot(by.x(), by.y()) >= dragThreshold) {
      moved_ = true;
      setCursor(Qt::ClosedHandCursor);
    }
    if (moved_ && !picture_.empty()) {
      offset_ = offsetAtPress_ + by;
      fitted_ = false;
      keepInView();
      update();
    }
  } else {
    setCursorFor(point);
  }
  const QPointF p = toPicture(point);
  const bool inside = !picture_.empty() && p.x() >= 0 && p.y() >= 0 &&
                      p.x() < picture_.fullSize.width() && p.y() < picture_.fullSize.height();
  Q_EMIT pointerMoved(p, inside);
}

void PictureCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (!dragging_) return;
  dragging_ = false;
  setCursorFor(event->position());
  if (moved_ || event->button() != Qt::LeftButton || spaceHeld_) return;
  if (const auto id = boxAt(event->position())) {
    Q_EMIT boxClicked(*id);
  } else {
    Q_EMIT emptyClicked();
  }
}

void PictureCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && !boxAt(event->position())) fit();
}

void PictureCanvas::leaveEvent(QEvent*) {
  Q_EMIT pointerMoved({}, false);
}

void PictureCanvas::setCursorFor(const QPointF& widgetPoint) {
  setCursor(spaceHeld_           ? Qt::OpenHandCursor
            : boxAt(widgetPoint) ? Qt::PointingHandCursor
                                 : Qt::ArrowCursor);
}

void PictureCanvas::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_F:
      fit();
      break;
    case Qt::Key_1:
      setZoom(1 / devicePixelRatioF());
      break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoomBy(1.25);
      break;
    case Qt::Key_Minus:
      zoomBy(0.8);
      break;
    case Qt::Key_Space:
      if (!event->isAutoRepeat()) {
        spaceHeld_ = true;
        setCursor(Qt::OpenHandCursor);
      }
      break;
    default:
      QWidget::keyPressEvent(event);
      return;
  }
  event->accept();
}

void PictureCanvas::keyReleaseEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
    spaceHeld_ = false;
    unsetCursor();
  } else {
    QWidget::keyReleaseEvent(event);
  }
}

void PictureCanvas::resizeEvent(QResizeEvent*) {
  if (picture_.empty()) return;
  if (fitted_) {
    fit();
  } else {
    keepInView();
  }
}

}  // namespace boxwright::ui
