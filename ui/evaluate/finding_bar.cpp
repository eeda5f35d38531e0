// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/finding_bar.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/elided_label.h"
#include "ui/evaluate/finding_list.h"
#include "ui/theme.h"

namespace boxwright::ui {

/// Buttons side by side, in as many lines as the width asks for.
class FindingBar::Lines : public QWidget {
 public:
  Lines() {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
  }
  void add(QWidget* button) {
    button->setParent(this);
    buttons_.append(button);
  }
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override { return place(width, false); }
  QSize sizeHint() const override {
    int width = 0;
    for (const QWidget* button : buttons_)
      width += button->sizeHint().width() + gap;
    return {width, heightForWidth(width)};
  }
  QSize minimumSizeHint() const override {
    int width = 0;
    for (const QWidget* button : buttons_)
      width = std::max(width, button->sizeHint().width());
    return {width, metric::control};
  }
  void arrange() {
    place(width(), true);
    updateGeometry();
  }

 protected:
  void resizeEvent(QResizeEvent*) override { place(width(), true); }

 private:
  static constexpr int gap = 2;
  /// Returns the height.
  int place(int width, bool really) const {
    int x = 0, y = 0;
    for (QWidget* button : buttons_) {
      if (button->isHidden()) continue;
      const int wanted = button->sizeHint().width();
      if (x > 0 && x + wanted > width) {
        x = 0;
        y += metric::control + gap;
      }
      if (really) button->setGeometry(x, y, wanted, metric::control);
      x += wanted + gap;
    }
    return y + metric::control;
  }
  QList<QWidget*> buttons_;
};

FindingBar::FindingBar(FindingList& findings, QWidget* parent)
    : QWidget(parent),
      findings_(findings),
      lines_(new Lines),
      suspects_(new QToolButton),
      order_(new QComboBox),
      side_(new QComboBox),
      scope_(new ElidedLabel(nullptr, Qt::ElideRight)),
      corrected_(new ElidedLabel(nullptr, Qt::ElideRight)),
      everything_(new QToolButton),
      again_(new QPushButton(tr("Evaluate again"))) {
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  auto* group = new QButtonGroup(this);
  for (std::size_t i = 0; i < kFindingKinds; ++i) {
    const auto kind = static_cast<FindingKind>(i);
    auto* button = kinds_[i] = new QToolButton;
    button->setObjectName(QStringLiteral("kind%1").arg(i));
    button->setAutoRaise(true);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    group->addButton(button);
    connect(button, &QToolButton::clicked, this, [this, kind] {
      findings_.setKind(kind);
      Q_EMIT suspectsWanted(false);
    });
    lines_->add(button);
  }
  suspects_->setObjectName(QStringLiteral("suspects"));
  suspects_->setAutoRaise(true);
  suspects_->setCheckable(true);
  suspects_->setFocusPolicy(Qt::StrongFocus);
  suspects_->setToolTip(
      tr("The labels of the training whose loss stayed highest: many of them are wrong"));
  group->addButton(suspects_);
  connect(suspects_, &QToolButton::clicked, this, [this] { Q_EMIT suspectsWanted(true); });
  connect(suspects_, &QToolButton::toggled, this, [this](bool on) {
    order_->setEnabled(!on);  // they have an order of their own
    side_->setEnabled(!on);
  });
  lines_->add(suspects_);
  order_->setObjectName(QStringLiteral("order"));
  order_->setAccessibleName(tr("Order of the boxes"));
  for (const FindingOrder order : {FindingOrder::SurestFirst, FindingOrder::UnsurestFirst,
                                   FindingOrder::BestPlacedFirst, FindingOrder::WorstPlacedFirst}) {
    order_->addItem(orderText(order), static_cast<int>(order));
  }
  connect(order_, &QComboBox::currentIndexChanged, this,
          [this] { findings_.setOrder(static_cast<FindingOrder>(order_->currentData().toInt())); });

  auto* row = new QHBoxLayout;
  row->setContentsMargins(metric::gap, 0, 0, 0);
  row->setSpacing(metric::gap);
  scope_->setObjectName(QStringLiteral("scope"));
  scope_->setFont(textFont(TextSize::Body, true));
  everything_->setText(tr("Show all"));
  everything_->setObjectName(QStringLiteral("everything"));
  everything_->setAutoRaise(true);
  everything_->setFocusPolicy(Qt::StrongFocus);
  everything_->setToolTip(tr("The boxes behind all numbers"));
  connect(everything_, &QToolButton::clicked, this, &FindingBar::everythingWanted);
  corrected_->setObjectName(QStringLiteral("corrected"));
  setTone(corrected_, Tone::Warn);
  again_->setObjectName(QStringLiteral("evaluateAgain"));
  connect(again_, &QPushButton::clicked, this, &FindingBar::againWanted);
  row->addWidget(scope_);
  row->addWidget(everything_);
  row->addStretch(1);
  row->addWidget(corrected_);
  row->addWidget(again_);
  row->addWidget(side_);
  row->addWidget(order_);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::gap, 4, metric::gap, 4);
  column->setSpacing(0);
  column->addWidget(lines_);
  column->addLayout(row);
  connect(&findings_, &FindingList::countsChanged, this, &FindingBar::refresh);
  side_->setObjectName(QStringLiteral("side"));
  side_->setAccessibleName(tr("Whose boxes"));
  side_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  side_->setMinimumContentsLength(16);
  connect(side_, &QComboBox::currentIndexChanged, this, [this](int index) {
    if (index >= 0) Q_EMIT sideWanted(static_cast<FindingSide>(side_->currentData().toInt()));
  });
  setModels({});
  setSuspects(0);
  setScopeText({});
  setCorrected(0);
  refresh();
}

