// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_page.h"

#include <QAction>
#include <QDesktopServices>
#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QItemSelectionModel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/data/open_dataset.h"
#include "ui/error_bar.h"
#include "ui/path_text.h"
#include "ui/studio_state.h"
#include "ui/theme.h"
#include "ui/train/past_runs.h"
#include "ui/train/run_charts.h"
#include "ui/train/run_facts.h"
#include "ui/train/run_list.h"
#include "ui/train/run_logs.h"
#include "ui/train/run_messages.h"
#include "ui/train/run_tiles.h"
#include "ui/train/train_form.h"
#include "ui/train/training.h"
#include "ui/train/tree_accuracy.h"

namespace boxwright::ui {
namespace {

/// Numbers and charts follow at a pace that eyes and processors are content with.
constexpr int kPaintInterval = 200;

}  // namespace

TrainPage::TrainPage(StudioState& state, QWidget* parent)
    : Page(QStringLiteral("train"), tr("Train"), QStringLiteral("train"), state, parent),
      training_(new Training(this)),
      runs_(new PastRuns(this)),
      logs_(new RunLogs(this)),
      form_(new TrainForm),
      facts_(new RunFacts),
      inspector_(new QStackedWidget),
      folderJob_(tr("Looking for runs"), QStringLiteral("train")) {
  folderJob_.setQuiet(true);
  makeActions();
  inspector_->addWidget(form_);
  inspector_->addWidget(facts_);
  setBody(makeContent(), inspector_, tr("Settings"));

  paintTimer_.setInterval(kPaintInterval);
  paintTimer_.setSingleShot(true);
  connect(&paintTimer_, &QTimer::timeout, this, &TrainPage::refreshLive);

  connect(training_, &Training::started, this, &TrainPage::followTraining);
  connect(training_, &Training::runMade, this, [this](const QString& folder) {
    const std::filesystem::path path = pathFromUtf8(folder.toStdString());
    const bool follows = shown_ == std::exchange(followed_, path) || shown_ == path;
    facts_->showRun(path, training_->settings(), training_->curves()->isClassifier());
    if (path == this->state().run()) this->state().keepRun(false);  // its dataset has been found
    runs_->setLive(path, training_->curves());
    listRuns();
    if (follows) showRun(path);
  });
  connect(training_, &Training::advanced, this, [this] {
    if (!paintTimer_.isActive()) paintTimer_.start();
  });
  connect(training_, &Training::told, this, [this] {
    const auto& validations = training_->curves()->validations();
    facts_->showValidation(validations.empty() ? nullptr : &validations.back());
    runs_->refreshLive();
    if (showsTraining()) tree_->showCurves(curvesOf(shown_));
  });
  connect(training_, &Training::failed, this, &TrainPage::trainingFailed);
  connect(training_, &Training::ended, this, &TrainPage::trainingEnded);
  connect(training_, &Training::nearCopiesFound, this, &TrainPage::nearCopiesFound);
  connect(&Jobs::instance(), &Jobs::changed, this, &TrainPage::refreshButtons);

  connect(form_, &TrainForm::changed, this, &TrainPage::refreshButtons);
  connect(form_, &TrainForm::runsFolderChanged, this, &TrainPage::listRuns);
  connect(runs_, &PastRuns::scanned, this, &TrainPage::runsScanned);
  connect(runs_, &PastRuns::ticksChanged, this, &TrainPage::showCurves);
  connect(logs_, &RunLogs::loaded, this, &TrainPage::showCurves);

  DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::reset, this, &TrainPage::datasetChanged);
  connect(&document, &DatasetDocument::opened, this, &TrainPage::offerFittingNetwork);
  connect(&document, &DatasetDocument::opened, this, &TrainPage::refreshButtons);
  connect(&document, &DatasetDocument::opened, this, &TrainPage::goOnWithSought);
  connect(&document, &DatasetDocument::failed, this, [this] {
    sought_.reset();
    refreshButtons();
  });
  connect(&state, &StudioState::anchorsChanged, this,
          [this] { form_->setChosenAnchors(this->state().anchors()); });
  connect(&state, &StudioState::runChanged, this, [this] {
    if (this->state().run().empty()) opened_.clear();
    Q_EMIT availabilityChanged();
  });
  connect(&state, &StudioState::runOpened, this, [this] {
    opened_ = this->state().run();
    sought_.reset();
    showRun({});
    listRuns();
  });
  connect(&state, &StudioState::datasetSought, this, &TrainPage::findDataset);
  datasetChanged();
}

