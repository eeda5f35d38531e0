// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/evaluate_page.h"

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/detect/detect_hint.h"
#include "ui/detect/detection_list.h"
#include "ui/detect/model_picker.h"
#include "ui/error_bar.h"
#include "ui/evaluate/class_bars.h"
#include "ui/evaluate/confusion_view.h"
#include "ui/evaluate/crop_grid.h"
#include "ui/crop_store.h"
#include "ui/evaluate/curve_chart.h"
#include "ui/evaluate/evaluate_form.h"
#include "ui/evaluate/finding_bar.h"
#include "ui/evaluate/finding_list.h"
#include "ui/evaluate/score_tiles.h"
#include "ui/number_text.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {

EvaluatePage::EvaluatePage(StudioState& state, QWidget* parent)
    : Page(QStringLiteral("evaluate"), tr("Evaluate"), QStringLiteral("evaluate"), state, parent),
      form_(new EvaluateForm(state.document())),
      findings_(new FindingList(this)),
      crops_(new CropStore(state.document(), this)),
      job_(tr("Evaluating"), QStringLiteral("evaluate")),
      scoring_(tr("Scoring"), QStringLiteral("evaluate")) {
  scoring_.setQuiet(true);
  makeActions();
  setBody(makeContent(), form_, tr("Settings"));
  connectDocument();
  connect(form_, &EvaluateForm::changed, this, &EvaluatePage::refresh);
  connect(form_, &EvaluateForm::confidenceChanged, this, &EvaluatePage::rescore);
  connect(form_->button(), &QPushButton::clicked, this, &EvaluatePage::evaluateOrStop);
  connect(&job_, &Job::started, this, &EvaluatePage::refresh);
  connect(&job_, &Job::finished, this, &EvaluatePage::refresh);
  for (Job* job : {&job_, &scoring_}) {
    connect(job, &Job::failed, this,
            [this](const JobError& error) { errorBar()->showError(error); });
  }
  refresh();
}

EvaluatePage::~EvaluatePage() = default;

void EvaluatePage::makeActions() {
  const auto add = [this](const QString& text, const QKeySequence& key) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
    return action;
  };
  evaluateAction_ = add(tr("Evaluate"), Qt::CTRL | Qt::Key_Return);
  connect(evaluateAction_, &QAction::triggered, this, &EvaluatePage::evaluateOrStop);
  openAction_ = add(tr("Open the box on its picture"), {});
  openAction_->setShortcut(Qt::Key_Return);
  connect(openAction_, &QAction::triggered, this, [this] {
    if (grid_->currentIndex().isValid()) open(grid_->currentIndex().row());
  });
  allAction_ = add(tr("Show the boxes behind all numbers"), Qt::Key_Escape);
  connect(allAction_, &QAction::triggered, this, [this] { narrowTo({}); });
}

QList<QAction*> EvaluatePage::menuActions() const {
  return {evaluateAction_, openAction_, allAction_};
}

