// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/state_strip.h"

#include <QAbstractItemView>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/data/picture_list_model.h"
#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int stripWidth = 14;
constexpr int edge = 4;  ///< of the width, for problems
constexpr int sliceMilliseconds = 4;
constexpr int pauseMilliseconds = 40;  ///< changes come in bursts

/// The states as shares of one pixel.
struct Mixture {
  double red = 0, green = 0, blue = 0;
  int count = 0;

  void add(const QColor& colour) {
    red += colour.red();
    green += colour.green();
    blue += colour.blue();
    ++count;
  }
  QRgb value() const {
    return qRgb(static_cast<int>(red / count), static_cast<int>(green / count),
                static_cast<int>(blue / count));
  }
};

QColor between(const QColor& a, const QColor& b) {
  return {(a.red() + b.red()) / 2, (a.green() + b.green()) / 2, (a.blue() + b.blue()) / 2};
}

}  // namespace

StateStrip::StateStrip(DatasetDocument& document, PictureListModel& model, QWidget* parent)
    : QWidget(parent), document_(document), model_(model) {
  setFixedWidth(stripWidth);
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(tr("States of all pictures"));
  setAccessibleDescription(tr("Scrolls the list of pictures"));
  drawing_.setSingleShot(true);
  connect(&drawing_, &QTimer::timeout, this, &StateStrip::drawSlice);
  connect(&model_, &QAbstractItemModel::modelReset, this, &StateStrip::drawAnew);
  connect(&model_, &QAbstractItemModel::rowsInserted, this, &StateStrip::drawAnew);
  connect(&model_, &QAbstractItemModel::dataChanged, this,
          [this](const QModelIndex& first, const QModelIndex& last) {
            drawRows(first.row(), last.row());
          });
  connect(&document_, &DatasetDocument::problemsPlaced, this, &StateStrip::drawAnew);
  connect(&Theme::instance(), &Theme::changed, this, &StateStrip::drawAnew);
}

void StateStrip::follow(QAbstractItemView* view) {
  if (view == view_) return;
  if (view_) view_->verticalScrollBar()->disconnect(this);
  view_ = view;
  if (view_) {
    const QScrollBar* bar = view_->verticalScrollBar();
    connect(bar, &QScrollBar::valueChanged, this, qOverload<>(&QWidget::update));
    connect(bar, &QScrollBar::rangeChanged, this, qOverload<>(&QWidget::update));
  }
  update();
}

void StateStrip::setPicture(int picture) {
  if (picture == picture_) return;
  picture_ = picture;
  update();
}

int StateStrip::rowAt(double y) const {
  const int rows = model_.rowCount();
  if (rows == 0 || height() == 0) return -1;
  return std::clamp(static_cast<int>(std::floor(y * rows / height())), 0, rows - 1);
}

QColor StateStrip::colourAt(int y) const {
  return y >= 0 && y < states_.height() ? states_.pixelColor(0, y) : QColor();
}

void StateStrip::drawAnew() {
  from_ = 0;
  to_ = height();
  if (!drawing_.isActive()) drawing_.start(pauseMilliseconds);
  update();
}

void StateStrip::drawRows(int first, int last) {
  const int rows = model_.rowCount();
  if (rows == 0) return;
  const auto line = [&](int row) {
    return static_cast<int>(static_cast<std::int64_t>(row) * height() / rows);
  };
  const bool none = from_ >= to_;
  from_ = none ? line(first) : std::min(from_, line(first));
  to_ = std::min(height(), std::max(none ? 0 : to_, line(last + 1) + 1));
  if (!drawing_.isActive()) drawing_.start(pauseMilliseconds);
}

void StateStrip::drawSlice() {
  if (states_.height() != height()) {
    states_ = QImage(2, std::max(1, height()), QImage::Format_ARGB32);
    states_.fill(Qt::transparent);
    from_ = 0;
    to_ = height();
  }
  QElapsedTimer clock;
  clock.start();
  while (from_ < to_ && clock.elapsed() < sliceMilliseconds)
    drawPixel(from_++);
  if (from_ < to_) drawing_.start(0);
  update();
}

