// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/main_window.h"
#include "ui/menu_text.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QPainter>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QStyle>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/base/thread_budget.h"
#include "ui/anchors/anchors_page.h"
#include "ui/annotate/annotate_page.h"
#include "ui/data/data_page.h"
#include "ui/data/filter_completer.h"
#include "ui/data/picture_filter.h"
#include "ui/data/saved_filters.h"
#include "ui/detect/detect_page.h"
#include "ui/elided_label.h"
#include "ui/error_bar.h"
#include "ui/evaluate/evaluate_page.h"
#include "ui/page.h"
#include "ui/path_text.h"
#include "ui/theme.h"
#include "ui/train/train_page.h"
#include "ui/train/training.h"
#include "ui/tree/tree_page.h"
#include "ui/window/job_chips.h"
#include "ui/window/manual_window.h"
#include "ui/window/mode_rail.h"

namespace boxwright::ui {
namespace {

constexpr int widestName = 280;  ///< of the dataset on its button, pixels

/// A strip of fixed height in the panel colour with a hairline at one side.
class Bar : public QWidget {
 public:
  Bar(int height, Qt::Edge line) : line_(line) { setFixedHeight(height); }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), colours().panel);
    painter.fillRect(QRect(0, line_ == Qt::TopEdge ? 0 : height() - 1, width(), 1), colours().line);
  }

 private:
  Qt::Edge line_;
};

}  // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent),
      sampleJob_(tr("Making the sample dataset"), QStringLiteral("data")),
      exportJob_(tr("Exporting"), QStringLiteral("data")),
      looking_(tr("Opening"), QStringLiteral("data")),
      rail_(new ModeRail),
      stack_(new QStackedWidget) {
  setWindowTitle(tr("Boxwright"));
  setWindowIcon(QIcon(QStringLiteral(":/icons/boxwright.svg")));
  setAcceptDrops(true);
  setMinimumSize(800, 560);
  setContextMenuPolicy(Qt::NoContextMenu);

  makeFileActions();
  auto* right = new QWidget;
  auto* column = new QVBoxLayout(right);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  contextBar_ = makeContextBar();
  column->addWidget(contextBar_);
  column->addWidget(stack_, 1);
  auto* upper = new QHBoxLayout;
  upper->setContentsMargins(0, 0, 0, 0);
  upper->setSpacing(0);
  upper->addWidget(rail_);
  upper->addWidget(right, 1);
  auto* whole = new QWidget;
  auto* rows = new QVBoxLayout(whole);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(0);
  rows->addLayout(upper, 1);
  rows->addWidget(makeStatusBar());
  setCentralWidget(whole);

  makePages();
  makeMenus();

  connect(rail_, &ModeRail::pageClicked, this, &MainWindow::setPage);
  connect(chips_, &JobChips::pageWanted, this, [this](const QString& id) { showPage(id); });
  // Queued: a page asked for by a menu's action comes after the menu has brought its own forward.
  connect(
      &state_, &StudioState::pageRequested, this, [this](const QString& id) { showPage(id); },
      Qt::QueuedConnection);
  connect(&state_, &StudioState::openRequested, this, &MainWindow::openAsked);
  connect(&state_, &StudioState::filterChanged, this, &MainWindow::showFilter);
  connect(&state_.document(), &DatasetDocument::reset, this, &MainWindow::showDatasetName);
  connect(&state_.document(), &DatasetDocument::opened, this, [this] {
    showDatasetName();
    restorePlace();
    if (state_.document().pictureCount() > 0) {
      recents_.add(QString::fromStdString(utf8(state_.document().path())));
    }
  });
  connect(&state_.document(), &DatasetDocument::failed, this, [this] {
    showPage(QStringLiteral("data"));  // which says why
    // The run that it was opened for can be looked at without it.
    if (!state_.document().isOpen() && !runOfOpening_.empty()) {
      state_.openRun(runOfOpening_);
      state_.keepRun(true);
    }
  });
  connect(&video_, &VideoImport::imported, this, &MainWindow::showImported);
  connect(&video_.job(), &Job::started, this, [this] {
    videoAction_->setEnabled(false);
    openingsAtImport_ = openings_;
  });
  connect(&video_.job(), &Job::finished, this, [this] { videoAction_->setEnabled(true); });
  for (const Job* job : {&sampleJob_, &exportJob_, &looking_, &video_.job()}) {
    connect(job, &Job::failed, this, [this](const JobError& error) {
      showPage(QStringLiteral("data"));
      page(QStringLiteral("data"))->errorBar()->showError(error);
    });
  }
  connect(&sampleJob_, &Job::started, this, [this] { sampleAction_->setEnabled(false); });
  connect(&sampleJob_, &Job::finished, this, [this] { sampleAction_->setEnabled(true); });
  connect(&Jobs::instance(), &Jobs::idle, this, [this] {
    if (closing_) close();
  });
  setPage(pages_.front());
  showDatasetName();
  restore();
}