void FindingBar::refresh() {
  for (std::size_t i = 0; i < kFindingKinds; ++i) {
    const auto kind = static_cast<FindingKind>(i);
    const QString count = QLocale().toString(static_cast<qulonglong>(findings_.countOf(kind)));
    kinds_[i]->setText(QStringLiteral("%1 %2").arg(kindText(kind), count));
    if (!suspects_->isChecked()) kinds_[i]->setChecked(kind == findings_.kind());
  }
  lines_->arrange();
}

void FindingBar::setSuspects(int count) {
  suspects_->setText(tr("Likely label faults %L1").arg(count));
  suspects_->setVisible(count > 0);
  if (count == 0) showFindings();
  lines_->arrange();
}

void FindingBar::setWholePictures(bool whole) {
  for (const FindingKind kind :
       {FindingKind::Background, FindingKind::WrongClass, FindingKind::BadlyPlaced,
        FindingKind::Duplicate, FindingKind::Missed})
    kindButton(kind)->setVisible(!whole);
  lines_->arrange();
}

void FindingBar::showFindings() {
  kindButton(findings_.kind())->setChecked(true);
}

void FindingBar::setModels(const QStringList& names) {
  const QSignalBlocker quiet(side_);
  side_->clear();
  side_->setVisible(names.size() == 2);
  if (names.size() != 2) return;
  const auto add = [this](const QString& text, FindingSide side) {
    side_->addItem(text, static_cast<int>(side));
    side_->setItemData(side_->count() - 1, text, Qt::ToolTipRole);
  };
  add(tr("Boxes of %1").arg(names[0]), FindingSide::First);
  add(tr("Boxes of %1").arg(names[1]), FindingSide::Second);
  add(tr("Only %1 wrong").arg(names[0]), FindingSide::OnlyFirst);
  add(tr("Only %1 wrong").arg(names[1]), FindingSide::OnlySecond);
  add(tr("Both wrong"), FindingSide::Both);
}

void FindingBar::setSide(FindingSide side) {
  const QSignalBlocker quiet(side_);
  side_->setCurrentIndex(side_->findData(static_cast<int>(side)));
}

void FindingBar::setScopeText(const QString& text) {
  scope_->setText(text.isEmpty() ? tr("Behind all numbers") : text);
  everything_->setVisible(!text.isEmpty());
}

void FindingBar::setCorrected(int pictures) {
  // The labels are in the dataset as they are changed: whatever reads it next has them.
  corrected_->setText((pictures == 1 ? tr("1 picture corrected since")
                                     : tr("%L1 pictures corrected since").arg(pictures)) +
                      tr("; the next training learns from the labels as they are now"));
  corrected_->setVisible(pictures > 0);
  again_->setVisible(pictures > 0);
}

}  // namespace boxwright::ui
