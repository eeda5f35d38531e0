// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/mode_rail.h"

#include <QAction>
#include <QEvent>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/page.h"
#include "ui/theme.h"

namespace boxwright::ui {

RailButton::RailButton(const QString& icon, const QString& word, QWidget* parent)
    : QAbstractButton(parent) {
  setText(word);
  setIcon(themeIcon(icon));
  setCheckable(true);
  setAutoExclusive(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_Hover);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setAccessibleName(word);
}

QSize RailButton::sizeHint() const {
  return {metric::railWidth, 60};
}

bool RailButton::event(QEvent* event) {
  if (event->type() == QEvent::HoverEnter || event->type() == QEvent::HoverLeave) update();
  return QAbstractButton::event(event);
}

void RailButton::paintEvent(QPaintEvent*) {
  const ThemeColours& c = colours();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF inner = QRectF(rect()).adjusted(6, 3, -6, -3);
  painter.setPen(Qt::NoPen);
  if (isChecked()) {
    painter.setBrush(c.selection);
    painter.drawRoundedRect(inner, 6, 6);
  } else if (underMouse() && isEnabled()) {
    painter.setBrush(c.hover);
    painter.drawRoundedRect(inner, 6, 6);
  }
  const QRect iconRect((width() - metric::icon) / 2, 11, metric::icon, metric::icon);
  icon().paint(&painter, iconRect, Qt::AlignCenter, isEnabled() ? QIcon::Normal : QIcon::Disabled,
               isChecked() ? QIcon::On : QIcon::Off);
  QColor colour = isChecked() ? c.text : c.dim;
  if (!isEnabled()) colour.setAlphaF(0.6F);
  painter.setPen(colour);
  painter.setFont(textFont(TextSize::Small, isChecked()));
  painter.drawText(QRect(0, 34, width(), 18), Qt::AlignCenter, text());
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(c.accent, 2));
    painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), 6, 6);
  }
}

ModeRail::ModeRail(QWidget* parent) : QWidget(parent), column_(new QVBoxLayout(this)) {
  setFixedWidth(metric::railWidth);
  setAccessibleName(tr("Pages"));
  column_->setContentsMargins(0, metric::gap, 0, metric::gap);
  column_->setSpacing(2);
  column_->addStretch();
}

void ModeRail::addPage(Page* page, const QAction* action) {
  auto* button = new RailButton(page->iconName(), page->title());
  column_->insertWidget(column_->count() - 1, button);
  entries_.append({page, button, action});
  connect(button, &QAbstractButton::clicked, this, [this, page] { Q_EMIT pageClicked(page); });
  const auto follow = [this, page] {
    for (const Entry& entry : entries_) {
      if (entry.page == page) refresh(entry);
    }
  };
  connect(page, &Page::availabilityChanged, this, follow);
  connect(action, &QAction::changed, this, follow);
  refresh(entries_.last());
}

void ModeRail::refresh(const Entry& entry) {
  const QString reason = entry.page->unavailableReason();
  entry.button->setEnabled(reason.isEmpty());
  const QString key = entry.action->shortcut().toString(QKeySequence::NativeText);
  const QString name =
      key.isEmpty() ? entry.page->title() : QStringLiteral("%1 (%2)").arg(entry.page->title(), key);
  entry.button->setToolTip(reason.isEmpty() ? name : QStringLiteral("%1: %2").arg(name, reason));
  entry.button->setAccessibleDescription(reason);
}

void ModeRail::setCurrent(Page* page) {
  for (const Entry& entry : entries_) {
    if (entry.page == page) entry.button->setChecked(true);
  }
}

RailButton* ModeRail::buttonOf(const Page* page) const {
  for (const Entry& entry : entries_) {
    if (entry.page == page) return entry.button;
  }
  return nullptr;
}

void ModeRail::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), colours().panel);
  painter.fillRect(QRect(width() - 1, 0, 1, height()), colours().line);
}

}  // namespace boxwright::ui
