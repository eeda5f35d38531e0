// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/classes/colour_choice.h"

#include <QButtonGroup>
#include <QColorDialog>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QScreen>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/class_palette.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int kInRow = 5;
constexpr QSize kFieldSize(38, 26);

/// A field of the colour, with a mark where it is the one of now.
class Field : public QAbstractButton {
 public:
  Field(Colour colour, bool marked) : colour_(colour), marked_(marked) {
    setFixedSize(kFieldSize);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    const QString name = qColour(colour).name();
    setToolTip(name);
    setAccessibleName(marked ? ColourChoice::tr("%1, the colour of now").arg(name) : name);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const ThemeColours& c = colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(qColour(colour_));
    painter.drawRoundedRect(rect().adjusted(3, 3, -3, -3), metric::radius, metric::radius);
    if (hasFocus() || underMouse()) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(hasFocus() ? c.accent : c.dim, 2));
      painter.drawRoundedRect(rect().adjusted(1, 1, -1, -1), metric::radius, metric::radius);
    }
    if (!marked_) return;
    painter.setPen(qColour(textColourOn(colour_)));
    painter.drawText(rect(), Qt::AlignCenter, QStringLiteral("\u2713"));
  }

 private:
  Colour colour_;
  bool marked_;
};

}  // namespace

ColourChoice::ColourChoice(const QString& title, Colour now, Colour usual, QWidget* parent)
    : QFrame(parent, Qt::Popup), title_(title), now_(now) {
  setAttribute(Qt::WA_DeleteOnClose);
  setAccessibleName(title);
  setFrameShape(QFrame::StyledPanel);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(metric::gap, metric::gap, metric::gap, metric::gap);
  auto* caption = new QLabel(title);
  caption->setFont(textFont(TextSize::Body, true));
  all->addWidget(caption);
  auto* grid = new QGridLayout;
  grid->setSpacing(0);
  all->addLayout(grid);
  // Not exclusive: arrow keys move and take nothing.
  auto* group = new QButtonGroup(this);
  group->setExclusive(false);
  QAbstractButton* first = nullptr;
  for (int i = 0; i < kFixedColours; ++i) {
    const Colour colour = classColour(i);
    auto* field = new Field(colour, colour == now);
    group->addButton(field);
    grid->addWidget(field, i / kInRow, i % kInRow);
    connect(field, &QAbstractButton::clicked, this, [this, colour] { take(colour); });
    if (!first || colour == now) first = field;
  }
  const auto line = [&](const QString& text, const QIcon& icon, auto act) {
    auto* button = new QToolButton;
    button->setText(text);
    button->setAccessibleName(text);
    button->setIcon(icon);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    group->addButton(button);
    connect(button, &QToolButton::clicked, this, act);
    all->addWidget(button);
  };
  line(tr("Other\u2026"), swatch(Qt::transparent), [this] { askForOther(); });
  line(tr("Usual colour"), swatch(qColour(usual)), [this] { take(std::nullopt); });
  first->setFocus();
}

void ColourChoice::openAt(const QPoint& global) {
  adjustSize();
  const QRect room = parentWidget()->screen()->availableGeometry();
  move(std::clamp(global.x(), room.left(), std::max(room.left(), room.right() - width())),
       std::clamp(global.y(), room.top(), std::max(room.top(), room.bottom() - height())));
  show();
}

void ColourChoice::keyPressEvent(QKeyEvent* event) {
  auto* button = qobject_cast<QAbstractButton*>(focusWidget());
  if (button && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter))
    button->click();
  else
    QFrame::keyPressEvent(event);
}

void ColourChoice::take(std::optional<Colour> colour) {
  Q_EMIT chosen(colour);
  close();
}

void ColourChoice::askForOther() {
  auto* dialog = new QColorDialog(qColour(now_), parentWidget());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(title_);
  // Who waits for the choice waits for that of the dialog then.
  connect(dialog, &QColorDialog::colorSelected, this, [this](const QColor& colour) {
    Q_EMIT chosen(Colour{static_cast<std::uint8_t>(colour.red()),
                         static_cast<std::uint8_t>(colour.green()),
                         static_cast<std::uint8_t>(colour.blue())});
  });
  setAttribute(Qt::WA_DeleteOnClose, false);
  connect(dialog, &QObject::destroyed, this, &QObject::deleteLater);
  close();
  dialog->open();
}

}  // namespace boxwright::ui
