// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/job_chips.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/job.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int barWidth = 72;
constexpr int crossWidth = 20;
constexpr int widestText = 280;
constexpr int frame = 8 + barWidth + 8 + 4 + crossWidth;  ///< what is not text

}  // namespace

JobChip::JobChip(Job* job, QWidget* parent) : QAbstractButton(parent), job_(job) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setFont(textFont(TextSize::Small));
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
  setAttribute(Qt::WA_Hover);
  refresh();
}

QString JobChip::state() const {
  if (!job_) return {};
  if (job_->isCancelling()) return tr(": stopping\u2026");
  QString text;
  const double fraction = job_->fraction();
  if (fraction >= 0) text += tr(" %1 %").arg(static_cast<int>(std::floor(fraction * 100)));
  const double left = job_->secondsLeft();
  if (left >= 0) {
    text += QStringLiteral(", ") + durationText(left);
  } else if (fraction < 0 && !job_->progressText().isEmpty()) {
    text += QStringLiteral(", ") + job_->progressText();
  }
  return text;
}

void JobChip::refresh() {
  const QString name = job_ ? job_->name() : QString(), state = this->state();
  const double fraction = job_ ? job_->fraction() : -1;
  if (name == name_ && state == state_ && fraction == fraction_) return;
  const QString words = name + state;
  const bool resized = words.size() != text().size();
  name_ = name;
  state_ = state;
  fraction_ = fraction;
  setText(words);
  setAccessibleName(words);
  setToolTip(
      job_ && !job_->progressText().isEmpty()
          ? tr("%1\n%2\nClick: show its page. Delete: stop it.").arg(words, job_->progressText())
          : tr("%1\nClick: show its page. Delete: stop it.").arg(words));
  if (resized) updateGeometry();
  update();
}

QSize JobChip::sizeHint() const {
  // In steps, so that the chip does not tremble with every digit.
  const int wide = (fontMetrics().horizontalAdvance(text()) + 15) / 16 * 16;
  return {frame + std::min(wide, widestText), 22};
}

QSize JobChip::minimumSizeHint() const {
  return {frame, 22};
}

QRect JobChip::crossRect() const {
  return {width() - crossWidth, 0, crossWidth, height()};
}

void JobChip::paintEvent(QPaintEvent*) {
  const ThemeColours& c = colours();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (underMouse()) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(c.hover);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0, 2, 0, -2), 4, 4);
  }
  const QRectF bar(8, height() / 2.0 - 2.5, barWidth, 5);
  painter.setPen(Qt::NoPen);
  painter.setBrush(c.line);
  painter.drawRoundedRect(bar, 2.5, 2.5);
  QRectF part = bar;
  if (fraction_ >= 0) {
    part.setWidth(std::max(5.0, bar.width() * std::min(1.0, fraction_)));
  } else {
    part.adjust(bar.width() * 0.35, 0, -bar.width() * 0.35, 0);
  }
  painter.setBrush(c.accent);
  painter.drawRoundedRect(part, 2.5, 2.5);
  painter.setPen(c.text);
  painter.setFont(font());
  // The name gives way before what the job does.
  const QRectF room(bar.right() + 8, 0, width() - bar.right() - 8 - crossWidth, height());
  const int whole = static_cast<int>(room.width());
  const int rest = std::max(0, whole - fontMetrics().horizontalAdvance(state_));
  const QString name = fontMetrics().elidedText(name_, Qt::ElideMiddle, rest);
  painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                   fontMetrics().elidedText(name + state_, Qt::ElideRight, whole));
  const QPointF centre = QRectF(crossRect()).center();
  painter.setPen(QPen(overCross_ ? c.text : c.dim, 1.5, Qt::SolidLine, Qt::RoundCap));
  painter.drawLine(centre + QPointF(-3.5, -3.5), centre + QPointF(3.5, 3.5));
  painter.drawLine(centre + QPointF(3.5, -3.5), centre + QPointF(-3.5, 3.5));
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(c.accent, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 2, -1, -2), 4, 4);
  }
}

void JobChip::mouseReleaseEvent(QMouseEvent* event) {
  const bool pressed = isDown();
  QAbstractButton::mouseReleaseEvent(event);
  if (!pressed || event->button() != Qt::LeftButton || !rect().contains(event->pos()) || !job_) {
    return;
  }
  if (crossRect().contains(event->pos())) {
    job_->cancel();
  } else {
    Q_EMIT pageWanted(job_->page());
  }
}

void JobChip::mouseMoveEvent(QMouseEvent* event) {
  QAbstractButton::mouseMoveEvent(event);
  const bool over = crossRect().contains(event->pos());
  if (over != overCross_) {
    overCross_ = over;
    update();
  }
}

void JobChip::leaveEvent(QEvent* event) {
  overCross_ = false;
  QAbstractButton::leaveEvent(event);
  update();
}

void JobChip::keyPressEvent(QKeyEvent* event) {
  if (!job_) return;
  if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) {
    job_->cancel();
  } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter ||
             event->key() == Qt::Key_Space) {
    Q_EMIT pageWanted(job_->page());
  } else {
    QAbstractButton::keyPressEvent(event);
  }
}

JobChips::JobChips(QWidget* parent) : QWidget(parent), row_(new QHBoxLayout(this)) {
  row_->setContentsMargins(0, 0, 0, 0);
  row_->setSpacing(4);
  setAccessibleName(tr("Running jobs"));
  timer_.setInterval(200);
  connect(&timer_, &QTimer::timeout, this, [this] {
    for (JobChip* chip : chips_)
      chip->refresh();
  });
  connect(&Jobs::instance(), &Jobs::changed, this, &JobChips::sync);
  sync();
}

void JobChips::sync() {
  const QList<Job*> running = Jobs::instance().running();
  for (auto chip = chips_.begin(); chip != chips_.end();) {
    if (!(*chip)->job() || !running.contains((*chip)->job())) {
      (*chip)->hide();
      (*chip)->deleteLater();
      chip = chips_.erase(chip);
    } else {
      (*chip)->refresh();
      ++chip;
    }
  }
  for (Job* job : running) {
    const bool known = std::any_of(chips_.begin(), chips_.end(),
                                   [job](const JobChip* chip) { return chip->job() == job; });
    if (known) continue;
    auto* chip = new JobChip(job);
    connect(chip, &JobChip::pageWanted, this, &JobChips::pageWanted);
    row_->addWidget(chip);
    chips_.append(chip);
  }
  if (chips_.isEmpty()) {
    timer_.stop();
  } else if (!timer_.isActive()) {
    timer_.start();
  }
}

}  // namespace boxwright::ui