MainWindow::~MainWindow() {
  // Both while there is what they know of: pages save when they are hidden.
  hide();
  delete manual_;
}

void MainWindow::makeFileActions() {
  openAction_ = new QAction(tr("Open folder\u2026"), this);
  openAction_->setShortcut(QKeySequence::Open);
  connect(openAction_, &QAction::triggered, this, &MainWindow::askForFolder);
  openFileAction_ = new QAction(tr("Open a dataset file\u2026"), this);
  openFileAction_->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O));
  connect(openFileAction_, &QAction::triggered, this, &MainWindow::askForFile);
  sampleAction_ = new QAction(tr("Make the sample dataset\u2026"), this);
  connect(sampleAction_, &QAction::triggered, this, &MainWindow::askForSample);
  videoAction_ = new QAction(tr("Import the frames of a video\u2026"), this);
  connect(videoAction_, &QAction::triggered, this, [this] {
    const DatasetDocument& document = state_.document();
    video_.ask(this, document.isOpen() ? QString::fromStdString(utf8(document.dataset().root))
                                       : QString());
  });
  exportAction_ = new QAction(tr("Export\u2026"), this);
  exportAction_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
  connect(exportAction_, &QAction::triggered, this, &MainWindow::askForExport);
  const auto canExport = [this] {
    const DatasetDocument& document = state_.document();
    exportAction_->setEnabled(document.isOpen() && !document.isOpening() && !document.isPartial() &&
                              !exportJob_.isRunning());
  };
  canExport();
  for (const auto change : {&DatasetDocument::reset, &DatasetDocument::opened})
    connect(&state_.document(), change, this, canExport);
  connect(&exportJob_, &Job::started, this, canExport);
  connect(&exportJob_, &Job::finished, this, canExport);
  closeAction_ = new QAction(tr("Close the dataset"), this);
  closeAction_->setShortcut(QKeySequence::Close);
  connect(closeAction_, &QAction::triggered, this, [this] {
    finishTyping();
    state_.document().close();
    showPage(QStringLiteral("data"));
  });
  filterAction_ = new QAction(tr("Filter the pictures"), this);
  filterAction_->setShortcut(QKeySequence::Find);
  connect(filterAction_, &QAction::triggered, this, [this] {
    if (currentPage()->search()) return;
    if (!currentPage()->usesFilter()) showPage(QStringLiteral("data"));
    filter_->setFocus(Qt::ShortcutFocusReason);
    filter_->selectAll();
  });
  inspectorAction_ = new QAction(tr("Inspector"), this);
  inspectorAction_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_I));
  inspectorAction_->setCheckable(true);
  connect(inspectorAction_, &QAction::triggered, this, [this] {
    if (Page* page = currentPage()) page->setInspectorVisible(inspectorAction_->isChecked());
  });
}

void MainWindow::makePages() {
  addPage(new DataPage(state_, recents_, openAction_, sampleAction_));
  addPage(new AnnotatePage(state_));
  addPage(new TreePage(state_));
  addPage(new AnchorsPage(state_));
  auto* train = new TrainPage(state_);
  addPage(train);
  // That its last checkpoint could not be written is the one thing to know before all is gone.
  connect(train->training(), &Training::failed, this,
          [this] { stayOpen(QStringLiteral("train")); });
  connect(&state_.labels(), &LabelKeeper::notKept, this, [this] {
    notKeptTold_ = true;  // who closes once more means it
    stayOpen(QStringLiteral("annotate"));
  });
  connect(&state_.labels(), &LabelKeeper::recovered, this, [this] { notKeptTold_ = false; });
  addPage(new EvaluatePage(state_));
  addPage(new DetectPage(state_));
}

