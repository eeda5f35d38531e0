// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/data_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QSettings>
#include <QSlider>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/classes/class_dialog.h"
#include "ui/data/boxes_view.h"
#include "ui/data/data_checks.h"
#include "ui/data/data_inspector.h"
#include "ui/data/picture_grid.h"
#include "ui/data/problem_list.h"
#include "ui/data/state_strip.h"
#include "ui/data/statistics_view.h"
#include "ui/data/welcome.h"
#include "ui/elided_label.h"
#include "ui/error_bar.h"
#include "ui/menu_text.h"
#include "ui/picture_canvas.h"
#include "ui/saving_news.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

QToolButton* makeTool(QAction* action, const QString& icon) {
  auto* button = new QToolButton;
  action->setIcon(themeIcon(icon));
  button->setDefaultAction(action);
  button->setAutoRaise(true);
  button->setIconSize({metric::icon, metric::icon});
  button->setAccessibleName(action->text());
  return button;
}

}  // namespace

DataPage::DataPage(StudioState& state, Recents& recents, QAction* openFolder, QAction* makeSample,
                   QWidget* parent)
    : Page(QStringLiteral("data"), tr("Data"), QStringLiteral("data"), state, parent),
      model_(state.document()),
      thumbnails_(state.document()),
      pages_(new QStackedWidget) {
  model_.setDoubts(state.doubts());
  boxesView_ = new BoxesView(state, model_);
  statistics_ = new StatisticsView(state);
  inspector_ = new DataInspector(state);
  connect(inspector_, &DataInspector::refreshed, this, &DataPage::showListState);
  connect(inspector_->problems(), &ProblemList::chosen, this, &DataPage::showProblem);
  makeActions();
  auto* workspace = new QSplitter(Qt::Horizontal);
  workspace->setObjectName(QStringLiteral("workspace"));
  workspace->setChildrenCollapsible(false);
  workspace->addWidget(makeList());
  workspace->addWidget(makeViewer());
  workspace->setStretchFactor(0, 0);
  workspace->setStretchFactor(1, 1);
  workspace->setSizes({268, 800});
  pages_->addWidget(new Welcome(state, recents, openFolder, makeSample));
  pages_->addWidget(workspace);
  setBody(pages_, inspector_, tr("Inspector"));

  DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::reset, this, [this] {
    shownPicture_ = -1;
    canvas_->clear();
    loader_.cancel();
    warning_.clear();
    errorBar()->clear();
    showWorkspace();
    inspector_->refresh();
    showFacts();
  });
  connect(&document, &DatasetDocument::annotationsChanged, this, [this](int first, int count) {
    const int current = this->state().picture();
    if (current >= first && current < first + count) {
      showBoxes();
      showFacts();
    }
  });
  connect(&document, &DatasetDocument::classesChanged, this, &DataPage::showBoxes);
  connect(&document, &DatasetDocument::coloursChanged, this, &DataPage::showBoxes);
  connect(&document, &DatasetDocument::splitsChanged, this, &DataPage::showFacts);
  connect(&document, &DatasetDocument::opened, this, &DataPage::showEnd);
  connect(&document, &DatasetDocument::failed, this, [this, openFolder](const JobError& error) {
    showWorkspace();
    errorBar()->showError(error, tr("Open another folder\u2026"),
                          [openFolder] { openFolder->trigger(); });
  });

  connect(&state, &StudioState::filterChanged, this, [this] {
    const QString& filter = this->state().filter();
    model_.setFilter(filter);
    syncViews();
  });
  connect(&state, &StudioState::selectionChanged, this, [this] {
    const int picture = this->state().picture();
    // Another picture, and not by this page: one that is edited may leave the list and stay in
    // view.
    const bool other = std::exchange(selectedPicture_, picture) != picture;
    const bool asked = other && !movingViews_ && !clickingCanvas_;
    if (asked && picture >= 0 && model_.rowOf(picture) < 0 && model_.isComplete()) {
      this->state().setFilter({});  // asked for from elsewhere: what hides it gives way
    }
    syncViews();
    showPicture();
  });
  connect(&model_, &PictureListModel::countChanged, this, [this] {
    const bool first = views_->currentWidget() == nothingFound_ && model_.rowCount() > 0;
    showListState();
    if (this->state().picture() < 0 && model_.rowCount() > 0) {
      this->state().select(model_.pictureAt(0));
    } else {
      syncViews();
    }
    if (first) takeKeyboard();
  });
  connect(&loader_, &PictureLoader::loaded, this,
          [this](const PicturePyramid& picture, const QString& warning) {
            canvas_->setMessage({});
            canvas_->setPicture(picture);
            warning_ = warning;
            shownPicture_ = this->state().picture();
            showBoxes();
            showFacts();
            showHighlighted();
          });
  connect(&loader_, &PictureLoader::failed, this, [this](const JobError& error) {
    canvas_->clear();
    canvas_->setMessage(error.advice.isEmpty() ? error.problem
                                               : error.problem + QLatin1Char('\n') + error.advice);
    warning_.clear();
    shownPicture_ = this->state().picture();
    showFacts();
  });
  setView(View::Picture);
  showWorkspace();
  showFacts();
}