TrainPage::~TrainPage() = default;

QAction* TrainPage::addPageAction(const QString& text, const char* shortcut,
                                  void (TrainPage::*slot)()) {
  auto* action = new QAction(text, this);
  if (*shortcut) action->setShortcut(QKeySequence(QString::fromLatin1(shortcut)));
  connect(action, &QAction::triggered, this, slot);
  return action;
}

void TrainPage::makeActions() {
  startAction_ = addPageAction(tr("&Start training"), "F5", &TrainPage::startTraining);
  stopAction_ = addPageAction(tr("S&top training"), "Shift+F5", &TrainPage::stopTraining);
  resumeAction_ = addPageAction(tr("&Resume the run"), "Ctrl+F5", &TrainPage::resumeTraining);
  moreAction_ = addPageAction(tr("Train &more…"), "Ctrl+Shift+F5", &TrainPage::trainMore);
  detectAction_ =
      addPageAction(tr("&Detect with this run"), "Ctrl+Shift+D", &TrainPage::openInDetect);
  settingsAction_ = addPageAction(tr("&Use this run's settings"), "", &TrainPage::takeSettings);
  folderAction_ = new QAction(tr("Show the run's &folder"), this);
  connect(folderAction_, &QAction::triggered, this, [this] {
    QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(utf8(shown_))));
  });
  zoomAction_ = new QAction(tr("Show &all of the charts"), this);
  zoomAction_->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+0")));
  connect(zoomAction_, &QAction::triggered, this, [this] { charts_->resetView(); });
}

QList<QAction*> TrainPage::menuActions() const {
  return {startAction_,  stopAction_,   resumeAction_,
          moreAction_,   detectAction_, settingsAction_,
          folderAction_, zoomAction_,   charts_->saveMenu()->menuAction()};
}

void TrainPage::activated() {
  listRuns();  // the command line makes runs and goes on with them as well
}