void StateStrip::drawPixel(int y) {
  const int first = rowAt(y);
  if (first < 0) {
    states_.setPixel(0, y, 0);
    states_.setPixel(1, y, 0);
    return;
  }
  const ThemeColours& c = colours();
  const QColor labelled = between(c.good, c.panel);
  const int last = std::max(first, rowAt(y + 1) - 1);
  Mixture mixture;
  bool problem = false;
  for (int row = first; row <= last; ++row) {
    const int picture = model_.pictureAt(row);
    if (picture < 0 || picture >= document_.pictureCount()) continue;
    const LabelState state = document_.stateOf(picture);
    mixture.add(state == LabelState::Unlabelled ? c.line
                : document_.isVerified(picture) ? c.good
                : state == LabelState::Negative ? c.dim
                                                : labelled);
    problem |= document_.hasProblem(picture);
  }
  states_.setPixel(0, y, mixture.count > 0 ? mixture.value() : 0);
  states_.setPixel(1, y, problem ? c.warn.rgba() : 0);
}

std::pair<double, double> StateStrip::inView() const {
  if (!view_) return {0, 1};
  const QScrollBar* bar = view_->verticalScrollBar();
  const double whole = static_cast<double>(bar->maximum()) + bar->pageStep();
  if (whole <= 0) return {0, 1};
  return {bar->value() / whole, (bar->value() + bar->pageStep()) / whole};
}

void StateStrip::scrollTo(double y) {
  if (!view_ || height() == 0) return;
  QScrollBar* bar = view_->verticalScrollBar();
  const double whole = static_cast<double>(bar->maximum()) + bar->pageStep();
  bar->setValue(static_cast<int>(std::lround(y / height() * whole - bar->pageStep() / 2.0)));
}

void StateStrip::paintEvent(QPaintEvent*) {
  const ThemeColours& c = colours();
  QPainter painter(this);
  painter.fillRect(rect(), c.panel);
  if (states_.height() > 0 && model_.rowCount() > 0) {
    painter.drawImage(QRect(1, 0, width() - edge - 1, height()), states_,
                      QRect(0, 0, 1, states_.height()));
    painter.drawImage(QRect(width() - edge, 0, edge, height()), states_,
                      QRect(1, 0, 1, states_.height()));
  }
  if (const int row = model_.rowOf(picture_); row >= 0) {
    const double y = (row + 0.5) * height() / model_.rowCount();
    painter.fillRect(QRectF(0, y - 1, width(), 2), c.accent);
  }
  const auto [top, bottom] = inView();
  if (bottom - top < 1) {
    const double tall = std::max(6.0, (bottom - top) * height());
    const double y = std::min(top * height(), height() - tall);
    painter.setPen(QPen(hasFocus() ? c.accent : c.text, hasFocus() ? 2 : 1));
    painter.drawRect(QRectF(0.5, y + 0.5, width() - 1, tall - 1));
  } else if (hasFocus()) {
    painter.setPen(QPen(c.accent, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
  }
}

void StateStrip::resizeEvent(QResizeEvent*) {
  drawAnew();
}

void StateStrip::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  pressedAt_ = event->position().y();
  dragging_ = false;
}

void StateStrip::mouseMoveEvent(QMouseEvent* event) {
  if (!(event->buttons() & Qt::LeftButton) || pressedAt_ < 0) return;
  const double y = event->position().y();
  dragging_ |= std::abs(y - pressedAt_) > 3;
  if (dragging_) scrollTo(y);
}

void StateStrip::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || pressedAt_ < 0) return;
  const int row = rowAt(pressedAt_);
  pressedAt_ = -1;
  if (dragging_ || row < 0) return;
  scrollTo(event->position().y());
  Q_EMIT picked(model_.pictureAt(row));
}

void StateStrip::wheelEvent(QWheelEvent* event) {
  if (view_) QCoreApplication::sendEvent(view_->verticalScrollBar(), event);
}

void StateStrip::keyPressEvent(QKeyEvent* event) {
  event->ignore();
  if (view_) QCoreApplication::sendEvent(view_->verticalScrollBar(), event);
}

bool StateStrip::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<const QHelpEvent*>(event);
  const int row = rowAt(help->pos().y());
  const int picture = model_.pictureAt(row);
  if (picture < 0 || picture >= document_.pictureCount()) {
    QToolTip::hideText();
    return true;
  }
  QStringList facts{model_.index(row, PictureListModel::Name).data().toString(),
                    stateText(document_.stateOf(picture))};
  if (document_.isVerified(picture)) facts << tr("verified");
  if (document_.hasProblem(picture)) facts << tr("has a problem");
  QToolTip::showText(help->globalPos(), facts.join(QStringLiteral(", ")), this);
  return true;
}

}  // namespace boxwright::ui
