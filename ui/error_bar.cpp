// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/error_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace boxwright::ui {

namespace {

/// Core's messages are written to stand behind a program's name; here they are sentences.
QString sentence(const QString& text) {
  if (text.isEmpty()) return text;
  return text.front().toUpper() + text.mid(1);
}

}  // namespace

ErrorBar::ErrorBar(QWidget* parent) : QFrame(parent) {
  setFrameShape(QFrame::NoFrame);
  setAccessibleName(tr("Message"));
  title_ = makeText({}, Tone::Bad);
  title_->setFont(textFont(TextSize::Body, true));
  advice_ = makeText({}, Tone::Text);
  details_ = makeText({}, Tone::Dim);
  for (QLabel* label : {title_, advice_, details_}) {
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setMinimumWidth(1);
  }
  fold_ = new QToolButton;
  fold_->setText(tr("Details"));
  fold_->setCheckable(true);
  fold_->setAutoRaise(true);
  button_ = new QPushButton;
  close_ = new QToolButton;
  close_->setIcon(themeIcon(QStringLiteral("close")));
  close_->setAutoRaise(true);
  close_->setToolTip(tr("Dismiss"));
  close_->setAccessibleName(tr("Dismiss the message"));

  auto* words = new QVBoxLayout;
  words->setSpacing(2);
  words->addWidget(title_);
  words->addWidget(advice_);
  words->addWidget(details_);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(metric::wideMargin, metric::gap, metric::gap, metric::gap);
  row->setSpacing(metric::gap);
  row->addLayout(words, 1);
  row->addWidget(fold_, 0, Qt::AlignTop);
  row->addWidget(button_, 0, Qt::AlignTop);
  row->addWidget(close_, 0, Qt::AlignTop);

  connect(fold_, &QToolButton::toggled, details_, &QLabel::setVisible);
  connect(close_, &QToolButton::clicked, this, &ErrorBar::clear);
  connect(button_, &QPushButton::clicked, this, [this] {
    const std::function<void()> action = action_;
    clear();
    if (action) action();
  });
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  hide();
}

void ErrorBar::showError(const JobError& error, const QString& button,
                         std::function<void()> action) {
  showMessage(Kind::Error, error, button, std::move(action));
}

void ErrorBar::showMessage(Kind kind, const JobError& message, const QString& button,
                           std::function<void()> action) {
  error_ = message;
  kind_ = kind;
  action_ = std::move(action);
  setTone(title_, kind == Kind::Error     ? Tone::Bad
                  : kind == Kind::Warning ? Tone::Warn
                                          : Tone::Accent);
  // A short place stands behind the fault; a long one folds out.
  const bool shortPlace = message.where.size() <= 120 && !message.where.contains(QLatin1Char('\n'));
  title_->setText(!message.where.isEmpty() && shortPlace
                      ? sentence(message.problem) + QStringLiteral("  \u2014  ") + message.where
                      : sentence(message.problem));
  title_->setToolTip(shortPlace ? QString() : message.where);
  advice_->setText(sentence(message.advice));
  advice_->setVisible(!message.advice.isEmpty());
  details_->setText(message.where);
  fold_->setChecked(false);
  fold_->setVisible(!shortPlace);
  details_->setVisible(false);
  button_->setText(button);
  button_->setVisible(!button.isEmpty());
  setAccessibleDescription(message.problem + QLatin1Char(' ') + message.where + QLatin1Char(' ') +
                           message.advice);
  show();
  update();
}

void ErrorBar::takeFocus() {
  if (!button_->isHidden()) button_->setFocus();
}

void ErrorBar::clear() {
  error_ = {};
  action_ = nullptr;
  hide();
}

void ErrorBar::paintEvent(QPaintEvent*) {
  const ThemeColours& c = colours();
  const QColor mark = kind_ == Kind::Error ? c.bad : kind_ == Kind::Warning ? c.warn : c.accent;
  QPainter painter(this);
  painter.fillRect(rect(), c.panel);
  painter.fillRect(QRect(0, 0, 4, height()), mark);
  painter.fillRect(QRect(0, height() - 1, width(), 1), c.line);
}

}  // namespace boxwright::ui