QWidget* EvaluatePage::makeContent() {
  hint_ = new DetectHint;
  tiles_ = new ScoreTiles;
  tiles_->setAutoFillBackground(true);
  tiles_->setBackgroundRole(QPalette::Base);
  curves_ = new CurveChart;
  bars_ = new ClassBars;
  confusion_ = new ConfusionView;
  findingBar_ = new FindingBar(*findings_);
  grid_ = new CropGrid(*findings_, *crops_);
  // Enter is the list's where the list has the keyboard, and a cell's where the matrix has it.
  openAction_->setShortcutContext(Qt::WidgetShortcut);
  removeAction(openAction_);
  grid_->addAction(openAction_);

  auto* charts = new QSplitter(Qt::Horizontal);
  charts->setObjectName(QStringLiteral("charts"));
  charts->setChildrenCollapsible(false);
  curves_->setMinimumSize(200, 150);
  auto* classes = new QWidget;
  classes->setMinimumWidth(180);
  classes->setAutoFillBackground(true);
  classes->setBackgroundRole(QPalette::Base);
  auto* classColumn = new QVBoxLayout(classes);
  classColumn->setContentsMargins(0, metric::gap, 0, 0);
  classColumn->setSpacing(4);
  auto* caption = new QLabel(tr("Average precision"));
  caption->setFont(textFont(TextSize::Body, true));
  caption->setContentsMargins(metric::gap, 0, 0, 0);
  classColumn->addWidget(caption);
  classColumn->addWidget(bars_, 1);
  confusion_->setMinimumWidth(200);
  for (QWidget* chart :
       {static_cast<QWidget*>(curves_), classes, static_cast<QWidget*>(confusion_)})
    charts->addWidget(chart);
  charts->setSizes({340, 280, 400});
  auto* list = new QWidget;
  auto* listColumn = new QVBoxLayout(list);
  listColumn->setContentsMargins(0, 0, 0, 0);
  listColumn->setSpacing(0);
  listColumn->addWidget(findingBar_);
  listColumn->addWidget(grid_, 1);
  list->setMinimumHeight(160);
  auto* rows = new QSplitter(Qt::Vertical);
  rows->setObjectName(QStringLiteral("rows"));
  rows->setChildrenCollapsible(false);
  rows->addWidget(charts);
  rows->addWidget(list);
  rows->setStretchFactor(0, 0);
  rows->setStretchFactor(1, 1);
  rows->setSizes({280, 420});
  auto* result = new QWidget;
  auto* column = new QVBoxLayout(result);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(1);
  column->addWidget(tiles_);
  column->addWidget(rows, 1);
  views_ = new QStackedWidget;
  views_->addWidget(hint_);
  views_->addWidget(result);

  connect(curves_, &CurveChart::picked, this, [this](const FindingScope& scope) {
    showFirst();
    narrowTo(scope);
  });
  connect(curves_, &Chart::failed, this,
          [this](const JobError& error) { errorBar()->showError(error); });
  connect(bars_, &ClassBars::picked, this, [this](int classId) {
    showFirst();
    narrowTo({.of = FindingScope::Of::Class, .classId = classId});
  });
  connect(confusion_, &ConfusionView::picked, this, [this](int truth, int predicted) {
    narrowTo({.of = FindingScope::Of::Cell, .truth = truth, .predicted = predicted});
  });
  connect(findingBar_, &FindingBar::everythingWanted, this, [this] { narrowTo({}); });
  connect(findingBar_, &FindingBar::sideWanted, this, &EvaluatePage::chooseSide);
  connect(findingBar_, &FindingBar::againWanted, this, &EvaluatePage::evaluate);
  connect(grid_, &CropGrid::opened, this, &EvaluatePage::open);
  return views_;
}

void EvaluatePage::connectDocument() {
  DatasetDocument& document = state().document();
  connect(&document, &DatasetDocument::reset, this, &EvaluatePage::documentReset);
  connect(&document, &DatasetDocument::opened, this, [this] {
    form_->listSplits();
    Q_EMIT availabilityChanged();
    refresh();
  });
  connect(&document, &DatasetDocument::splitsChanged, form_, &EvaluateForm::listSplits);
  connect(&document, &DatasetDocument::annotationsChanged, this, &EvaluatePage::noteChanges);
  connect(&state(), &StudioState::runChanged, this, [this] {
    form_->model()->choose(state().run());
    lookForRuns();
  });
}

QString EvaluatePage::unavailableReason() const {
  const DatasetDocument& document = state().document();
  const DatasetStatistics& counts = document.statistics();
  if (!document.isOpen()) return tr("open a dataset first");
  if (document.isOpening()) return tr("the dataset is still being read");
  if (document.dataset().format == "class-folders" ||
      (counts.boxes == 0 && counts.classesOnly > 0)) {
    return tr("the dataset has classes of whole pictures, which are their folders, and no boxes");
  }
  if (counts.boxes == 0) return tr("the dataset has no boxes");
  return {};
}

void EvaluatePage::activated() {
  lookForRuns();
  form_->lookForDevices();
  if (!models_.empty()) grid_->setFocus();
}

void EvaluatePage::lookForRuns() {
  form_->lookForRuns(state().run());
}

