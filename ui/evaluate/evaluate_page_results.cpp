// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of EvaluatePage that shows results and leads from a number to its boxes and on.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "ui/detect/detection_list.h"
#include "ui/error_bar.h"
#include "ui/evaluate/class_bars.h"
#include "ui/evaluate/class_pane.h"
#include "ui/evaluate/confusion_view.h"
#include "ui/evaluate/crop_grid.h"
#include "ui/evaluate/curve_chart.h"
#include "ui/evaluate/evaluate_page.h"
#include "ui/evaluate/finding_bar.h"
#include "ui/evaluate/finding_list.h"
#include "ui/evaluate/node_table.h"
#include "ui/evaluate/score_tiles.h"
#include "ui/evaluate/suspect_list.h"
#include "ui/number_text.h"
#include "ui/studio_state.h"

namespace boxwright::ui {

void EvaluatePage::take(std::vector<ScoredEvaluation> models) {
  const bool another =
      models.empty() || models_.empty() || models[0].evaluation != models_[0].evaluation;
  models_ = std::move(models);
  if (another) {
    findings_->forgetCorrected();
    findingBar_->setCorrected(0);
    findings_->setSide(FindingSide::First);
    QStringList titles;
    for (const ScoredEvaluation& model : models_)
      titles << model.evaluation->request.model;
    findingBar_->setModels(titles);
    showSuspects(false);
    if (models_.empty()) {
      suspects_->setSuspects({}, nullptr);
    } else {
      const Evaluation& first = *models_[0].evaluation;
      suspects_->setSuspects(first.suspects, first.request.dataset);
    }
    findingBar_->setSuspects(suspects_->rowCount());
    findingBar_->setWholePictures(!models_.empty() && models_[0].evaluation->classified);
  }
  findings_->setEvaluations(models_);
  if (another) narrowTo({});
  showMatrix();
  tiles_->setEvaluations(models_);
  classes_->setEvaluations(models_);
  // A classifier has no finds to draw a curve of.
  curves_->setVisible(models_.empty() || !models_[0].evaluation->classified);
  showColours();
  givePredictions();
  refresh();
}

void EvaluatePage::showColours() {
  // By the names of then, as the ids.
  const ClassPalette palette = models_.empty()
                                   ? ClassPalette()
                                   : ClassPalette(models_[0].evaluation->request.dataset->classes,
                                                  state().document().palette().chosen());
  curves_->setEvaluations(models_, palette);
  bars()->setClassPalette(palette);
  confusion_->setClassPalette(palette);
  grid_->setClassPalette(palette);
}

void EvaluatePage::showMatrix() {
  const std::size_t model = findings_->model();
  if (model >= models_.size()) return;
  const Evaluation& shown = *models_[model].evaluation;
  const ConfusionView::Matrix& all = models_[model].score->result.confusion;
  // Of a tree the classes that anything is labelled with or taken for.
  const auto counts = [&](std::size_t c) {
    if (!shown.classTree) return true;
    return std::any_of(all.begin(), all.end(), [c](const auto& row) { return row[c] > 0; }) ||
           std::any_of(all[c].begin(), all[c].end(), [](std::size_t n) { return n > 0; });
  };
  matrixClasses_.clear();
  QStringList names;
  std::vector<int> colours;
  for (std::size_t c = 0; c < all.size(); ++c) {
    const bool background = c == shown.names.size();
    if (!background && !counts(c)) continue;
    matrixClasses_.push_back(static_cast<int>(c));
    if (background) continue;
    names << classText(shown.names, static_cast<int>(c));
    colours.push_back(shown.shownClass(static_cast<int>(c)));
  }
  ConfusionView::Matrix matrix;
  std::set<ConfusionView::Cell> right;
  for (const int truth : matrixClasses_) {
    std::vector<std::size_t>& row = matrix.emplace_back();
    for (const int predicted : matrixClasses_) {
      const ConfusionView::Cell cell(static_cast<int>(matrix.size()) - 1,
                                     static_cast<int>(row.size()));
      if (truth != predicted && shown.isRight(truth, predicted)) right.insert(cell);
      row.push_back(all[static_cast<std::size_t>(truth)][static_cast<std::size_t>(predicted)]);
    }
  }
  confusion_->setMatrix(std::move(matrix), names, colours, std::move(right));
  markCell();
}

void EvaluatePage::markCell() {
  const FindingScope& scope = findings_->scope();
  std::optional<ConfusionView::Cell> cell;
  if (scope.of == FindingScope::Of::Cell) {
    const auto placeOf = [this](int classId) {
      const auto at = std::find(matrixClasses_.begin(), matrixClasses_.end(), classId);
      return at == matrixClasses_.end() ? -1 : static_cast<int>(at - matrixClasses_.begin());
    };
    cell.emplace(placeOf(scope.truth), placeOf(scope.predicted));
    if (cell->first < 0 || cell->second < 0) cell.reset();
  }
  confusion_->setPicked(cell);
}

void EvaluatePage::showFirst() {
  if (findings_->model() == 0) return;
  findingBar_->setSide(FindingSide::First);
  chooseSide(FindingSide::First);
}

void EvaluatePage::chooseSide(FindingSide side) {
  const std::size_t before = findings_->model();
  findings_->setSide(side);
  if (findings_->model() == before) return;
  narrowTo({});  // what the scope names are the other model's classes
  showMatrix();
}

void EvaluatePage::tellProblems() {
  std::vector<const Problem*> worth;
  for (const ScoredEvaluation& model : models_) {
    for (const Problem& problem : model.evaluation->problems)
      worth.push_back(&problem);
  }
  if (worth.empty()) return;
  QStringList lines;
  for (const Problem* problem : worth) {
    const QString file = QString::fromStdString(problem->file);
    const QString what = QString::fromStdString(problem->what);
    lines << (file.isEmpty() ? what : file + QStringLiteral(": ") + what);
    if (lines.size() == 20) break;
  }
  const QString title = worth.size() == 1
                            ? lines.front()
                            : tr("%L1 things to know about these numbers").arg(worth.size());
  errorBar()->showMessage(
      ErrorBar::Kind::Warning,
      {title, {}, worth.size() == 1 ? QString() : lines.join(QLatin1Char('\n'))});
}

void EvaluatePage::showSuspects(bool show) {
  grid_->setList(show ? static_cast<CropList&>(*suspects_) : *findings_);
  if (show) {
    findingBar_->setScopeText(tr("Labels of the training whose loss stayed highest"));
  } else {
    findingBar_->showFindings();
    findingBar_->setScopeText(scopeText(findings_->scope()));
  }
}

void EvaluatePage::narrowTo(const FindingScope& scope) {
  showSuspects(false);
  // Cells of what is right, and the points of a curve, hold that as well.
  const bool right = scope.of == FindingScope::Of::Cell &&
                     models_[findings_->model()].evaluation->isRight(scope.truth, scope.predicted);
  const FindingKind kind = right                                 ? FindingKind::Right
                           : scope.of == FindingScope::Of::Point ? FindingKind::All
                                                                 : FindingKind::Faults;
  findings_->setKind(kind);
  findings_->setScope(scope);
  findingBar_->setScopeText(scopeText(scope));
  markCell();
  bars()->setPicked(scope.of == FindingScope::Of::Class ? std::optional(scope.classId)
                                                        : std::nullopt);
  nodes()->setPicked(scope.of == FindingScope::Of::Node ? std::optional(scope.classId)
                                                        : std::nullopt);
}

QString EvaluatePage::scopeText(const FindingScope& scope) const {
  if (models_.empty()) return {};
  const Evaluation& evaluation = *models_[findings_->model()].evaluation;
  const ClassNames& names = evaluation.names;
  const auto background = static_cast<int>(names.size());
  const auto name = [&](int id) { return classText(names, id); };
  switch (scope.of) {
    case FindingScope::Of::Everything:
      break;
    case FindingScope::Of::Class:
    case FindingScope::Of::Node:
      return name(scope.classId);
    case FindingScope::Of::Cell:
      if (scope.truth == background) return tr("%1 where there is none").arg(name(scope.predicted));
      if (scope.predicted == background) return tr("%1 missed").arg(name(scope.truth));
      if (scope.truth == scope.predicted) return tr("%1 found").arg(name(scope.truth));
      if (evaluation.isRight(scope.truth, scope.predicted))
        return tr("%1 found as %2").arg(name(scope.truth), name(scope.predicted));
      return tr("%1 taken for %2").arg(name(scope.truth), name(scope.predicted));
    case FindingScope::Of::Point:
      return tr("%1 of confidence %2 to %3")
          .arg(name(scope.classId), numberText(scope.low, 2), numberText(scope.high, 2));
  }
  return {};
}

void EvaluatePage::open(int row) {
  if (&grid_->list() == suspects_) {
    const CropItem item = suspects_->item(row);
    state().lookAt({item.picture, suspects_->suspect(row).box, {}, *item.truth});
    return;
  }
  const ScoredEvaluation& model = findings_->listed();
  const JudgedBox& box = findings_->boxOf(row);
  if (model.evaluation->classified) {
    // There is nothing to correct in the picture: its class is its folder.
    state().select(findings_->pictureOf(row));
    state().showPage(QStringLiteral("data"));
    return;
  }
  const PictureResult& picture = model.pictureOf(box);
  PlaceInPicture place;
  place.picture = findings_->pictureOf(row);
  if (box.truth) {
    place.box = picture.truths[*box.truth].id;
    place.rect = picture.truths[*box.truth].rect;
  }
  if (box.detection) {
    place.prediction = *box.detection;
    const Rect& found = picture.detections[*box.detection].rect;
    if (!box.truth) place.rect = found;
    place.rect = {std::min(place.rect.left, found.left), std::min(place.rect.top, found.top),
                  std::max(place.rect.right, found.right),
                  std::max(place.rect.bottom, found.bottom)};
  }
  state().setPredictions(predictionsOf(model));
  state().lookAt(place);
}

void EvaluatePage::givePredictions() {
  const std::optional<Predictions>& now = state().predictions();
  if (!models_.empty() && !models_[0].evaluation->classified) {
    state().setPredictions(predictionsOf(models_[0]));
  } else if (now && now->purpose == Predictions::Purpose::Judging) {
    state().setPredictions({});
  }
}

void EvaluatePage::noteChanges(int first, int count) {
  if (models_.empty()) return;
  const Dataset& then = *models_[0].evaluation->request.dataset;
  const Dataset& now = state().document().dataset();
  // A class that has only been moved or renamed since makes no label another.
  std::vector<int> to;
  if (const ClassListPtr& classes = models_[0].evaluation->request.classes) {
    const ClassListPtr& list = state().document().classList();
    if (classes != list) to = placesIn(*classes, *list, ClassKey::Identity);
  }
  const auto boxesThen = [&](const Annotation& annotation) {
    return to.empty() ? annotation.boxes : withClasses(annotation, to).boxes;
  };
  std::vector<std::pair<int, bool>> noted;
  const auto note = [&](std::size_t picture) {
    if (picture >= now.pictures.size() || picture >= then.pictures.size()) return;
    const AnnotationPtr& was = then.pictures[picture].annotation;
    const AnnotationPtr& is = now.pictures[picture].annotation;
    const bool same = was == is || (was->state == is->state && boxesThen(*was) == is->boxes);
    noted.emplace_back(static_cast<int>(picture), !same);
  };
  const auto& placeOf = models_[0].evaluation->placeOf;
  if (count < static_cast<int>(placeOf.size())) {
    for (int i = first; i < first + count; ++i) {
      if (placeOf.contains(static_cast<std::size_t>(i))) note(static_cast<std::size_t>(i));
    }
  } else {
    for (const auto& entry : placeOf)
      note(entry.first);
  }
  findings_->noteCorrected(noted);
  findingBar_->setCorrected(findings_->correctedPictures());
}

}  // namespace boxwright::ui
