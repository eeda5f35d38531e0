// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detect/detect_hint.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/theme.h"

namespace boxwright::ui {

DetectHint::DetectHint(QWidget* parent) : QWidget(parent), sentence_(makeText({}, Tone::Dim)) {
  sentence_->setAlignment(Qt::AlignHCenter);
  auto* row = new QHBoxLayout;
  row->setSpacing(metric::gap);
  row->addStretch();
  for (std::size_t i = 0; i < buttons_.size(); ++i) {
    buttons_[i] = new QPushButton;
    buttons_[i]->setObjectName(QStringLiteral("offer%1").arg(i));
    connect(buttons_[i], &QPushButton::clicked, this, [this, i] {
      const std::function<void()> act = offers_[i].act;  // may say() something else
      act();
    });
    row->addWidget(buttons_[i]);
  }
  row->addStretch();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::wideMargin, metric::wideMargin, metric::wideMargin,
                             metric::wideMargin);
  column->setSpacing(metric::margin);
  column->addStretch();
  column->addWidget(sentence_);
  column->addLayout(row);
  column->addStretch();
}

void DetectHint::say(const QString& sentence, Offer first, Offer second) {
  sentence_->setText(sentence);
  offers_ = {std::move(first), std::move(second)};
  for (std::size_t i = 0; i < buttons_.size(); ++i) {
    buttons_[i]->setText(offers_[i].text);
    buttons_[i]->setVisible(!offers_[i].text.isEmpty());
  }
}

}  // namespace boxwright::ui