void DataPage::makeActions() {
  const auto make = [this](const QString& text, const QKeySequence& key, auto slot) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(key.isEmpty() ? text
                                     : QStringLiteral("%1 (%2)").arg(
                                           text, key.toString(QKeySequence::NativeText)));
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
    return action;
  };
  previous_ = make(tr("Previous picture"), Qt::Key_A, [this] { step(-1); });
  next_ = make(tr("Next picture"), Qt::Key_D, [this] { step(1); });
  nextUnlabelled_ = make(tr("Next unlabelled picture"), Qt::Key_N, [this] { nextUnlabelled(); });
  fit_ = make(tr("Fit the picture"), Qt::Key_F, [this] { canvas_->fit(); });
  actual_ = make(tr("Pixels as they are"), Qt::Key_1,
                 [this] { canvas_->setZoom(1 / canvas_->devicePixelRatioF()); });
  boxes_ =
      make(tr("Show boxes"), Qt::Key_H, [this] { canvas_->setBoxesVisible(boxes_->isChecked()); });
  boxes_->setCheckable(true);
  boxes_->setChecked(true);
  asTable_ =
      make(tr("Pictures as a table"), Qt::Key_T, [this] { setTableMode(asTable_->isChecked()); });
  asTable_->setCheckable(true);
  const std::pair<QString, Qt::Key> views[] = {
      {tr("Picture"), Qt::Key_P}, {tr("Boxes"), Qt::Key_B}, {tr("Statistics"), Qt::Key_S}};
  for (const auto& [name, key] : views) {
    const auto view = static_cast<View>(viewActions_.size());
    QAction* action = make(name, key, [this, view] { setView(view); });
    action->setCheckable(true);
    action->setChecked(view == View::Picture);
    viewActions_ << action;
  }
  undo_ =
      make(tr("Undo"), QKeySequence(Qt::CTRL | Qt::Key_Z), [this] { state().document().undo(); });
  redo_ = make(tr("Redo"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z),
               [this] { state().document().redo(); });
  classMenu_ = new QMenu(tr("Class of the selected boxes"), this);
  connect(classMenu_, &QMenu::aboutToShow, this, [this] {
    classMenu_->clear();
    boxesView_->fillClassMenu(*classMenu_);
  });
  boxesView_->offerClasses(*classMenu_);
  deleteBoxes_ = boxesView_->deleteAction();
  QAction* check =
      make(tr("Check pictures and boxes"), {}, [this] { inspector_->checks()->start(); });
  QAction* classes =
      make(tr("Edit the classes\u2026"), QKeySequence(Qt::SHIFT | Qt::Key_C), [this] {
        openClassDialog(state(), this, [this](const QString& why) { setStatusText(why); });
      });
  classes->setObjectName(QStringLiteral("data/edit-classes"));
  classes->setIconText(tr("Edit\u2026"));
  inspector_->setClassAction(classes);
  const auto separator = [this] {
    auto* line = new QAction(this);
    line->setSeparator(true);
    return line;
  };
  menu_ = QList<QAction*>{previous_, next_, nextUnlabelled_, separator()} + viewActions_ +
          QList<QAction*>{separator(),  fit_,     actual_,
                          boxes_,       asTable_, separator(),
                          undo_,        redo_,    classMenu_->menuAction(),
                          deleteBoxes_, classes,  separator(),
                          check};
  DatasetDocument& document = state().document();
  connect(&document, &DatasetDocument::historyChanged, this, &DataPage::showHistory);
  connect(&document, &DatasetDocument::editableChanged, this, &DataPage::showHistory);
  connect(&document, &DatasetDocument::undone, this, [this](const Edit& edit) {
    if (isVisible()) setStatusText(tr("Undone: %1").arg(QString::fromStdString(edit.name)));
    if (isVisible()) state().labels().left();
  });
  connect(&document, &DatasetDocument::redone, this, [this](const Edit& edit) {
    if (isVisible()) setStatusText(tr("Redone: %1").arg(QString::fromStdString(edit.name)));
    if (isVisible()) state().labels().left();
  });
  connect(inspector_->checks(), &DataChecks::told, this,
          [this](const QString& text) { setStatusText(text); });
  connect(boxesView_, &BoxesView::told, this, [this](const QString& text) { setStatusText(text); });
  connect(new SavingNews(*this), &SavingNews::told, this,
          [this](const QString& text) { setStatusText(text); });
  showHistory();
}