void MainWindow::addPage(Page* page) {
  const auto number = static_cast<int>(pages_.size()) + 1;
  auto* action = new QAction(tr("Show %1").arg(page->title()), this);
  action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + number)));
  connect(action, &QAction::triggered, this, [this, page] { setPage(page); });
  const auto refresh = [page, action] { action->setEnabled(page->unavailableReason().isEmpty()); };
  refresh();
  connect(page, &Page::availabilityChanged, this, [this, page, refresh] {
    refresh();
    const bool usable = page->unavailableReason().isEmpty();
    if (usable && wantedPage_ == page->id()) {
      setPage(page);
    } else if (!usable && currentPage() == page) {
      setPage(pages_.front());
    }
  });
  connect(page, &Page::statusTextChanged, this, &MainWindow::showStatus);
  connect(page, &Page::inspectorChanged, this, &MainWindow::showInspectorButton);
  pages_.append(page);
  pageActions_.append(action);
  stack_->addWidget(page);
  rail_->addPage(page, action);
}

void MainWindow::makeMenus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  file->addAction(openAction_);
  file->addAction(openFileAction_);
  QMenu* recent = file->addMenu(tr("Open recent"));
  connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecents(recent); });
  file->addAction(sampleAction_);
  file->addAction(videoAction_);
  file->addSeparator();
  file->addAction(exportAction_);
  file->addAction(closeAction_);
  file->addSeparator();
  QAction* quit = file->addAction(tr("Quit"));
  quit->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Q));
  quit->setMenuRole(QAction::QuitRole);
  connect(quit, &QAction::triggered, this, &QWidget::close);

  QMenu* view = menuBar()->addMenu(tr("&View"));
  view->addActions(pageActions_);
  view->addSeparator();
  view->addAction(filterAction_);
  view->addMenu(savedFilters_);
  view->addAction(inspectorAction_);
  view->addSeparator();
  QMenu* theme = view->addMenu(tr("Theme"));
  auto* group = new QActionGroup(this);
  const std::pair<ThemeChoice, QString> choices[] = {{ThemeChoice::System, tr("As the system")},
                                                     {ThemeChoice::Light, tr("Light")},
                                                     {ThemeChoice::Dark, tr("Dark")}};
  for (const auto& [choice, name] : choices) {
    QAction* action = theme->addAction(name);
    action->setCheckable(true);
    action->setChecked(Theme::instance().choice() == choice);
    group->addAction(action);
    connect(action, &QAction::triggered, this,
            [value = choice] { Theme::instance().setChoice(value); });
  }
  QAction* full = view->addAction(tr("Full screen"));
  full->setShortcut(QKeySequence(Qt::Key_F11));
  full->setCheckable(true);
  connect(full, &QAction::triggered, this,
          [this](bool on) { on ? showFullScreen() : showNormal(); });

  for (Page* page : pages_) {
    const QList<QAction*> actions = page->menuActions();
    if (actions.isEmpty()) continue;
    QMenu* menu = menuBar()->addMenu(page->title());
    menu->addActions(actions);
    // A choice from a page's menu brings the page to the front.
    connect(menu, &QMenu::triggered, this, [this, page] {
      if (page->unavailableReason().isEmpty()) setPage(page);
    });
  }

  QMenu* help = menuBar()->addMenu(tr("&Help"));
  QAction* manual = help->addAction(tr("Manual and keys"));
  manual->setShortcut(QKeySequence(Qt::Key_F1));
  connect(manual, &QAction::triggered, this, [this] {
    if (!manual_) manual_ = new ManualWindow(keys_, this);
    manual_->showTopic(currentPage()->id(), currentPage()->title());
  });
  QAction* about = help->addAction(tr("About Boxwright"));
  about->setMenuRole(QAction::AboutRole);
  connect(about, &QAction::triggered, this, &MainWindow::showAbout);

  for (const QAction* menu : menuBar()->actions())
    keys_.addMenu(*menu->menu());
  keys_.restore();
  connect(&keys_, &KeyBindings::changed, this, &MainWindow::showInspectorButton);
}

