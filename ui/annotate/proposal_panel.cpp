// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/proposal_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

#include "ui/annotate/action_button.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/proposer.h"
#include "ui/detect/model_picker.h"
#include "ui/studio_state.h"
#include "ui/theme.h"
#include "ui/train/form_parts.h"

namespace boxwright::ui {
namespace {

constexpr double lowest = 0.01, highest = 0.99, step = 0.05;

}  // namespace

ProposalPanel::ProposalPanel(StudioState& state, Proposer& proposer, AnnotateActions& actions,
                             QWidget* parent)
    : QWidget(parent),
      state_(state),
      proposer_(proposer),
      model_(new ModelPicker),
      fold_(makeDisclosure(tr("Proposals of a model"))),
      inner_(new QWidget),
      all_(makeActionButton(actions.proposeAll)),
      pause_(makeActionButton(actions.pauseProposing)),
      stop_(makeActionButton(actions.stopProposing)),
      asIGo_(new QCheckBox(tr("On each picture I come to"))),
      note_(makeNote(QStringLiteral("proposals"))) {
  auto* column = new QVBoxLayout(inner_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(model_);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(4);
  buttons->addWidget(makeActionButton(actions.propose), 1);
  for (QPushButton* button : {all_, pause_, stop_})
    buttons->addWidget(button, 1);
  column->addLayout(buttons);
  asIGo_->setAccessibleName(actions.proposeAsIGo->text());
  asIGo_->setToolTip(actions.proposeAsIGo->toolTip());
  connect(asIGo_, &QCheckBox::toggled, actions.proposeAsIGo, &QAction::setChecked);
  connect(actions.proposeAsIGo, &QAction::toggled, asIGo_, &QCheckBox::setChecked);
  column->addWidget(asIGo_);
  column->addWidget(makeThreshold());
  column->addWidget(note_);
  inner_->hide();
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(4);
  outer->addWidget(fold_, 0, Qt::AlignLeft);
  outer->addWidget(inner_);

  connect(fold_, &QToolButton::toggled, inner_, &QWidget::setVisible);
  connect(actions.raiseThreshold, &QAction::triggered, this, [this] { stepThreshold(step); });
  connect(actions.lowerThreshold, &QAction::triggered, this, [this] { stepThreshold(-step); });
  const auto choose = [this] {
    if (model_->hasModel()) {
      proposer_.setModel(model_->opener(), model_->key(), model_->title());
    } else {
      proposer_.setModel({}, {}, {});
    }
  };
  connect(model_, &ModelPicker::changed, this, choose);
  connect(model_, &ModelPicker::looked, this, choose);
  connect(&state_, &StudioState::predictionsChanged, this, &ProposalPanel::refresh);
  connect(&state_, &StudioState::runChanged, this, [this] {
    model_->choose(state_.run());
    lookForRuns();
  });
  connect(&proposer_, &Proposer::changed, this, &ProposalPanel::refresh);
  refresh();
}

QWidget* ProposalPanel::makeThreshold() {
  const QString told = tr("What the model is less sure of is not shown and not accepted");
  slider_ = new QSlider(Qt::Horizontal);
  slider_->setRange(static_cast<int>(100 * lowest), static_cast<int>(std::lround(100 * highest)));
  slider_->setPageStep(static_cast<int>(100 * step));
  slider_->setAccessibleName(tr("Lowest score that is shown"));
  slider_->setToolTip(told);
  threshold_ = new QDoubleSpinBox;
  threshold_->setRange(lowest, highest);
  threshold_->setSingleStep(step);
  threshold_->setDecimals(2);
  threshold_->setAlignment(Qt::AlignRight);
  threshold_->setAccessibleName(tr("Lowest score that is shown"));
  threshold_->setToolTip(told);
  connect(slider_, &QSlider::valueChanged, this,
          [this](int value) { state_.setPredictionConfidence(value / 100.0); });
  connect(threshold_, &QDoubleSpinBox::valueChanged, this,
          [this](double value) { state_.setPredictionConfidence(value); });
  auto* row = new QWidget;
  auto* box = new QHBoxLayout(row);
  box->setContentsMargins(0, 0, 0, 0);
  box->setSpacing(metric::gap);
  auto* label = new QLabel(tr("Score over"));
  setTone(label, Tone::Dim);
  label->setBuddy(threshold_);
  box->addWidget(label);
  box->addWidget(slider_, 1);
  box->addWidget(threshold_);
  return row;
}

void ProposalPanel::stepThreshold(double by) {
  threshold_->setValue(threshold_->value() + by);
}

bool ProposalPanel::isOpen() const {
  return fold_->isChecked();
}

void ProposalPanel::setOpen(bool open) {
  fold_->setChecked(open);
}

void ProposalPanel::askForModel() {
  setOpen(true);
  model_->setFocus();
}

void ProposalPanel::lookForRuns() {
  const DatasetDocument& document = state_.document();
  if (document.isOpen()) model_->lookForRuns(document.path(), state_.run());
}

QString ProposalPanel::stateText() const {
  if (proposer_.isLoading()) return tr("Loading the model\u2026");
  if (proposer_.isPaused()) return tr("Paused");
  const std::optional<Predictions>& now = state_.predictions();
  if (!now) return {};
  if (now->purpose == Predictions::Purpose::Judging)
    return tr("Shown is what %1 found when it was evaluated").arg(now->model);
  const auto known = static_cast<qulonglong>(proposer_.knownCount());
  return known == 1 ? tr("%1 has looked at 1 picture").arg(now->model)
                    : tr("%1 has looked at %L2 pictures").arg(now->model).arg(known);
}

void ProposalPanel::refresh() {
  const std::optional<Predictions>& now = state_.predictions();
  {
    const QSignalBlocker quiet(slider_), quietToo(threshold_);
    const double shown = now ? now->confidence : Predictions().confidence;
    slider_->setValue(static_cast<int>(std::lround(100 * shown)));
    threshold_->setValue(shown);
  }
  slider_->setEnabled(now.has_value());
  threshold_->setEnabled(now.has_value());
  all_->setVisible(!proposer_.isAtAll());
  pause_->setVisible(proposer_.isAtAll());
  stop_->setVisible(proposer_.isAtAll());
  setNote(note_, stateText());
}

}  // namespace boxwright::ui