void DataPage::showHistory() {
  const DatasetDocument& document = state().document();
  const Edit* undo = document.history().undoable();
  const Edit* redo = document.history().redoable();
  undo_->setEnabled(undo && document.isEditable());
  redo_->setEnabled(redo && document.isEditable());
  undo_->setText(undo ? tr("Undo: %1").arg(menuText(QString::fromStdString(undo->name)))
                      : tr("Undo"));
  redo_->setText(redo ? tr("Redo: %1").arg(menuText(QString::fromStdString(redo->name)))
                      : tr("Redo"));
}

void DataPage::setView(View view) {
  const auto index = static_cast<int>(view);
  for (int i = 0; i < viewActions_.size(); ++i)
    viewActions_[i]->setChecked(i == index);
  const bool picture = view == View::Picture;
  pictureTools_->setVisible(picture);
  for (QAction* action : {fit_, actual_, boxes_})
    action->setEnabled(picture && (action == boxes_ || state().picture() >= 0));
  for (QAction* action : {classMenu_->menuAction(), deleteBoxes_})
    action->setEnabled(view == View::Boxes);
  middle_->setCurrentIndex(index);
  if (view == View::Boxes) boxesView_->setFocus();
  if (picture) showPicture();
}

QWidget* DataPage::makeViewChoice() {
  auto* choice = new QWidget;
  auto* row = new QHBoxLayout(choice);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  choice->setAccessibleName(tr("What stands beside the list"));
  for (QAction* action : viewActions_) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setAutoRaise(true);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    row->addWidget(button);
  }
  return choice;
}

QList<QAction*> DataPage::menuActions() const {
  return menu_;
}