QWidget* TrainPage::makeContent() {
  auto* top = new QWidget;
  top->setBackgroundRole(QPalette::Base);
  top->setAutoFillBackground(true);
  auto* row = new QHBoxLayout(top);
  row->setContentsMargins(metric::wideMargin, metric::gap, metric::wideMargin, metric::gap);
  row->setSpacing(metric::wideMargin);
  tiles_ = new RunTiles;
  row->addWidget(tiles_, 1);
  resumeButton_ = new QPushButton(tr("Resume"));
  resumeButton_->setObjectName(QStringLiteral("resume"));
  stopButton_ = new QPushButton(tr("Stop"));
  stopButton_->setObjectName(QStringLiteral("stop"));
  startButton_ = new QPushButton(tr("Start"));
  startButton_->setObjectName(QStringLiteral("start"));
  setMain(startButton_);
  for (QPushButton* button : {resumeButton_, stopButton_, startButton_}) {
    button->setMinimumWidth(88);
    row->addWidget(button, 0, Qt::AlignVCenter);
  }
  connect(startButton_, &QPushButton::clicked, this, &TrainPage::startTraining);
  connect(stopButton_, &QPushButton::clicked, this, &TrainPage::stopTraining);
  connect(resumeButton_, &QPushButton::clicked, this, [this] {
    const RunSummary* run = shownSummary();
    if (run && run->state == RunState::Done) {
      trainMore();
    } else {
      resumeTraining();
    }
  });

  charts_ = new RunCharts;
  connect(charts_, &RunCharts::failed, this,
          [this](const JobError& error) { errorBar()->showError(error); });
  tree_ = new TreeAccuracy;
  auto* learning = new QSplitter(Qt::Vertical);
  learning->setObjectName(QStringLiteral("learning"));
  learning->setChildrenCollapsible(false);
  learning->addWidget(charts_);
  learning->addWidget(tree_);
  learning->setStretchFactor(0, 2);
  learning->setStretchFactor(1, 1);
  learning->setSizes({380, 180});
  list_ = new RunList(runs_);
  connect(list_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            const RunSummary* run = runs_->run(current.row());
            if (run && run->folder != shown_) showRun(run->folder);
          });
  connect(list_, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    if (!list_->indexAt(at).isValid()) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({resumeAction_, moreAction_, detectAction_, settingsAction_, folderAction_});
    menu->popup(list_->viewport()->mapToGlobal(at));
  });
  connect(list_, &QTableView::doubleClicked, this, [this] {
    if (detectAction_->isEnabled()) openInDetect();
  });

  messages_ = new RunMessages;
  auto* bottom = new QSplitter(Qt::Horizontal);
  bottom->setObjectName(QStringLiteral("bottom"));
  bottom->setChildrenCollapsible(false);
  bottom->addWidget(list_);
  bottom->addWidget(messages_);
  bottom->setStretchFactor(0, 3);
  bottom->setStretchFactor(1, 2);
  bottom->setSizes({600, 400});
  list_->setMinimumWidth(300);
  messages_->setMinimumWidth(180);
  bottom->setMinimumHeight(96);

  auto* rows = new QSplitter(Qt::Vertical);
  rows->setObjectName(QStringLiteral("rows"));
  rows->setChildrenCollapsible(false);
  rows->addWidget(learning);
  rows->addWidget(bottom);
  rows->setStretchFactor(0, 1);
  rows->setStretchFactor(1, 0);
  rows->setSizes({560, 168});

  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(1);
  column->addWidget(top);
  column->addWidget(rows, 1);
  return content;
}

QString TrainPage::unavailableReason() const {
  if (state().document().isOpen() || !state().run().empty() || training_->isRunning()) return {};
  return tr("Open a dataset to train on.");
}

std::string TrainPage::datasetPath() const {
  const DatasetDocument& document = state().document();
  std::error_code code;
  const std::filesystem::path path =
      document.path().empty() ? document.dataset().root : document.path();
  const std::filesystem::path absolute = std::filesystem::absolute(path, code);
  return utf8(code ? path : absolute);
}

void TrainPage::datasetChanged() {
  const DatasetDocument& document = state().document();
  form_->setChosenAnchors({});
  errorBar()->clear();
  anew_.reset();
  // Another has been opened instead, or what was sought comes now.
  if (sought_ && document.path() != sought_->place) sought_.reset();
  if (sought_) sought_->opening = true;
  if (!training_->isRunning()) {
    logs_->clear();
    showRun({});
  }
  form_->setRunsFolder({});  // another's are not those of this one, not even for a moment
  listRuns();
  if (document.isOpen()) {
    const std::filesystem::path path =
        document.path().empty() ? document.dataset().root : document.path();
    folderJob_.start([path](std::stop_token, JobProgress&) { return runsFolderFor(path); },
                     [this](std::filesystem::path folder) { form_->setRunsFolder(folder); });
  } else {
    folderJob_.cancel();
  }
  refreshButtons();
  Q_EMIT availabilityChanged();
}

void TrainPage::offerFittingNetwork() {
  const DatasetStatistics& statistics = state().document().statistics();
  if (statistics.boxes > 0 && statistics.classesOnly == 0)
    form_->offerNetworkFor(NetworkTask::Detection);
  else if (statistics.boxes == 0 && statistics.classesOnly > 0)
    form_->offerNetworkFor(NetworkTask::Classification);
}

void TrainPage::listRuns() {
  std::vector<std::filesystem::path> folders;
  const auto add = [&](const std::filesystem::path& folder) {
    if (folder.empty() || std::find(folders.begin(), folders.end(), folder) != folders.end())
      return;
    folders.push_back(folder);
  };
  add(form_->runsFolder());
  add(opened_.parent_path());
  if (training_->isRunning() || shown_ == training_->folder()) {
    add(training_->folder().parent_path());
  }
  runs_->setFolders(std::move(folders), opened_);
}

