// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/class_pane.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/evaluate/class_bars.h"
#include "ui/evaluate/node_table.h"
#include "ui/theme.h"

namespace boxwright::ui {

ClassPane::ClassPane(QWidget* parent)
    : QWidget(parent),
      caption_(new QLabel(tr("Average precision"))),
      byTree_(new QToolButton),
      byClass_(new QToolButton),
      views_(new QStackedWidget),
      bars_(new ClassBars),
      nodes_(new NodeTable) {
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  caption_->setFont(textFont(TextSize::Body, true));
  auto* group = new QButtonGroup(this);
  const auto setUp = [&](QToolButton* button, const QString& text, const QString& name,
                         const QString& tip) {
    button->setText(text);
    button->setObjectName(name);
    button->setToolTip(tip);
    button->setAutoRaise(true);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    group->addButton(button);
  };
  setUp(byTree_, tr("Tree"), QStringLiteral("byTree"),
        tr("Every class of the tree, with all that is within it"));
  setUp(byClass_, tr("Classes"), QStringLiteral("byClass"),
        tr("The classes that are labelled, as if there were no tree"));
  byTree_->setChecked(true);
  connect(byTree_, &QToolButton::toggled, this, &ClassPane::choose);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(metric::gap, 0, metric::gap, 0);
  row->setSpacing(2);
  row->addWidget(caption_, 1);
  row->addWidget(nodes_->filter(), 1);
  row->addWidget(byTree_);
  row->addWidget(byClass_);
  views_->addWidget(bars_);
  views_->addWidget(nodes_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, metric::gap, 0, 0);
  column->setSpacing(4);
  column->addLayout(row);
  column->addWidget(views_, 1);
  choose(true);
}

void ClassPane::choose(bool tree) {
  byTree_->setVisible(hasTree_);
  byClass_->setVisible(hasTree_);
  views_->setCurrentIndex(hasTree_ && tree ? 1 : 0);
  caption_->setVisible(!hasTree_ || !tree);
  nodes_->filter()->setVisible(hasTree_ && tree);
  setMinimumWidth(hasTree_ ? 350 : 180);
}

void ClassPane::setEvaluations(const std::vector<ScoredEvaluation>& models) {
  hasTree_ = !models.empty() && models[0].evaluation->classTree;
  const bool pictures = !models.empty() && models[0].evaluation->classified;
  caption_->setText(pictures ? tr("Found first") : tr("Average precision"));
  bars_->setEvaluations(models);
  if (hasTree_) nodes_->setEvaluation(models[0]);
  choose(byTree_->isChecked());
}

}  // namespace boxwright::ui