QWidget* MainWindow::makeContextBar() {
  auto* bar = new Bar(metric::contextBarHeight, Qt::BottomEdge);
  auto* row = new QHBoxLayout(bar);
  row->setContentsMargins(metric::gap, 0, metric::gap, 0);
  row->setSpacing(metric::gap);
  datasetButton_ = new QToolButton;
  datasetButton_->setAutoRaise(true);
  datasetButton_->setPopupMode(QToolButton::InstantPopup);
  datasetButton_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  datasetButton_->setIcon(themeIcon(QStringLiteral("folder")));
  datasetButton_->setFont(textFont(TextSize::Body, true));
  auto* menu = new QMenu(datasetButton_);
  connect(menu, &QMenu::aboutToShow, this, [this, menu] {
    fillRecents(menu);
    menu->addSeparator();
    menu->addAction(openAction_);
    menu->addAction(openFileAction_);
    menu->addAction(closeAction_);
  });
  datasetButton_->setMenu(menu);
  filter_ = new QLineEdit;
  filter_->setObjectName(QStringLiteral("filter"));
  filter_->setPlaceholderText(tr("Filter: a name, class:RBC, state:unlabelled, split:val"));
  filter_->setAccessibleName(tr("Filter the pictures"));
  filter_->setClearButtonEnabled(false);
  filter_->setMaximumWidth(560);
  QAction* glass =
      filter_->addAction(themeIcon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  glass->setEnabled(false);
  QAction* clear =
      filter_->addAction(themeIcon(QStringLiteral("close")), QLineEdit::TrailingPosition);
  clear->setToolTip(tr("Show all pictures"));
  clear->setVisible(false);
  connect(clear, &QAction::triggered, this, [this] { state_.setFilter({}); });
  connect(&state_, &StudioState::filterChanged, clear,
          [this, clear] { clear->setVisible(!state_.filter().isEmpty()); });
  auto* typed = new QTimer(this);
  typed->setSingleShot(true);
  typed->setInterval(120);
  connect(filter_, &QLineEdit::textEdited, typed, qOverload<>(&QTimer::start));
  connect(typed, &QTimer::timeout, this, [this] { state_.setFilter(filter_->text()); });
  auto* completer = new FilterCompleter(state_.document(), filter_);
  filter_->setCompleter(completer);
  connect(completer, qOverload<const QString&>(&QCompleter::activated), typed,
          qOverload<>(&QTimer::start));
  connect(filter_, &QLineEdit::returnPressed, this, [this] {
    state_.setFilter(filter_->text());
    currentPage()->activated();
  });
  savedFilters_ = new SavedFilters(state_, this);
  savedButton_ = new QToolButton;
  savedButton_->setAutoRaise(true);
  savedButton_->setFocusPolicy(Qt::TabFocus);
  savedButton_->setIcon(themeIcon(QStringLiteral("bookmark")));
  savedButton_->setToolTip(tr("Saved filters"));
  savedButton_->setAccessibleName(tr("Saved filters"));
  savedButton_->setPopupMode(QToolButton::InstantPopup);
  savedButton_->setMenu(savedFilters_);
  inspectorButton_ = new QToolButton;
  inspectorButton_->setAutoRaise(true);
  inspectorButton_->setCheckable(true);
  inspectorButton_->setIcon(themeIcon(QStringLiteral("inspector")));
  inspectorButton_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  connect(inspectorButton_, &QToolButton::clicked, inspectorAction_, &QAction::trigger);
  row->addWidget(datasetButton_);
  row->addWidget(filter_, 10);
  row->addWidget(savedButton_);
  row->addStretch(1);
  row->addWidget(inspectorButton_);
  return bar;
}

QWidget* MainWindow::makeStatusBar() {
  auto* bar = new Bar(metric::statusBarHeight, Qt::TopEdge);
  auto* row = new QHBoxLayout(bar);
  row->setContentsMargins(metric::margin, 1, metric::margin, 0);
  row->setSpacing(metric::margin);
  status_ = new ElidedLabel(nullptr, Qt::ElideRight);
  status_->setFont(numberFont(TextSize::Small));
  setTone(status_, Tone::Dim);
  chips_ = new JobChips;
  const int threads = availableCores();
  device_ = new QLabel(threads == 1 ? tr("CPU, 1 thread") : tr("CPU, %1 threads").arg(threads));
  device_->setFont(textFont(TextSize::Small));
  setTone(device_, Tone::Dim);
  row->addWidget(status_, 1);
  row->addWidget(chips_);
  row->addWidget(device_);
  return bar;
}

Page* MainWindow::page(const QString& id) const {
  for (Page* page : pages_) {
    if (page->id() == id) return page;
  }
  return nullptr;
}

Page* MainWindow::currentPage() const {
  return qobject_cast<Page*>(stack_->currentWidget());
}

bool MainWindow::showPage(const QString& id) {
  Page* wanted = page(id);
  if (!wanted) return false;
  if (wanted->unavailableReason().isEmpty()) {
    setPage(wanted);
  } else {
    wantedPage_ = id;
  }
  return true;
}

void MainWindow::setPage(Page* page) {
  wantedPage_.clear();
  if (!page->unavailableReason().isEmpty()) return;
  const bool changed = stack_->currentWidget() != page;
  stack_->setCurrentWidget(page);
  rail_->setCurrent(page);
  showFilterField();
  showInspectorButton();
  showStatus();
  if (changed) page->activated();
}

void MainWindow::setDetectSource(const QString& source) {
  Page* detect = page(QStringLiteral("detect"));
  if (!detect) return;
  setPage(detect);
  detect->setSource(source);
}

void MainWindow::showDatasetName() {
  const DatasetDocument& document = state_.document();
  const QString name = document.name();
  datasetButton_->setText(document.isOpen() ? menuText(datasetButton_->fontMetrics().elidedText(
                                                  name, Qt::ElideMiddle, widestName))
                                            : tr("No dataset"));
  datasetButton_->setToolTip(document.isOpen() ? pathText(document.path()) : QString());
  datasetButton_->setAccessibleName(document.isOpen() ? tr("Dataset: %1").arg(name)
                                                      : datasetButton_->text());
  closeAction_->setEnabled(document.isOpen());
  filterAction_->setEnabled(document.isOpen());
  setWindowTitle(document.isOpen() ? tr("%1 \u2014 Boxwright").arg(name) : tr("Boxwright"));
  if (currentPage()) {
    showFilterField();
    showInspectorButton();
  }
}

void MainWindow::showFilterField() {
  const bool shown = currentPage()->usesFilter() && state_.document().isOpen();
  filter_->setVisible(shown);
  savedButton_->setVisible(shown);
}

void MainWindow::showFilter() {
  if (filter_->text() != state_.filter()) filter_->setText(state_.filter());
  const PictureFilter parsed(state_.filter(), state_.document().dataset().classes);
  filter_->setToolTip(parsed.problem());
}

void MainWindow::showStatus() {
  const Page* current = currentPage();
  status_->setText(closing_  ? tr("Closing when the jobs have stopped\u2026")
                   : current ? current->statusText()
                             : QString());
}

void MainWindow::showInspectorButton() {
  const Page* current = currentPage();
  const bool has = current && !current->inspectorName().isEmpty();
  inspectorButton_->setVisible(has);
  inspectorAction_->setEnabled(has);
  if (!has) return;
  const bool shown = current->isInspectorVisible();
  inspectorButton_->setText(current->inspectorName());
  inspectorButton_->setChecked(shown);
  inspectorAction_->setChecked(shown);
  inspectorButton_->setToolTip(QStringLiteral("%1 (%2)").arg(
      shown ? tr("Hide the panel at the right") : tr("Show the panel at the right"),
      inspectorAction_->shortcut().toString(QKeySequence::NativeText)));
}

void MainWindow::showAbout() {
  QMessageBox box(this);
  box.setWindowTitle(tr("About Boxwright"));
  box.setIconPixmap(windowIcon().pixmap(64, 64));
  box.setText(tr("<b>Boxwright %1</b>").arg(QApplication::applicationVersion()));
  box.setInformativeText(
      tr("Label, cluster anchors, train YOLOv2, evaluate and detect, on your own machine.\n\n"
         "Free software under the GNU General Public License, version 3 or later. It comes with "
         "no warranty."));
  box.exec();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  store();
  finishTyping();
  // Which is one more job.
  if (Jobs::instance().threads() == 0) {
    state_.document().keepIndex();
    if (!notKeptTold_) state_.labels().end();
  }
  if (Jobs::instance().threads() == 0) {
    event->accept();
    if (manual_) manual_->close();
    return;
  }
  // Jobs are asked to stop and the window closes on the last one's farewell: nothing waits here.
  closing_ = true;
  Jobs::instance().cancelAll();
  setEnabled(false);
  showStatus();
  event->ignore();
}

void MainWindow::finishTyping() {
  if (QWidget* const field = focusWidget()) field->clearFocus();
}

void MainWindow::stayOpen(const QString& page) {
  if (!closing_) return;
  closing_ = false;
  setEnabled(true);
  showStatus();
  showPage(page);
}

void MainWindow::restore() {
  QSettings settings;
  const QRect available = screen() ? screen()->availableGeometry() : QRect(0, 0, 1440, 900);
  if (!restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray())) {
    resize(std::min(1440, available.width()), std::min(900, available.height()));
  }
  for (Page* page : pages_)
    page->restoreLayout();
}

void MainWindow::store() const {
  QSettings settings;
  settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
  for (const Page* page : pages_)
    page->saveLayout();
}

}  // namespace boxwright::ui
