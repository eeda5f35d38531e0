// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/prediction_overlay.h"

#include <QAction>
#include <algorithm>
#include <utility>

#include "core/geometry/iou.h"
#include "ui/annotate/annotate_actions.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/label_editor.h"
#include "ui/number_text.h"
#include "ui/studio_state.h"

namespace boxwright::ui {
namespace {

constexpr double sameObject = 0.5;  ///< IOU from which a prediction is about a label of its class
constexpr double sameIntent = 0.1;  ///< IOU from which the selected label can take its place

}  // namespace

PredictionOverlay::PredictionOverlay(StudioState& state, LabelEditor& editor,
                                     AnnotateCanvas& canvas, AnnotateActions& actions,
                                     QObject* parent)
    : QObject(parent), state_(state), editor_(editor), canvas_(canvas), actions_(actions) {
  connect(&state_, &StudioState::predictionsChanged, this, [this] {
    if (areProposals() && std::exchange(model_, state_.predictions()->model) != model_)
      turnedDown_.clear();
    refresh();
  });
  connect(&state_, &StudioState::predicted, this, [this](const std::vector<int>& pictures) {
    if (std::find(pictures.begin(), pictures.end(), editor_.picture()) != pictures.end()) refresh();
  });
  DatasetDocument& document = state_.document();
  connect(&document, &DatasetDocument::edited, this, &PredictionOverlay::noteEdit);
  connect(&document, &DatasetDocument::undone, this, [this](const Edit& edit) {
    for (const PictureEdit& change : edit.pictures)
      turnedDown_.erase(static_cast<int>(change.picture));
    refresh();
  });
  connect(&document, &DatasetDocument::reset, this, [this] { turnedDown_.clear(); });
  connect(&editor_, &LabelEditor::changed, this, &PredictionOverlay::refresh);
  connect(actions_.showPredictions, &QAction::toggled, this, &PredictionOverlay::refresh);
  connect(actions_.nextPrediction, &QAction::triggered, this, [this] { step(1); });
  connect(actions_.previousPrediction, &QAction::triggered, this, [this] { step(-1); });
  connect(actions_.accept, &QAction::triggered, this, &PredictionOverlay::accept);
  connect(actions_.acceptClass, &QAction::triggered, this, [this] {
    if (const Prediction* now = chosen()) acceptAll(now->classId);
  });
  connect(actions_.acceptAll, &QAction::triggered, this, [this] { acceptAll({}); });
  refresh();
}

const Prediction* PredictionOverlay::chosen() const {
  const auto at = std::find_if(shown_.begin(), shown_.end(),
                               [this](const Prediction& p) { return chosen_ == p.number; });
  return at == shown_.end() ? nullptr : &*at;
}

bool PredictionOverlay::areProposals() const {
  return state_.predictions() && state_.predictions()->purpose == Predictions::Purpose::Labelling;
}

bool PredictionOverlay::isCovered(const Prediction& prediction,
                                  const std::vector<Box>& labels) const {
  const double from = areProposals() ? sameObject : 1;
  return std::any_of(labels.begin(), labels.end(), [&](const Box& box) {
    return box.classId == prediction.classId &&
           (box.rect == prediction.rect || iou(box.rect, prediction.rect) >= from);
  });
}

bool PredictionOverlay::isTurnedDown(const Prediction& prediction, int picture) const {
  const auto found = turnedDown_.find(picture);
  return found != turnedDown_.end() && areProposals() && found->second.contains(prediction.number);
}

void PredictionOverlay::noteEdit(const Edit& edit) {
  if (!areProposals() || edit.pictures.size() != 1) return;  // in bulk nobody looked at each
  const PictureEdit& change = edit.pictures.front();
  if (change.after->boxes.size() >= change.before->boxes.size()) return;
  const auto picture = static_cast<int>(change.picture);
  for (const Prediction& p : state_.predictions()->of(picture)) {
    if (isCovered(p, change.before->boxes) && !isCovered(p, change.after->boxes))
      turnedDown_[picture].insert(p.number);
  }
  refresh();
}

void PredictionOverlay::refresh() {
  shown_.clear();
  const bool on = actions_.showPredictions->isChecked() && editor_.picture() >= 0;
  if (on && state_.predictions()) shown_ = state_.predictions()->of(editor_.picture());
  std::erase_if(shown_, [this](const Prediction& p) {
    return isCovered(p, editor_.boxes()) || isTurnedDown(p, editor_.picture());
  });
  if (!chosen()) chosen_.reset();
  paint();
}

void PredictionOverlay::paint() {
  std::vector<CanvasBox> boxes;
  for (const Prediction& p : shown_) {
    boxes.push_back({static_cast<std::uint32_t>(p.number), p.rect, p.colour,
                     QStringLiteral("%1 %2").arg(p.name, numberText(p.confidence, 2)),
                     chosen_ == p.number, true});
  }
  canvas_.setPredictions(std::move(boxes));
  const bool some = !shown_.empty();
  const bool one = chosen() != nullptr;
  actions_.showPredictions->setEnabled(state_.predictions().has_value());
  for (QAction* action : {actions_.nextPrediction, actions_.previousPrediction, actions_.acceptAll})
    action->setEnabled(some);
  for (QAction* action : {actions_.accept, actions_.acceptClass})
    action->setEnabled(one);
}

void PredictionOverlay::choose(std::optional<std::size_t> number) {
  chosen_ = number;
  if (!chosen()) chosen_.reset();
  paint();
}

void PredictionOverlay::step(int by) {
  if (shown_.empty()) return;
  const auto count = static_cast<int>(shown_.size());
  const Prediction* now = chosen();
  const int at = now ? static_cast<int>(now - shown_.data()) : by > 0 ? -1 : 0;
  const Prediction& next = shown_[static_cast<std::size_t>((at + by + count) % count)];
  chosen_ = next.number;
  canvas_.bringIntoView(next.rect);
  paint();
}

void PredictionOverlay::accept() {
  const Prediction* now = chosen();
  if (!now) return;
  if (now->classId < 0) {
    Q_EMIT told(tr("The dataset has no class \u201c%1\u201d").arg(now->name));
    return;
  }
  const Prediction taken = *now;  // the edit takes it off the list
  const std::ptrdiff_t at = now - shown_.data();
  const auto& selected = editor_.selected();
  const Box* label = selected.size() == 1 ? editor_.box(selected.front()) : nullptr;
  if (label && iou(label->rect, taken.rect) >= sameIntent) {
    editor_.replace(label->id, taken.rect, taken.classId);
  } else {
    editor_.accept({taken});
  }
  editor_.select({});  // or the next one accepted would take its place
  const auto left = static_cast<std::ptrdiff_t>(shown_.size());
  if (state_.predictions()->purpose != Predictions::Purpose::Labelling || left == 0) return;
  // On to the next, so that Enter alone goes through them.
  chosen_ = shown_[static_cast<std::size_t>(std::min(at, left - 1))].number;
  canvas_.bringIntoView(chosen()->rect);
  paint();
}

void PredictionOverlay::acceptAll(std::optional<int> classId) {
  std::vector<Prediction> taken;
  for (const Prediction& p : shown_) {
    if (p.classId < 0 || (classId && p.classId != *classId)) continue;
    const bool labelled =
        std::any_of(editor_.boxes().begin(), editor_.boxes().end(), [&p](const Box& box) {
          return box.classId == p.classId && iou(box.rect, p.rect) >= sameObject;
        });
    if (!labelled) taken.push_back(p);
  }
  if (taken.empty()) {
    Q_EMIT told(tr("Every one of these has its label already"));
  } else {
    editor_.accept(taken);
    editor_.select({});  // or the key of a class would change them all
  }
}

}  // namespace boxwright::ui