void TrainPage::runsScanned() {
  form_->setTakenNames(runs_->names());
  const auto trains = [this](const std::filesystem::path& folder) {
    return training_->isRunning() && folder == training_->folder();
  };
  logs_->forgetChanged(*runs_,
                       training_->isRunning() ? training_->folder() : std::filesystem::path());
  if (const std::filesystem::path ended = std::exchange(ended_, {}); !ended.empty()) {
    const RunSummary* run = runs_->run(runs_->rowOf(ended));
    if (run && run->hasWeights && run->task == NetworkTask::Detection) state().setRun(ended);
  }
  const std::filesystem::path asked = state().run();
  const int row = runs_->rowOf(asked);
  if (row < 0 && asked != opened_ && !form_->runsFolder().empty()) state().setRun({});
  if (runs_->rowOf(shown_) < 0 && !trains(shown_)) shown_.clear();
  if (shown_.empty()) {
    // Something to look at: the run that was opened, and none in its place, else the newest.
    const RunSummary* run = runs_->run(state().run().empty() ? 0 : row);
    if (run) showRun(run->folder);
  }
  if (const int at = runs_->rowOf(shown_); at >= 0) list_->selectRow(at);
  if (state().run().empty()) {
    for (const RunSummary& run : runs_->runs()) {
      // Not one that goes on learning from a dataset opened before this one.
      if (!run.hasWeights || run.task != NetworkTask::Detection ||
          (trains(run.folder) && run.settings.dataset != datasetPath()))
        continue;
      state().setRun(run.folder);
      break;
    }
  }
  showCurves();
  goOnWithSought();
  startAnew();
}

const RunSummary* TrainPage::shownSummary() const {
  return runs_->run(runs_->rowOf(shown_));
}

bool TrainPage::showsTraining() const {
  return training_->curves() && shown_ == training_->folder() && !shown_.empty();
}

std::shared_ptr<const RunCurves> TrainPage::curvesOf(const std::filesystem::path& folder) const {
  // A resumed run shows what was read of it until its job has it all.
  const bool trains = training_->isRunning() && folder == training_->folder();
  return trains && (training_->isMade() || !logs_->has(folder)) ? training_->curves()
                                                                : logs_->curves(folder);
}

void TrainPage::showRun(const std::filesystem::path& folder) {
  shown_ = folder;
  const int row = runs_->rowOf(folder);
  if (row >= 0 && list_->currentIndex().row() != row) list_->selectRow(row);
  if (row < 0) list_->setCurrentIndex({});  // a click on the same row is a change again
  showCurves();
}

void TrainPage::showCurves() {
  std::vector<OverlaidRun> others;
  for (const std::filesystem::path& folder : runs_->ticked()) {
    if (folder == shown_) continue;
    const RunSummary* run = runs_->run(runs_->rowOf(folder));
    if (const auto curves = curvesOf(folder); curves && run) {
      others.push_back({run->name, runs_->colourOf(folder), curves});
    }
  }
  const std::shared_ptr<const RunCurves> curves = curvesOf(shown_);
  const QString fault = logs_->fault(shown_);
  charts_->setMessage(shown_.empty()     ? tr("The loss is drawn here while a run trains.")
                      : !curves          ? QString()
                      : !fault.isEmpty() ? fault
                                         : tr("No step has been done yet."));
  charts_->show(curves, QString::fromStdString(utf8(shown_.filename())), std::move(others));
  tree_->showCurves(curves);
  refreshNumbers();
  refreshButtons();
  loadMissing();
}

void TrainPage::loadMissing() {
  std::vector<std::filesystem::path> folders = runs_->ticked();
  if (!shown_.empty()) folders.push_back(shown_);
  std::vector<const RunSummary*> missing;
  for (const std::filesystem::path& folder : folders) {
    const RunSummary* run = runs_->run(runs_->rowOf(folder));
    if (run && !curvesOf(folder)) missing.push_back(run);
  }
  logs_->load(missing);
}

