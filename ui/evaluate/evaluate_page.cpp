// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/evaluate_page.h"

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "ui/crop_store.h"
#include "ui/detect/detect_hint.h"
#include "ui/detect/model_picker.h"
#include "ui/error_bar.h"
#include "ui/evaluate/class_bars.h"
#include "ui/evaluate/class_pane.h"
#include "ui/evaluate/confusion_view.h"
#include "ui/evaluate/crop_grid.h"
#include "ui/evaluate/curve_chart.h"
#include "ui/evaluate/evaluate_form.h"
#include "ui/evaluate/finding_bar.h"
#include "ui/evaluate/finding_list.h"
#include "ui/evaluate/node_table.h"
#include "ui/evaluate/score_tiles.h"
#include "ui/evaluate/suspect_list.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {

EvaluatePage::EvaluatePage(StudioState& state, QWidget* parent)
    : Page(QStringLiteral("evaluate"), tr("Evaluate"), QStringLiteral("evaluate"), state, parent),
      form_(new EvaluateForm(state.document())),
      findings_(new FindingList(this)),
      suspects_(new SuspectList(state.document(), this)),
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
  saveTreeAction_ = add(tr("Save the table over the tree as CSV\u2026"), {});
  connect(saveTreeAction_, &QAction::triggered, this, [this] { classes_->nodes()->saveCsvAs(); });
}

ClassBars* EvaluatePage::bars() const {
  return classes_->bars();
}

NodeTable* EvaluatePage::nodes() const {
  return classes_->nodes();
}

QList<QAction*> EvaluatePage::menuActions() const {
  return {evaluateAction_, openAction_, allAction_, saveTreeAction_};
}

QWidget* EvaluatePage::makeContent() {
  hint_ = new DetectHint;
  tiles_ = new ScoreTiles;
  tiles_->setAutoFillBackground(true);
  tiles_->setBackgroundRole(QPalette::Base);
  curves_ = new CurveChart;
  classes_ = new ClassPane;
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
  confusion_->setMinimumWidth(200);
  for (QWidget* chart : {static_cast<QWidget*>(curves_), static_cast<QWidget*>(classes_),
                         static_cast<QWidget*>(confusion_)})
    charts->addWidget(chart);
  charts->setSizes({320, 350, 350});
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
  connect(classes_->nodes(), &NodeTable::picked, this, [this](int node) {
    showFirst();
    narrowTo(
        {.of = FindingScope::Of::Node, .classId = node, .tree = models_[0].evaluation->classTree});
  });
  connect(classes_->nodes(), &NodeTable::failed, this,
          [this](const JobError& error) { errorBar()->showError(error); });
  connect(bars(), &ClassBars::picked, this, [this](int classId) {
    showFirst();
    narrowTo({.of = FindingScope::Of::Class, .classId = classId});
  });
  connect(confusion_, &ConfusionView::picked, this, [this](int truth, int predicted) {
    narrowTo({.of = FindingScope::Of::Cell,
              .truth = matrixClasses_[static_cast<std::size_t>(truth)],
              .predicted = matrixClasses_[static_cast<std::size_t>(predicted)]});
  });
  connect(findingBar_, &FindingBar::everythingWanted, this, [this] { narrowTo({}); });
  connect(findingBar_, &FindingBar::suspectsWanted, this, &EvaluatePage::showSuspects);
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
  connect(&document, &DatasetDocument::coloursChanged, this, &EvaluatePage::showColours);
  connect(&document, &DatasetDocument::annotationsChanged, this, &EvaluatePage::noteChanges);
  connect(&document, &DatasetDocument::historyChanged, this, [this] {
    // The first box of a dataset, or the last one's end.
    const bool can = unavailableReason().isEmpty();
    if (std::exchange(available_, can) == can) return;
    Q_EMIT availabilityChanged();
    refresh();
  });
  connect(this, &Page::availabilityChanged, this,
          [this] { available_ = unavailableReason().isEmpty(); });
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
  if (counts.boxes == 0 && counts.classesOnly == 0)
    return tr("the dataset has no labels to compare with");
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
        requireOneKind(requests);
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
  if (isVisible()) grid_->setFocus();
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

void EvaluatePage::refresh() {
  const bool running = job_.isRunning();
  const bool can = form_->isComplete() && unavailableReason().isEmpty();
  form_->button()->setText(!running              ? tr("Evaluate")
                           : job_.isCancelling() ? tr("Stopping\u2026")
                                                 : tr("Stop"));
  form_->button()->setToolTip(running ? QString() : form_->fault());
  form_->button()->setEnabled(running ? !job_.isCancelling() : can);
  setMain(form_->button(), !running);
  evaluateAction_->setText(running ? tr("Stop evaluating") : tr("Evaluate"));
  evaluateAction_->setEnabled(running || can);
  openAction_->setEnabled(!models_.empty());
  allAction_->setEnabled(!models_.empty());
  saveTreeAction_->setEnabled(!models_.empty() && classes_->hasTree());
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
