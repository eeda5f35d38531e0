// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_messages.h"

#include <QLabel>
#include <QListWidget>
#include <QScrollBar>
#include <QVBoxLayout>
#include <string>
#include <vector>

#include "ui/theme.h"
#include "ui/train/run_curves.h"

namespace boxwright::ui {
namespace {

/// A run that has told thousands of things shows the newest.
constexpr std::size_t kMost = 500;

}  // namespace

RunMessages::RunMessages(QWidget* parent) : QWidget(parent), list_(new QListWidget) {
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* heading = new QLabel(tr("Messages"));
  setTone(heading, Tone::Dim);
  setTextSize(heading, TextSize::Small);
  heading->setContentsMargins(metric::margin, 6, metric::margin, 6);
  list_->setObjectName(QStringLiteral("messages"));
  list_->setAccessibleName(tr("Messages of the run"));
  list_->setFrameShape(QFrame::NoFrame);
  list_->setWordWrap(true);
  list_->setSpacing(4);
  list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  column->addWidget(heading);
  column->addWidget(list_, 1);
  // Rows get their heights later, and others with another width: the end stays the end.
  QScrollBar* bar = list_->verticalScrollBar();
  connect(bar, &QScrollBar::valueChanged, this,
          [this, bar](int value) { atEnd_ = value >= bar->maximum(); });
  connect(bar, &QScrollBar::rangeChanged, this, [this, bar](int, int end) {
    if (atEnd_) bar->setValue(end);
  });
}

void RunMessages::showRun(const std::shared_ptr<const RunCurves>& curves) {
  if (curves != curves_ || (curves && curves->messages().size() < shown_)) {
    list_->clear();
    shown_ = 0;
    curves_ = curves;
  }
  if (!curves) return;
  const std::vector<std::string>& all = curves->messages();
  if (shown_ == 0 && all.size() > kMost) shown_ = all.size() - kMost;
  for (; shown_ < all.size(); ++shown_)
    list_->addItem(QString::fromStdString(all[shown_]));
}

}  // namespace boxwright::ui