void TrainPage::startTraining() {
  if (!startAction_->isEnabled() || !isEnabled()) return;
  errorBar()->clear();
  if (state().isTreeUnsaved() && state().document().dataset().classTree) {
    errorBar()->showMessage(
        ErrorBar::Kind::Warning,
        {tr("The class tree has changes that are not saved"),
         {},
         tr("A run learns the tree as its file has it: save them first, or discard them.")},
        tr("Show the tree"), [this] { state().showPage(QStringLiteral("tree")); });
    return;
  }
  RunSettings settings = form_->settings();
  settings.dataset = datasetPath();
  training_->start(form_->runFolder(), settings, state().document().snapshot());
}

void TrainPage::stopTraining() {
  training_->stop();
  refreshButtons();
}

void TrainPage::resumeTraining() {
  if (resumeAction_->isEnabled()) goOn(shownAsItSays());
}

void TrainPage::trainMore() {
  if (!moreAction_->isEnabled()) return;
  auto* dialog = new QInputDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Train more"));
  dialog->setLabelText(tr("Epochs beyond what is done:"));
  dialog->setInputMode(QInputDialog::IntInput);
  dialog->setIntRange(1, 100000);
  dialog->setIntValue(10);
  dialog->setOkButtonText(tr("Train"));
  connect(dialog, &QInputDialog::intValueSelected, this, [this, run = shownAsItSays()](int epochs) {
    GoingOn more = run;
    more.how.moreEpochs = epochs;
    goOn(more);
  });
  dialog->open();
}

TrainPage::GoingOn TrainPage::shownAsItSays() const {
  const RunSummary* run = shownSummary();
  return {shown_, run ? run->settings.dataset : std::string(), {}};
}

void TrainPage::goOn(const GoingOn& run) {
  if (training_->isRunning() || !isEnabled()) return;
  errorBar()->clear();
  const DatasetDocument& document = state().document();
  std::shared_ptr<const Dataset> dataset, candidate;
  if (document.isOpen() && !document.isOpening() && !document.isPartial()) {
    // Another one may be the run's, moved since.
    (datasetPath() == run.dataset ? dataset : candidate) = document.snapshot();
  }
  goneOn_ = run;
  training_->resume(run.folder, std::move(dataset), run.how, std::move(candidate), datasetPath());
}

void TrainPage::findDataset() {
  if (!state().run().empty()) showRun(state().run());
  seekDataset(shownAsItSays());
}

void TrainPage::seekDataset(const GoingOn& run) {
  if (run.folder.empty() || training_->isRunning()) return;
  auto* dialog =
      new QFileDialog(this, tr("Where the dataset of %1 lies now")
                                .arg(QString::fromStdString(utf8(run.folder.filename()))));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  const bool file = isDatasetFile(pathFromUtf8(run.dataset));
  dialog->setFileMode(file ? QFileDialog::ExistingFile : QFileDialog::Directory);
  connect(dialog, &QFileDialog::fileSelected, this, [this, run](const QString& path) {
    opened_ = run.folder;  // it stays, whatever dataset is opened
    state().setRun(run.folder);
    state().keepRun(true);
    sought_ = Sought{run, pathFromUtf8(QDir(path).absolutePath().toStdString())};
    state().requestOpen(sought_->place);
  });
  dialog->open();
}

void TrainPage::goOnWithSought() {
  const DatasetDocument& document = state().document();
  if (!sought_ || !sought_->opening || !document.isOpen() || document.isOpening()) return;
  if (document.isPartial() || training_->isRunning()) sought_.reset();
  if (!sought_ || runs_->rowOf(sought_->run.folder) < 0) return;
  const GoingOn run = std::exchange(sought_, std::nullopt)->run;
  showRun(run.folder);
  state().showPage(id());
  // One that is done is there to be trained for more.
  if (resumeAction_->isEnabled() || run.how.moreEpochs > 0) goOn(run);
}

void TrainPage::openInDetect() {
  if (!shown_.empty()) state().detectWith(shown_);
}

void TrainPage::takeSettings() {
  if (const RunSummary* run = shownSummary()) {
    form_->setSettings(run->settings);
    setInspectorVisible(true);
  }
}