QWidget* DataPage::makeViewer() {
  auto* panel = new QWidget;
  QHBoxLayout* row = nullptr;
  QWidget* header = makeHeader(row);
  name_ = new ElidedLabel;
  name_->setFont(textFont(TextSize::Body, true));
  facts_ = new ElidedLabel(nullptr, Qt::ElideRight);
  setTone(facts_, Tone::Dim);
  row->addWidget(makeViewChoice());
  row->addSpacing(metric::gap);
  pictureTools_ = new QWidget;
  auto* tools = new QHBoxLayout(pictureTools_);
  tools->setContentsMargins(0, 0, 0, 0);
  tools->setSpacing(2);
  tools->addWidget(name_, 0);
  tools->addSpacing(metric::gap);
  tools->addWidget(facts_, 1);
  tools->addWidget(makeTool(previous_, QStringLiteral("previous")));
  tools->addWidget(makeTool(next_, QStringLiteral("next")));
  tools->addSpacing(metric::gap);
  tools->addWidget(makeTool(fit_, QStringLiteral("fit")));
  tools->addWidget(makeTool(actual_, QStringLiteral("actual-size")));
  tools->addWidget(makeTool(boxes_, QStringLiteral("boxes")));
  row->addWidget(pictureTools_, 1);
  row->addStretch(0);
  canvas_ = new PictureCanvas;
  connect(canvas_, &PictureCanvas::boxClicked, this, [this](quint32 id) { selectBox(id); });
  connect(canvas_, &PictureCanvas::emptyClicked, this, [this] { selectBox({}); });
  connect(canvas_, &PictureCanvas::pointerMoved, this, [this](const QPointF& point, bool inside) {
    pointer_ = inside ? tr("%1, %2 px")
                            .arg(static_cast<int>(std::floor(point.x())))
                            .arg(static_cast<int>(std::floor(point.y())))
                      : QString();
    showPointer();
  });
  connect(canvas_, &PictureCanvas::zoomChanged, this, &DataPage::showPointer);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  middle_ = new QStackedWidget;
  middle_->addWidget(canvas_);
  middle_->addWidget(boxesView_);
  middle_->addWidget(statistics_);
  column->addWidget(header);
  column->addWidget(middle_, 1);
  return panel;
}

void DataPage::showProblem(int problem) {
  const DatasetDocument& document = state().document();
  const int picture = document.pictureOfProblem(problem);
  if (picture >= 0) {
    state().select(picture);
    return;
  }
  const Problem& chosen = document.dataset().problems[static_cast<std::size_t>(problem)];
  setStatusText(document.isOpening()
                    ? tr("The picture is shown when all is read")
                    : tr("No picture belongs to %1").arg(QString::fromStdString(chosen.file)));
}

void DataPage::showEnd() {
  inspector_->refresh();
  DatasetDocument& document = state().document();
  if (!document.isPartial()) return;
  errorBar()->showMessage(ErrorBar::Kind::Warning,
                          {tr("Reading the dataset was stopped half-way"),
                           {},
                           tr("What it had not come to is missing here or counts as unlabelled.")},
                          tr("Read again"), [&document] {
                            const std::filesystem::path path = document.path();
                            document.open(path);
                          });
}

void DataPage::showWorkspace() {
  const bool open = state().document().isOpen();
  pages_->setCurrentIndex(open ? 1 : 0);
  setInspectorAllowed(open);
  showListState();
}

void DataPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  state().labels().look(state().picture());
  showPicture();
}

void DataPage::showPicture() {
  const int picture = state().picture();
  if (picture >= 0 && (!isVisible() || middle_->currentWidget() != canvas_)) {
    // Another page or view is in front: nothing is decoded for nobody.
  } else if (picture < 0) {
    loader_.cancel();
    canvas_->clear();
    shownPicture_ = -1;
  } else if (picture == shownPicture_ && !loader_.isBusy()) {
    canvas_->setHighlighted(state().box());
    if (!clickingCanvas_) showHighlighted();
  } else {
    warning_.clear();
    loader_.load(state().document().dataset().absolutePath(static_cast<std::size_t>(picture)));
  }
  showFacts();
}

