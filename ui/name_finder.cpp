// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/name_finder.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int rowHeight = 24;

}  // namespace

NameFinder::NameFinder(int mostMatches, QWidget* parent)
    : QFrame(parent),
      mostMatches_(mostMatches),
      column_(new QVBoxLayout(this)),
      field_(new QLineEdit),
      list_(new QListWidget) {
  field_->setAccessibleName(tr("Some of a class\u2019s name"));
  field_->installEventFilter(this);
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setTextElideMode(Qt::ElideMiddle);
  list_->setAccessibleName(tr("Classes that fit"));
  column_->setContentsMargins(8, 8, 8, 8);
  column_->setSpacing(4);
  column_->addWidget(field_);
  column_->addWidget(list_);
  connect(field_, &QLineEdit::textChanged, this, &NameFinder::matchAgain);
  connect(field_, &QLineEdit::returnPressed, this, &NameFinder::takeCurrent);
  connect(list_, &QListWidget::itemClicked, this, &NameFinder::takeCurrent);
  hide();
}

void NameFinder::showAt(const QPoint& point) {
  field_->clear();
  matchAgain();
  // Its list may grow while one types.
  const QSize most(width(), height() + (mostMatches_ - list_->count()) * rowHeight);
  const QSize room = parentWidget()->size() - most;
  move(std::clamp(point.x(), 0, std::max(0, room.width())),
       std::clamp(point.y(), 0, std::max(0, room.height())));
  if (isHidden()) before_ = window()->focusWidget();
  show();
  raise();
  field_->setFocus();
}

void NameFinder::leave() {
  if (isHidden()) return;
  const bool goesBack = field_->hasFocus();
  hide();
  if (goesBack && before_) before_->setFocus();
}

void NameFinder::offer(int id, const QString& text, const QIcon& icon, const QString& toolTip) {
  auto* item = new QListWidgetItem(icon, text, list_);
  item->setData(Qt::UserRole, id);
  item->setToolTip(toolTip);
  item->setSizeHint({100, rowHeight});
}

bool NameFinder::isFull() const {
  return list_->count() >= mostMatches_;
}

void NameFinder::matchAgain() {
  list_->clear();
  match(field_->text().trimmed());
  list_->setCurrentRow(0);
  list_->setFixedHeight(std::max(1, list_->count()) * rowHeight);
  adjustSize();
}

void NameFinder::takeCurrent() {
  const QListWidgetItem* item = list_->currentItem();
  if (!item) return;
  const int id = item->data(Qt::UserRole).toInt();
  leave();
  take(id);
}

bool NameFinder::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusOut) leave();
  if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const bool up = key == Qt::Key_Up, down = key == Qt::Key_Down;
    if (up || down || key == Qt::Key_Escape) {
      if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
      } else if (key == Qt::Key_Escape) {
        leave();
      } else if (list_->count() > 0) {
        list_->setCurrentRow(
            std::clamp(list_->currentRow() + (down ? 1 : -1), 0, list_->count() - 1));
      }
      return true;
    }
  }
  return QFrame::eventFilter(watched, event);
}

void NameFinder::paintEvent(QPaintEvent*) {
  const ThemeColours& c = colours();
  QPainter painter(this);
  painter.setPen(c.line);
  painter.setBrush(c.raised);
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace boxwright::ui