void EvaluatePage::documentReset() {
  job_.cancel();
  scoring_.cancel();
  errorBar()->clear();
  take({});
  form_->listSplits();
  Q_EMIT availabilityChanged();
}

void EvaluatePage::evaluateOrStop() {
  if (job_.isRunning()) {
    job_.cancel();
    refresh();
  } else {
    evaluate();
  }
}

void EvaluatePage::evaluate() {
  if (!form_->isComplete()) return;
  errorBar()->clear();
  job_.setName(tr("Evaluating %1").arg(form_->model()->title()));
  job_.start(
      [requests = form_->requests(), confidence = form_->confidence()](std::stop_token stop,
                                                                       JobProgress& progress) {
        std::vector<std::shared_ptr<const Evaluation>> evaluations;
        for (const EvaluationRequest& request : requests) {
          const auto done = static_cast<double>(evaluations.size());
          const auto all = static_cast<double>(requests.size());
          evaluations.push_back(std::make_shared<const Evaluation>(
              ui::evaluate(request, evaluations.empty() ? nullptr : evaluations.front().get(), stop,
                           [&](double fraction) { progress.set((done + fraction) / all); })));
          if (stop.stop_requested()) break;
        }
        return scored(evaluations, confidence);
      },
      [this](std::vector<ScoredEvaluation> models) { show(std::move(models)); });
}

void EvaluatePage::show(std::vector<ScoredEvaluation> models) {
  take(std::move(models));
  tellProblems();
  grid_->setFocus();
  // The slider may have been moved, and labels changed, while it ran.
  noteChanges(0, state().document().pictureCount());
  if (!models_.empty() && models_[0].confidence != form_->confidence()) rescore();
}

void EvaluatePage::rescore() {
  if (models_.empty()) return;
  std::vector<std::shared_ptr<const Evaluation>> evaluations;
  for (const ScoredEvaluation& model : models_)
    evaluations.push_back(model.evaluation);
  scoring_.start([evaluations, confidence = form_->confidence()](
                     std::stop_token, JobProgress&) { return scored(evaluations, confidence); },
                 [this](std::vector<ScoredEvaluation> models) {
                   const bool same =
                       !models_.empty() && models_[0].evaluation == models[0].evaluation;
                   if (same) take(std::move(models));
                 });
}

void EvaluatePage::take(std::vector<ScoredEvaluation> models) {
  const bool another =
      models.empty() || models_.empty() || models[0].evaluation != models_[0].evaluation;
  models_ = std::move(models);
  if (another) {
    corrected_.clear();
    findings_->setCorrected({});
    findingBar_->setCorrected(0);
  }
  if (another) {
    findings_->setSide(FindingSide::First);
    QStringList titles;
    for (const ScoredEvaluation& model : models_)
      titles << model.evaluation->request.model;
    findingBar_->setModels(titles);
  }
  findings_->setEvaluations(models_);
  if (another) narrowTo({});
  showMatrix();
  tiles_->setEvaluations(models_);
  curves_->setEvaluations(models_);
  bars_->setEvaluations(models_);
  givePredictions();
  refresh();
}

