// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/welcome.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

#include "core/base/atomic_file.h"
#include "ui/elided_label.h"
#include "ui/menu_text.h"
#include "ui/path_text.h"
#include "ui/recents.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

/// A key as a small raised cap.
class KeyCap : public QWidget {
 public:
  explicit KeyCap(QString text) : text_(std::move(text)) {
    setFont(textFont(TextSize::Small));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  }
  QSize sizeHint() const override {
    return {std::max(24, fontMetrics().horizontalAdvance(text_) + 14), 22};
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const ThemeColours& c = colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(c.line);
    painter.setBrush(c.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.setPen(c.text);
    painter.setFont(font());
    painter.drawText(rect(), Qt::AlignCenter, text_);
  }

 private:
  QString text_;
};

}  // namespace

Welcome::Welcome(StudioState& state, Recents& recents, QAction* openFolder, QAction* makeSample,
                 QWidget* parent)
    : QWidget(parent), state_(state), recents_(recents) {
  auto* sentence = new QLabel(tr("Open a folder of pictures to begin"));
  setTextSize(sentence, TextSize::Large, true);
  sentence->setAlignment(Qt::AlignHCenter);
  auto* more = makeText(tr("Labels of VOC, Darknet, Ultralytics, COCO, LabelMe, CVAT and CSV are "
                           "found by themselves; "
                           "nothing in the folder "
                           "is changed, nothing leaves this machine."),
                        Tone::Dim);
  more->setAlignment(Qt::AlignHCenter);

  zone_ = new QWidget;
  auto* open = new QPushButton(tr("Open a folder\u2026"));
  open->setIconSize({metric::icon, metric::icon});
  setMain(open);
  connect(open, &QPushButton::clicked, openFolder, &QAction::trigger);
  auto* sample = new QPushButton(tr("Make the sample dataset\u2026"));
  sample->setToolTip(tr("600 pictures of drawn shapes, to try everything with"));
  connect(sample, &QPushButton::clicked, makeSample, &QAction::trigger);
  connect(makeSample, &QAction::enabledChanged, sample, &QPushButton::setEnabled);
  auto* drop = makeText(tr("or drop a folder anywhere on this window"), Tone::Dim);
  drop->setAlignment(Qt::AlignHCenter);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch();
  buttons->addWidget(open);
  buttons->addWidget(sample);
  buttons->addStretch();
  auto* zone = new QVBoxLayout(zone_);
  zone->setContentsMargins(24, 28, 24, 24);
  zone->setSpacing(metric::wideMargin);
  zone->addLayout(buttons);
  zone->addWidget(drop);

  recentsPanel_ = new QWidget;
  auto* recentColumn = new QVBoxLayout(recentsPanel_);
  recentColumn->setContentsMargins(0, 0, 0, 0);
  recentColumn->setSpacing(4);
  recentColumn->addWidget(makeCaption(tr("Recent")));
  recentsRows_ = new QVBoxLayout;
  recentsRows_->setSpacing(0);
  recentColumn->addLayout(recentsRows_);
  recentColumn->addStretch();

  auto* keys = new QGridLayout;
  keys->setHorizontalSpacing(metric::margin);
  keys->setVerticalSpacing(6);
  keys->addWidget(makeCaption(tr("Keys that matter")), 0, 0, 1, 2);
  const std::pair<QString, QString> rows[] = {
      {QStringLiteral("Ctrl+O"), tr("open a folder")},
      {QStringLiteral("Ctrl+F"), tr("filter the pictures")},
      {QStringLiteral("A"), tr("previous picture")},
      {QStringLiteral("D"), tr("next picture")},
      {QStringLiteral("F"), tr("fit the picture; the wheel zooms")},
      {QStringLiteral("F1"), tr("the manual and all keys")},
  };
  int row = 1;
  for (const auto& [key, what] : rows) {
    keys->addWidget(new KeyCap(key), row, 0, Qt::AlignRight);
    keys->addWidget(makeText(what, Tone::Text), row, 1);
    ++row;
  }
  keys->setColumnStretch(1, 1);
  keys->setRowStretch(row, 1);

  auto* lower = new QHBoxLayout;
  lower->setSpacing(40);
  lower->addWidget(recentsPanel_, 1);
  lower->addLayout(keys, 1);

  auto* column = new QVBoxLayout;
  column->setSpacing(metric::gap);
  column->addStretch(2);
  column->addWidget(sentence);
  column->addWidget(more);
  column->addSpacing(metric::wideMargin);
  column->addWidget(zone_);
  column->addSpacing(24);
  column->addLayout(lower);
  column->addStretch(3);
  auto* body = new QWidget;
  body->setMaximumWidth(680);
  body->setLayout(column);
  auto* across = new QHBoxLayout(this);
  across->setContentsMargins(24, 24, 24, 24);
  across->addStretch(1);
  across->addWidget(body, 100);
  across->addStretch(1);

  connect(&recents_, &Recents::changed, this, &Welcome::listRecents);
  listRecents();
}

void Welcome::listRecents() {
  while (QLayoutItem* item = recentsRows_->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  recentsPanel_->setVisible(!recents_.paths().isEmpty());
  for (const QString& path : recents_.paths().mid(0, 6)) {
    auto* button = new QToolButton;
    button->setAutoRaise(true);
    button->setIcon(themeIcon(QStringLiteral("folder")));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setText(menuText(fontMetrics().elidedText(pathText(path), Qt::ElideMiddle, 250)));
    button->setToolTip(path);
    button->setAccessibleName(tr("Open %1").arg(path));
    connect(button, &QToolButton::clicked, this,
            [this, path] { state_.requestOpen(pathFromUtf8(path.toStdString())); });
    recentsRows_->addWidget(button);
  }
}

void Welcome::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), colours().window);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF zone(zone_->mapTo(this, QPoint(0, 0)), QSizeF(zone_->size()));
  QPen pen(colours().dim, 1.2);
  pen.setDashPattern({5, 4});
  painter.setPen(pen);
  painter.setBrush(colours().panel);
  painter.drawRoundedRect(zone.adjusted(1, 1, -1, -1), 8, 8);
}

}  // namespace boxwright::ui