void DataPage::showBoxes() {
  const int picture = state().picture();
  // Boxes change together with the picture they lie on.
  if (picture < 0 || picture != shownPicture_ || !canvas_->hasPicture()) return;
  const Dataset& dataset = state().document().dataset();
  std::vector<CanvasBox> boxes;
  for (const Box& box : dataset.pictures[static_cast<std::size_t>(picture)].annotation->boxes) {
    CanvasBox shown;
    shown.id = box.id;
    shown.rect = box.rect;
    shown.classId = box.classId;
    const auto id = static_cast<std::size_t>(box.classId);
    shown.label = box.classId >= 0 && id < dataset.classes.size()
                      ? QString::fromStdString(dataset.classes[id])
                      : QString();
    boxes.push_back(std::move(shown));
  }
  canvas_->setHighlighted(state().box());
  canvas_->setClassPalette(state().document().palette());
  canvas_->setBoxes(std::move(boxes));
}

void DataPage::selectBox(std::optional<std::uint32_t> id) {
  clickingCanvas_ = true;  // what is clicked is in view already
  state().select(state().picture(), id);
  clickingCanvas_ = false;
}

void DataPage::showHighlighted() {
  const auto box = state().box();
  if (!box) return;
  for (const CanvasBox& candidate : canvas_->boxes()) {
    if (candidate.id == *box) canvas_->showRect(candidate.rect);
  }
}

void DataPage::showFacts() {
  const int picture = state().picture();
  const bool any = picture >= 0;
  const bool inView = middle_->currentWidget() == canvas_;
  for (QAction* action : {previous_, next_, nextUnlabelled_})
    action->setEnabled(any);
  for (QAction* action : {fit_, actual_})
    action->setEnabled(any && inView);
  if (!any) {
    name_->setText({});
    facts_->setText({});
    setStatusText({});
    return;
  }
  const DatasetDocument& document = state().document();
  const Picture& p = document.dataset().pictures[static_cast<std::size_t>(picture)];
  const QString path = QString::fromStdString(p.path);
  name_->setText(path.section(QLatin1Char('/'), -1));
  name_->setToolTip(path);
  QStringList facts;
  if (p.width > 0) facts << tr("%1 \u00d7 %2 px").arg(p.width).arg(p.height);
  if (!p.annotation->boxes.empty()) {
    const int count = static_cast<int>(p.annotation->boxes.size());
    facts << (count == 1 ? tr("1 box") : tr("%L1 boxes").arg(count));
  }
  for (const int whole : p.annotation->imageClasses) {
    const ClassNames& names = document.dataset().classes;
    if (whole >= 0 && static_cast<std::size_t>(whole) < names.size())
      facts << QString::fromStdString(names[static_cast<std::size_t>(whole)]);
  }
  facts << stateText(p.annotation->state);
  if (const std::string& split = document.splitOf(picture); !split.empty()) {
    facts << QString::fromStdString(split);
  }
  if (!warning_.isEmpty()) facts.prepend(warning_);
  setTone(facts_, warning_.isEmpty() ? Tone::Dim : Tone::Warn);
  facts_->setText(facts.join(QStringLiteral("  \u00b7  ")));
  facts_->setToolTip(facts_->text());
  showPointer();
}

void DataPage::showPointer() {
  if (!canvas_->hasPicture()) {
    setStatusText({});
    return;
  }
  QStringList parts;
  const int row = model_.rowOf(state().picture());
  if (row >= 0) parts << tr("%L1 of %L2").arg(row + 1).arg(model_.rowCount());
  if (!pointer_.isEmpty()) parts << pointer_;
  parts << tr("%1 %").arg(static_cast<int>(std::lround(canvas_->zoom() * 100)));
  setStatusText(parts.join(QStringLiteral("  \u00b7  ")));
}

void DataPage::saveLayout() const {
  Page::saveLayout();
  QSettings settings;
  settings.setValue(QStringLiteral("data/thumbnail"), grid_->tileSize());
  settings.setValue(QStringLiteral("data/table"), asTable_->isChecked());
}

void DataPage::restoreLayout() {
  Page::restoreLayout();
  QSettings settings;
  size_->setValue(settings.value(QStringLiteral("data/thumbnail"), 112).toInt());
  setTableMode(settings.value(QStringLiteral("data/table"), false).toBool());
}

}  // namespace boxwright::ui