void EvaluatePage::showMatrix() {
  const std::size_t model = findings_->model();
  if (model >= models_.size()) return;
  const Evaluation& shown = *models_[model].evaluation;
  QStringList names;
  std::vector<int> colours;
  for (std::size_t c = 0; c < shown.names.size(); ++c) {
    names << classText(shown.names, static_cast<int>(c));
    colours.push_back(shown.shownClass(static_cast<int>(c)));
  }
  confusion_->setMatrix(models_[model].score->result.confusion, names, colours);
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

void EvaluatePage::narrowTo(const FindingScope& scope) {
  // A cell on the diagonal and the points of a curve hold what is right as well.
  const bool diagonal = scope.of == FindingScope::Of::Cell && scope.truth == scope.predicted;
  const FindingKind kind = diagonal                              ? FindingKind::Right
                           : scope.of == FindingScope::Of::Point ? FindingKind::All
                                                                 : FindingKind::Faults;
  findings_->setKind(kind);
  findings_->setScope(scope);
  findingBar_->setScopeText(scopeText(scope));
  const bool cell = scope.of == FindingScope::Of::Cell;
  confusion_->setPicked(cell ? std::optional(std::pair(scope.truth, scope.predicted))
                             : std::nullopt);
  bars_->setPicked(scope.of == FindingScope::Of::Class ? std::optional(scope.classId)
                                                       : std::nullopt);
}

QString EvaluatePage::scopeText(const FindingScope& scope) const {
  if (models_.empty()) return {};
  const ClassNames& names = models_[findings_->model()].evaluation->names;
  const auto background = static_cast<int>(names.size());
  const auto name = [&](int id) { return classText(names, id); };
  switch (scope.of) {
    case FindingScope::Of::Everything:
      break;
    case FindingScope::Of::Class:
      return name(scope.classId);
    case FindingScope::Of::Cell:
      if (scope.truth == background) return tr("%1 where there is none").arg(name(scope.predicted));
      if (scope.predicted == background) return tr("%1 missed").arg(name(scope.truth));
      if (scope.truth == scope.predicted) return tr("%1 found").arg(name(scope.truth));
      return tr("%1 taken for %2").arg(name(scope.truth), name(scope.predicted));
    case FindingScope::Of::Point:
      return tr("%1 of confidence %2 to %3")
          .arg(name(scope.classId), numberText(scope.low, 2), numberText(scope.high, 2));
  }
  return {};
}

void EvaluatePage::open(int row) {
  const ScoredEvaluation& model = findings_->listed();
  const JudgedBox& box = findings_->boxOf(row);
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
  if (models_.empty()) {
    state().setPredictions({});
  } else {
    state().setPredictions(predictionsOf(models_[0]));
  }
}

void EvaluatePage::noteChanges(int first, int count) {
  if (models_.empty()) return;
  const Dataset& then = *models_[0].evaluation->request.dataset;
  const Dataset& now = state().document().dataset();
  const auto note = [&](std::size_t picture) {
    if (picture >= now.pictures.size() || picture >= then.pictures.size()) return;
    const AnnotationPtr& was = then.pictures[picture].annotation;
    const AnnotationPtr& is = now.pictures[picture].annotation;
    const auto index = static_cast<int>(picture);
    if (was == is || (was->state == is->state && was->boxes == is->boxes)) {
      corrected_.remove(index);
    } else {
      corrected_.insert(index);
    }
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
  findings_->setCorrected(corrected_);
  findingBar_->setCorrected(static_cast<int>(corrected_.size()));
}

void EvaluatePage::refresh() {
  const bool running = job_.isRunning();
  const bool can = form_->isComplete() && unavailableReason().isEmpty();
  form_->button()->setText(!running              ? tr("Evaluate")
                           : job_.isCancelling() ? tr("Stopping\u2026")
                                                 : tr("Stop"));
  form_->button()->setEnabled(running ? !job_.isCancelling() : can);
  setMain(form_->button(), !running);
  evaluateAction_->setText(running ? tr("Stop evaluating") : tr("Evaluate"));
  evaluateAction_->setEnabled(running || can);
  openAction_->setEnabled(!models_.empty());
  allAction_->setEnabled(!models_.empty());
  views_->setCurrentIndex(models_.empty() ? 0 : 1);
  if (!models_.empty()) return;
  if (running) {
    hint_->say(tr("The model looks at the pictures. The numbers come when it has seen them all."),
               {tr("Stop"), [this] { evaluateOrStop(); }});
  } else if (!form_->model()->hasModel()) {
    hint_->say(tr("There is no model to evaluate yet."),
               {tr("Train a network"), [this] { state().showPage(QStringLiteral("train")); }},
               {tr("Choose a model\u2019s files"), [this] {
                  setInspectorVisible(true);
                  form_->model()->askForFiles();
                }});
  } else {
    hint_->say(tr("See how good %1 is on %2, and what it gets wrong.")
                   .arg(form_->model()->title(), form_->chosenSplit()),
               {tr("Evaluate"), [this] { evaluateOrStop(); }});
  }
}

}  // namespace boxwright::ui