void TrainPage::changeEvent(QEvent* event) {
  Page::changeEvent(event);
  // The window closes: nothing is begun any more.
  if (event->type() == QEvent::EnabledChange && !isEnabled()) dropPlans();
}

void TrainPage::dropPlans() {
  sought_.reset();
  anew_.reset();
}

void TrainPage::followTraining() {
  dropPlans();  // this one has come instead
  facts_->showRun(training_->folder(), training_->settings(), training_->curves()->isClassifier());
  facts_->showValidation(nullptr);
  inspector_->setCurrentWidget(facts_);
  followed_ = training_->folder();
  runs_->setLive(followed_, curvesOf(followed_));
  showRun(followed_);
  Q_EMIT availabilityChanged();
}

void TrainPage::refreshLive() {
  runs_->refreshLive();
  if (runs_->isTicked(training_->folder()) || showsTraining()) charts_->refresh();
  if (!showsTraining()) return;
  refreshNumbers();
}

void TrainPage::refreshNumbers() {
  const std::shared_ptr<const RunCurves> curves = curvesOf(shown_);
  tiles_->showCurves(curves.get());
  messages_->showRun(curves);
  const RunSummary* run = shownSummary();
  const QString path = shown_.empty() ? QString() : pathText(shown_);
  if (training_->isRunning() && showsTraining()) {
    const bool begun = curves && curves->lastBatch();
    tiles_->showTimeLeft(training_->secondsLeft(),
                         begun ? QString() : training_->job().progressText());
    setStatusText(tr("%1  ·  training for %2").arg(path, clockText(training_->secondsRunning())));
  } else {
    tiles_->showState(run ? runs_->stateText(*run) : QString(), run ? run->fault : QString());
    setStatusText(path);
  }
}

QString TrainPage::unfitText() const {
  const DatasetStatistics& statistics = state().document().statistics();
  if (statistics.boxes == 0 && statistics.classesOnly == 0)
    return tr("No picture of the dataset has boxes.");
  if (!form_->task()) return {};  // the form says why it is not known
  const bool classifier = form_->task() == NetworkTask::Classification;
  if (classifier && statistics.classesOnly == 0)
    return tr("The network is a classifier, the dataset has boxes: choose a detector.");
  if (!classifier && statistics.boxes == 0)
    return tr("The pictures have classes but no boxes: choose a classifier such as darknet-nano.");
  return {};
}

void TrainPage::refreshButtons() {
  const DatasetDocument& document = state().document();
  const bool running = training_->isRunning();
  const bool stopping = training_->isStopping();
  const RunSummary* run = shownSummary();
  const bool canResume = !running && run && run->hasCheckpoint && run->state != RunState::Done &&
                         run->state != RunState::Damaged;
  const bool canDoMore = !running && run && run->hasCheckpoint && run->state == RunState::Done;

  QString why;
  if (!document.isOpen()) {
    why = tr("Open a dataset to train on.");
  } else if (document.isOpening()) {
    why = tr("The dataset is still being read.");
  } else if (document.isPartial()) {
    why = tr("Reading the dataset was stopped: read it again on the Data page.");
  } else if (const QString unfit = unfitText(); !unfit.isEmpty()) {
    why = unfit;
  } else if (form_->runsFolder().empty()) {
    why = tr("Looking for the folder of runs.");
  } else {
    why = form_->fault();
  }
  startAction_->setEnabled(!running && why.isEmpty());
  startButton_->setEnabled(startAction_->isEnabled());
  startButton_->setToolTip(why);
  startButton_->setVisible(!running);
  stopAction_->setEnabled(running && !stopping);
  stopButton_->setVisible(running);
  stopButton_->setEnabled(running && !stopping);
  stopButton_->setText(stopping ? tr("Stopping…") : tr("Stop"));
  resumeAction_->setEnabled(canResume);
  moreAction_->setEnabled(canDoMore);
  resumeButton_->setVisible(canResume || canDoMore);
  resumeButton_->setText(canDoMore ? tr("Train more…") : tr("Resume"));
  detectAction_->setEnabled(run && run->hasWeights && run->task == NetworkTask::Detection);
  settingsAction_->setEnabled(run && !running && run->state != RunState::Damaged);
  folderAction_->setEnabled(run != nullptr);
}

