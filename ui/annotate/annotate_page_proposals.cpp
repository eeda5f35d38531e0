// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of AnnotatePage that has a model propose boxes.
#include <QAction>
#include <QStringList>

#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/annotate_inspector.h"
#include "ui/annotate/annotate_page.h"
#include "ui/annotate/picture_side.h"
#include "ui/annotate/prediction_overlay.h"
#include "ui/annotate/proposal_panel.h"
#include "ui/annotate/proposer.h"
#include "ui/error_bar.h"
#include "ui/number_text.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

constexpr std::size_t mostNamed = 8;

}  // namespace

void AnnotatePage::connectProposals() {
  side_->offerOrders({{actions_->orderDataset, PictureOrder::Dataset},
                      {actions_->orderDoubt, PictureOrder::Doubt},
                      {actions_->orderDisagreement, PictureOrder::Disagreement}});
  connect(actions_->propose, &QAction::triggered, this, &AnnotatePage::proposeHere);
  connect(actions_->proposeAll, &QAction::triggered, this, [this] {
    if (!proposer_->hasModel()) {
      askForModel();
    } else if (!proposer_->proposeAll(state().picture())) {
      tell(tr("There is no unlabelled picture without proposals"));
    } else {
      canvas_->setFocus();  // where Enter accepts
    }
  });
  connect(actions_->proposeAsIGo, &QAction::toggled, this, [this](bool on) {
    proposedAt_ = -1;
    if (on && !proposer_->hasModel()) {
      actions_->proposeAsIGo->setChecked(false);
      askForModel();
    } else {
      proposeAsIGo();
    }
  });
  connect(actions_->pauseProposing, &QAction::triggered, proposer_, &Proposer::setPaused);
  connect(actions_->stopProposing, &QAction::triggered, proposer_, &Proposer::cancelAll);
  connect(&state(), &StudioState::selectionChanged, this, &AnnotatePage::proposeAsIGo);

  const auto refresh = [this] {
    const bool open = !state().document().isOpening() && state().document().pictureCount() > 0;
    actions_->propose->setEnabled(open);
    actions_->proposeAll->setEnabled(open && !proposer_->isAtAll());
    actions_->proposeAsIGo->setEnabled(open);
    actions_->pauseProposing->setEnabled(proposer_->isAtAll());
    actions_->pauseProposing->setChecked(proposer_->isPaused());
    actions_->stopProposing->setEnabled(proposer_->isAtAll());
  };
  const auto refreshThreshold = [this] {
    const bool any = state().predictions().has_value();
    actions_->raiseThreshold->setEnabled(any);
    actions_->lowerThreshold->setEnabled(any);
    for (QAction* order : {actions_->orderDoubt, actions_->orderDisagreement})
      order->setEnabled(any);
  };
  connect(proposer_, &Proposer::changed, this, refresh);
  connect(&state().document(), &DatasetDocument::opened, this, refresh);
  connect(&state(), &StudioState::predictionsChanged, this, refreshThreshold);
  refresh();
  refreshThreshold();

  connect(proposer_, &Proposer::answered, this, [this](int picture) {
    if (picture != editor_.picture() || actions_->proposeAsIGo->isChecked()) return;
    const auto count = predictions_->shown().size();
    const QString score = numberText(state().predictions()->confidence, 2);
    tell(count == 0   ? tr("No new box with a score over %1").arg(score)
         : count == 1 ? tr("1 box proposed")
                      : tr("%L1 boxes proposed").arg(static_cast<qulonglong>(count)));
  });
  connect(proposer_, &Proposer::told, this, &AnnotatePage::tell);
  connect(proposer_, &Proposer::allDone, this, [this](int unread) {
    tell(unread == 0   ? tr("All unlabelled pictures have their proposals")
         : unread == 1 ? tr("Proposed; 1 picture could not be read")
                       : tr("Proposed; %L1 pictures could not be read").arg(unread));
  });
  connect(proposer_, &Proposer::classesLacking, this, &AnnotatePage::showLacking);
  connect(proposer_, &Proposer::failed, this, [this](const JobError& error) {
    actions_->proposeAsIGo->setChecked(false);  // it would fail again with each picture
    errorBar()->showError(error, tr("Choose another model"), [this] { askForModel(); });
  });
}

void AnnotatePage::proposeHere() {
  if (!proposer_->hasModel()) {
    askForModel();
  } else if (const int picture = state().picture(); picture >= 0) {
    proposer_->propose({picture});
    canvas_->setFocus();  // where Enter accepts
  }
}

void AnnotatePage::proposeAsIGo() {
  const int picture = state().picture();
  if (!actions_->proposeAsIGo->isChecked() || !isVisible() || picture < 0 || picture == proposedAt_)
    return;
  proposedAt_ = picture;
  std::vector<int> pictures{picture};
  if (const int next = side_->pictureFrom(1); next >= 0) pictures.push_back(next);
  proposer_->propose(pictures);
}

void AnnotatePage::askForModel() {
  setInspectorVisible(true);
  inspector_->proposals()->askForModel();
  tell(tr("Choose a model: a run of this dataset, or Darknet\u2019s files"));
}

void AnnotatePage::showLacking(const std::vector<std::string>& names, bool all) {
  QStringList shown;
  for (std::size_t i = 0; i < names.size() && i < mostNamed; ++i)
    shown << QString::fromStdString(names[i]);
  if (names.size() > mostNamed) shown << QStringLiteral("\u2026");
  const QString what = all                 ? tr("The dataset has none of the model\u2019s classes")
                       : names.size() == 1 ? tr("The dataset lacks a class of the model")
                                           : tr("The dataset lacks %L1 of the model\u2019s classes")
                                                 .arg(static_cast<qulonglong>(names.size()));
  const JobError message{what, shown.join(QStringLiteral(", ")),
                         tr("Their boxes are shown, and can be accepted once it has them.")};
  if (!state().document().takesClasses()) {
    errorBar()->showMessage(ErrorBar::Kind::Warning, message);
    return;
  }
  errorBar()->showMessage(ErrorBar::Kind::Warning, message, tr("Add them"), [this, names] {
    QStringList wanted;
    for (const std::string& name : names)
      wanted << QString::fromStdString(name);
    state().document().addClasses(wanted);
    errorBar()->clear();
    canvas_->setFocus();
  });
}

}  // namespace boxwright::ui
