// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_panel.h"

#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/elided_label.h"
#include "ui/theme.h"

namespace boxwright::ui {

ChartPanel::ChartPanel(const QString& title, QWidget* parent)
    : QWidget(parent), title_(new QLabel), readOut_(new ElidedLabel(nullptr, Qt::ElideRight)) {
  setFocusPolicy(Qt::StrongFocus);
  title_->setFont(textFont(TextSize::Body, true));
  setTone(readOut_, Tone::Dim);
  readOut_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  auto* row = new QHBoxLayout;
  row->setSpacing(metric::gap);
  row->addWidget(title_);
  row->addWidget(readOut_, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::margin, metric::gap, metric::margin, metric::gap);
  column->setSpacing(4);
  column->addLayout(row);
  setTitle(title);
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    showMarks();
    update();
  });
}

void ChartPanel::setTitle(const QString& title) {
  title_->setText(title);
  setAccessibleName(title);
}

QString ChartPanel::readOut() const {
  return readOut_->text();
}

void ChartPanel::setBody(QWidget* body) {
  body->setMouseTracking(true);
  body->setFocusPolicy(Qt::NoFocus);
  body->installEventFilter(this);
  layout()->addWidget(body);
  static_cast<QVBoxLayout*>(layout())->setStretchFactor(body, 1);
}

void ChartPanel::setChosen(const QString& tag) {
  if (tag == chosen_) return;
  chosen_ = tag;
  showMarks();
}

void ChartPanel::mark(int part) {
  marked_ = part >= 0 && part < partCount() ? part : -1;
  const QString text = marked_ >= 0 ? partText(marked_) : QString();
  readOut_->setText(text);
  setAccessibleDescription(text);
  showMarks();
}

void ChartPanel::choose(int part) {
  if (part < 0 || part >= partCount()) return;
  if (const QString tag = partTag(part); !tag.isEmpty()) Q_EMIT chosen(tag);
}

bool ChartPanel::eventFilter(QObject* watched, QEvent* event) {
  const auto part = [&] {
    const auto* body = static_cast<QWidget*>(watched);
    return partAt(body->mapTo(this, static_cast<QMouseEvent*>(event)->position().toPoint()));
  };
  switch (event->type()) {
    case QEvent::MouseMove: {
      const int under = part();
      if (under != marked_) mark(under);
      static_cast<QWidget*>(watched)->setCursor(
          under >= 0 && !partTag(under).isEmpty() ? Qt::PointingHandCursor : Qt::ArrowCursor);
      return true;
    }
    case QEvent::Leave:
      mark(-1);
      break;
    case QEvent::MouseButtonPress:
      if (static_cast<QMouseEvent*>(event)->button() != Qt::LeftButton) break;
      setFocus(Qt::MouseFocusReason);
      mark(part());
      choose(marked_);
      return true;
    default:
      break;
  }
  return QWidget::eventFilter(watched, event);
}

void ChartPanel::keyPressEvent(QKeyEvent* event) {
  const int last = partCount() - 1;
  const auto go = [&](int by) { mark(marked_ < 0 ? 0 : std::clamp(marked_ + by, 0, last)); };
  switch (event->key()) {
    case Qt::Key_Left:
      go(-1);
      break;
    case Qt::Key_Right:
      go(1);
      break;
    case Qt::Key_Up:
      go(-rowLength());
      break;
    case Qt::Key_Down:
      go(rowLength());
      break;
    case Qt::Key_Home:
      mark(0);
      break;
    case Qt::Key_End:
      mark(last);
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
      choose(marked_);
      break;
    default:
      QWidget::keyPressEvent(event);
  }
}

void ChartPanel::focusInEvent(QFocusEvent* event) {
  if (event->reason() != Qt::MouseFocusReason && marked_ < 0) mark(0);
  update();
}

void ChartPanel::focusOutEvent(QFocusEvent*) {
  mark(-1);
  update();
}

void ChartPanel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), colours().canvas);
  if (!hasFocus()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colours().accent, 2));
  painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
}

}  // namespace boxwright::ui