void TrainPage::trainingFailed(const JobError& error) {
  anew_.reset();
  switch (training_->failure()) {
    case Training::Failure::DatasetGone:
      errorBar()->showError(error, tr("Open the dataset…"), [this, run = goneOn_] {
        showRun(run.folder);
        seekDataset(run);
      });
      break;
    case Training::Failure::Diverged: {
      // What is done over from the checkpoint diverges again, but for the rate.
      JobError told = error;
      told.advice =
          tr("The last good state and weights are kept: the run can go back there and on with half "
             "the learning rate.");
      GoingOn run{training_->folder(), training_->settings().dataset, {}};
      run.how.retries = 1;
      errorBar()->showError(told, tr("Go on with half the rate"), [this, run] { goOn(run); });
      break;
    }
    case Training::Failure::NoDevice: {
      if (!training_->canGoOn()) return showSettingsFor(error);
      GoingOn run = failedRun();
      run.how.device = run.how.precision = "auto";
      errorBar()->showError(error, tr("Go on with auto"), [this, run] { goOn(run); });
      break;
    }
    case Training::Failure::NoMemory:
      offerSmallerParts(error);
      break;
    case Training::Failure::NothingFits:
    case Training::Failure::Other:
      showSettingsFor(error);
  }
}

TrainPage::GoingOn TrainPage::failedRun() const {
  // What it was told beyond the run is kept there once it has learned.
  if (training_->isResumed() && !training_->hasLearned()) return goneOn_;
  return {training_->folder(), training_->settings().dataset, {}};
}

void TrainPage::offerSmallerParts(const JobError& error) {
  if (training_->canGoOn()) {
    GoingOn run = failedRun();
    run.how.subdivisions = kMoreParts;
    errorBar()->showError(error, tr("Go on in smaller parts"), [this, run] { goOn(run); });
    return;
  }
  RunSettings settings = training_->settings();
  settings.subdivisions = kFittingParts;
  errorBar()->showError(error, tr("Train in smaller parts"), [this, settings] {
    if (settings.dataset != datasetPath()) return;  // another is open by now
    anew_ = settings;
    startAnew();
    anew_.reset();  // not later, where it cannot begin now
  });
}

void TrainPage::showSettingsFor(const JobError& error) {
  errorBar()->showError(error, tr("Show the settings"), [this] { setInspectorVisible(true); });
}

void TrainPage::nearCopiesFound(int count) {
  if (training_->settings().dataset != datasetPath()) return;  // the messages say it too
  errorBar()->showMessage(
      ErrorBar::Kind::Note,
      {count == 1 ? tr("One training picture looks like a picture of val or test")
                  : tr("%1 training pictures look like pictures of val or test").arg(count),
       {},
       tr("The scores will look better than they are. This run can be stopped and started anew "
          "without them.")},
      tr("Leave them out"), [this] {
        anew_ = training_->settings();
        anew_->quarantine = anew_->quarantine == "none" ? "duplicates" : "damaged,duplicates";
        stopTraining();
        startAnew();
      });
}

void TrainPage::startAnew() {
  if (!anew_ || training_->isRunning() || !startAction_->isEnabled()) return;
  form_->setSettings(*std::exchange(anew_, std::nullopt));
  startTraining();
}

void TrainPage::trainingEnded() {
  inspector_->setCurrentWidget(form_);
  ended_ = training_->folder();
  // One that failed before it came to its run leaves what was read of that run before.
  if (training_->isMade()) logs_->keep(ended_, training_->curves());
  runs_->setLive({}, nullptr);
  listRuns();
  showCurves();
  Q_EMIT availabilityChanged();
  // Of a run that failed the key that began it must not begin another.
  if (errorBar()->isShowing() && window()->focusWidget() == startButton_) errorBar()->takeFocus();
}

}  // namespace boxwright::ui
