// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/data_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
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

#include "core/data/label_rule.h"
#include "core/image/class_colours.h"
#include "ui/data/count_list.h"
#include "ui/data/picture_grid.h"
#include "ui/data/problem_list.h"
#include "ui/data/welcome.h"
#include "ui/elided_label.h"
#include "ui/error_bar.h"
#include "ui/picture_canvas.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int headerHeight = 40;
constexpr int countsMilliseconds = 200;

QWidget* makeHeader(QHBoxLayout*& row) {
  auto* header = new QWidget;
  header->setFixedHeight(headerHeight);
  header->setAutoFillBackground(true);
  header->setBackgroundRole(QPalette::Base);
  row = new QHBoxLayout(header);
  row->setContentsMargins(metric::margin, 0, metric::gap, 0);
  row->setSpacing(4);
  return header;
}

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
  setBody(pages_, makeInspector(), tr("Inspector"));

  DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::reset, this, [this] {
    shownPicture_ = -1;
    canvas_->clear();
    loader_.cancel();
    warning_.clear();
    errorBar()->clear();
    showWorkspace();
    showCounts();
    showFacts();
  });
  counts_.setSingleShot(true);
  counts_.setInterval(countsMilliseconds);
  connect(&counts_, &QTimer::timeout, this, &DataPage::showCounts);
  const auto soon = [this] {
    if (!counts_.isActive()) counts_.start();
  };
  connect(&document, &DatasetDocument::picturesAdded, this, soon);
  connect(&document, &DatasetDocument::annotationsChanged, this,
          [this, soon](int first, int count) {
            soon();
            const int current = this->state().picture();
            if (current >= first && current < first + count) {
              showBoxes();
              showFacts();
            }
          });
  connect(&document, &DatasetDocument::problemsAdded, this, soon);
  connect(&document, &DatasetDocument::classesChanged, this, [this, soon] {
    soon();
    showBoxes();
  });
  connect(&document, &DatasetDocument::splitsChanged, this, [this, soon] {
    soon();
    showFacts();
  });
  connect(&document, &DatasetDocument::opened, this, &DataPage::showEnd);
  connect(&document, &DatasetDocument::failed, this, [this, openFolder](const JobError& error) {
    showWorkspace();
    errorBar()->showError(error, tr("Open another folder\u2026"),
                          [openFolder] { openFolder->trigger(); });
  });

  connect(&state, &StudioState::filterChanged, this, [this] {
    const QString& filter = this->state().filter();
    model_.setFilter(filter);
    for (CountList* list : {classes_, states_, splits_})
      list->setFilterText(filter);
    syncViews();
  });
  connect(&state, &StudioState::selectionChanged, this, [this] {
    const int picture = this->state().picture();
    // Another picture, and not by this page: one that is edited may leave the list and stay in view.
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
  showWorkspace();
  showCounts();
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
}

QList<QAction*> DataPage::menuActions() const {
  return {previous_, next_, nextUnlabelled_, fit_, actual_, boxes_, asTable_};
}

QWidget* DataPage::makeList() {
  auto* panel = new QWidget;
  panel->setMinimumWidth(220);
  panel->setMaximumWidth(520);
  panel->setAutoFillBackground(true);
  panel->setBackgroundRole(QPalette::Base);
  QHBoxLayout* row = nullptr;
  QWidget* header = makeHeader(row);
  listCount_ = new QLabel;
  listCount_->setMinimumWidth(1);
  row->addWidget(listCount_, 1);
  gridButton_ = new QToolButton;
  tableButton_ = new QToolButton;
  const auto prepare = [row](QToolButton* button, const QString& icon, const QString& name) {
    button->setIcon(themeIcon(icon));
    button->setIconSize({metric::icon, metric::icon});
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    row->addWidget(button);
  };
  prepare(gridButton_, QStringLiteral("grid"), tr("Pictures as a grid"));
  prepare(tableButton_, QStringLiteral("table"), tr("Pictures as a table"));
  gridButton_->setChecked(true);
  connect(gridButton_, &QToolButton::clicked, this, [this] { setTableMode(false); });
  connect(tableButton_, &QToolButton::clicked, this, [this] { setTableMode(true); });

  grid_ = new PictureGrid(state().document(), thumbnails_);
  grid_->setModel(&model_);
  selection_ = grid_->selectionModel();
  table_ = new QTableView;
  table_->setModel(&model_);
  delete table_->selectionModel();
  table_->setSelectionModel(selection_);
  table_->setFrameShape(QFrame::NoFrame);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setTabKeyNavigation(false);
  table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table_->verticalHeader()->setVisible(false);
  table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  table_->verticalHeader()->setMinimumSectionSize(26);
  table_->verticalHeader()->setDefaultSectionSize(26);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
  table_->setColumnWidth(PictureListModel::Name, 150);
  const auto giveRoom = [this] {
    // A class takes more of it than a number.
    const bool classes = model_.showsClasses();
    table_->setColumnWidth(PictureListModel::Boxes, classes ? 96 : 52);
  };
  connect(&model_, &PictureListModel::headerDataChanged, table_, giveRoom);
  giveRoom();
  table_->setColumnWidth(PictureListModel::State, 80);
  table_->setColumnWidth(PictureListModel::Split, 56);
  table_->setColumnWidth(PictureListModel::Size, 92);
  table_->setAccessibleName(tr("Pictures"));
  nothingFound_ = makeText({}, Tone::Dim);
  nothingFound_->setAlignment(Qt::AlignCenter);
  nothingFound_->setMargin(24);
  views_ = new QStackedWidget;
  views_->addWidget(grid_);
  views_->addWidget(table_);
  views_->addWidget(nothingFound_);
  connect(selection_, &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) { viewMoved(index); });

  auto* footer = new QWidget;
  footer->setFixedHeight(32);
  auto* footerRow = new QHBoxLayout(footer);
  footerRow->setContentsMargins(metric::margin, 0, metric::margin, 0);
  size_ = new QSlider(Qt::Horizontal);
  size_->setRange(96, 256);
  size_->setValue(grid_->thumbnailSize());
  size_->setToolTip(tr("Size of the thumbnails"));
  size_->setAccessibleName(tr("Size of the thumbnails"));
  connect(size_, &QSlider::valueChanged, grid_, &PictureGrid::setThumbnailSize);
  footerRow->addWidget(size_);

  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(header);
  column->addWidget(views_, 1);
  column->addWidget(footer);
  return panel;
}

QWidget* DataPage::makeViewer() {
  auto* panel = new QWidget;
  QHBoxLayout* row = nullptr;
  QWidget* header = makeHeader(row);
  name_ = new ElidedLabel;
  name_->setFont(textFont(TextSize::Body, true));
  facts_ = new ElidedLabel(nullptr, Qt::ElideRight);
  setTone(facts_, Tone::Dim);
  row->addWidget(name_, 0);
  row->addSpacing(metric::gap);
  row->addWidget(facts_, 1);
  row->addWidget(makeTool(previous_, QStringLiteral("previous")));
  row->addWidget(makeTool(next_, QStringLiteral("next")));
  row->addSpacing(metric::gap);
  row->addWidget(makeTool(fit_, QStringLiteral("fit")));
  row->addWidget(makeTool(actual_, QStringLiteral("actual-size")));
  row->addWidget(makeTool(boxes_, QStringLiteral("boxes")));
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
  column->addWidget(header);
  column->addWidget(canvas_, 1);
  return panel;
}

QWidget* DataPage::makeInspector() {
  auto* panel = new QWidget;
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(metric::margin, metric::margin, metric::margin, metric::margin);
  column->setSpacing(4);
  overview_ = makeText({}, Tone::Dim);
  classesCaption_ = makeCaption(tr("Classes"));
  splitsCaption_ = makeCaption(tr("Splits"));
  problemsCaption_ = makeCaption(tr("Problems"));
  classes_ = new CountList(tr("Classes"));
  classes_->setMostRows(9);
  states_ = new CountList(tr("States"));
  states_->setMostRows(3);
  splits_ = new CountList(tr("Splits"));
  splits_->setMostRows(5);
  problems_ = new ProblemList(state().document());
  noProblems_ = makeText(tr("None found."), Tone::Dim);
  const auto inset = [](QLabel* label) {
    label->setContentsMargins(8, 0, 8, 0);
    return label;
  };
  column->addWidget(inset(overview_));
  column->addSpacing(metric::gap);
  column->addWidget(inset(classesCaption_));
  column->addWidget(classes_);
  column->addSpacing(metric::gap);
  column->addWidget(inset(makeCaption(tr("States"))));
  column->addWidget(states_);
  column->addSpacing(metric::gap);
  column->addWidget(inset(splitsCaption_));
  column->addWidget(splits_);
  column->addSpacing(metric::gap);
  column->addWidget(inset(problemsCaption_));
  column->addWidget(inset(noProblems_));
  column->addWidget(problems_, 1);
  column->addStretch(0);
  for (CountList* list : {classes_, states_, splits_}) {
    connect(list, &CountList::toggled, this, [this](const QString& key, const QString& value) {
      state().setFilter(PictureFilter::toggled(state().filter(), key, value));
    });
  }
  connect(problems_, &ProblemList::chosen, this, &DataPage::showProblem);
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
  showCounts();
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

void DataPage::showListState() {
  const DatasetDocument& document = state().document();
  const int all = document.pictureCount(), shown = model_.rowCount();
  const QLocale locale;
  if (shown == all) {
    listCount_->setText(tr("%L1 pictures").arg(all));
  } else {
    listCount_->setText(tr("%L1 of %L2 pictures").arg(shown).arg(all));
  }
  if (shown > 0) {
    views_->setCurrentIndex(asTable_->isChecked() ? 1 : 0);
  } else if (model_.isComplete()) {
    nothingFound_->setText(
        all == 0 ? (document.isOpening() ? tr("Looking for pictures\u2026") : tr("No pictures."))
        : !model_.filter().problem().isEmpty() ? model_.filter().problem()
                                               : tr("No picture passes the filter."));
    views_->setCurrentIndex(2);
  }
}

void DataPage::activateList() {
  movingViews_ = true;  // a view that gets the keyboard wants a current row: it is not chosen
  if (views_->currentWidget() != nothingFound_) views_->currentWidget()->setFocus();
  movingViews_ = false;
}

void DataPage::takeKeyboard() {
  // The page's keys work without a click, unless somebody types elsewhere.
  const QWidget* now = window()->focusWidget();
  const bool busy = now && now->isVisible() && (isAncestorOf(now) || now->inherits("QLineEdit"));
  if (isVisible() && !busy) activateList();
}

void DataPage::setTableMode(bool table) {
  asTable_->setChecked(table);
  tableButton_->setChecked(table);
  gridButton_->setChecked(!table);
  size_->setEnabled(!table);
  showListState();
  syncViews();
}

void DataPage::syncViews() {
  const int row = model_.rowOf(state().picture());
  const QModelIndex index = row >= 0 ? model_.index(row, 0) : QModelIndex();
  if (selection_->currentIndex().row() == row && index.isValid()) return;
  movingViews_ = true;
  if (index.isValid()) {
    selection_->setCurrentIndex(index,
                                QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    grid_->scrollTo(index);
    table_->scrollTo(index);
  } else {
    selection_->clear();
  }
  movingViews_ = false;
}

void DataPage::viewMoved(const QModelIndex& index) {
  if (movingViews_ || !index.isValid()) return;
  const int picture = model_.pictureAt(index.row());
  if (picture != state().picture()) state().select(picture);
}

void DataPage::step(int by) {
  const int row = model_.rowOf(state().picture());
  const int place = model_.placeOf(state().picture());
  const int next = row >= 0 ? row + by : by > 0 ? place + by - 1 : place + by;
  const int picture = model_.pictureAt(next);
  if (picture >= 0) state().select(picture);
}

void DataPage::nextUnlabelled() {
  const int picture = model_.nextUnlabelled(model_.rowOf(state().picture()));
  if (picture >= 0) {
    state().select(picture);
  } else {
    setStatusText(tr("No unlabelled picture among these"));
  }
}

void DataPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  showPicture();
}

void DataPage::showPicture() {
  const int picture = state().picture();
  if (picture >= 0 && !isVisible()) {
    // Another page is in front: nothing is decoded for nobody.
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
  for (QAction* action : {previous_, next_, nextUnlabelled_, fit_, actual_})
    action->setEnabled(any);
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

void DataPage::showCounts() {
  counts_.stop();
  const DatasetDocument& document = state().document();
  const Dataset& dataset = document.dataset();
  const DatasetStatistics& statistics = document.statistics();
  // Where only classes of whole pictures are known, pictures are counted.
  const bool wholes = statistics.boxes == 0 && statistics.classesOnly > 0;
  std::vector<CountRow> classes;
  classes.reserve(dataset.classes.size());
  for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
    const Colour rgb = classColour(static_cast<int>(i));
    const QString name = QString::fromStdString(dataset.classes[i]);
    const auto count =
        i < statistics.classes.size() ? statistics.classes[i] : DatasetStatistics::PerClass();
    classes.push_back({name, wholes ? count.images : count.boxes,
                       QColor(rgb.red, rgb.green, rgb.blue), QStringLiteral("class"), name});
  }
  classesCaption_->setText(classes.empty() ? tr("Classes: none")
                                           : tr("Classes: %L1").arg(classes.size()));
  classes_->setVisible(!classes.empty());
  classes_->setRows(std::move(classes));
  const auto state = [](LabelState which, std::size_t count) {
    return CountRow{stateText(which),
                    count,
                    {},
                    QStringLiteral("state"),
                    QString::fromLatin1(labelStateName(which))};
  };
  states_->setRows({state(LabelState::Labelled, statistics.labelled),
                    state(LabelState::Negative, statistics.negative),
                    state(LabelState::Unlabelled, statistics.unlabelled)});
  std::vector<CountRow> splits;
  for (const auto& [name, pictures] : document.splits()) {
    const QString split = QString::fromStdString(name);
    splits.push_back({split, pictures.size(), {}, QStringLiteral("split"), split});
  }
  splitsCaption_->setText(splits.empty()            ? tr("Splits")
                          : document.splitsAreOwn() ? tr("Splits")
                          : dataset.splits.empty()  ? tr("Splits, made by chance")
                                                    : tr("Splits, completed by chance"));
  splitsCaption_->setToolTip(document.splitsAreOwn()
                                 ? QString()
                                 : tr("The dataset does not say which pictures are for validation "
                                      "and test; a run keeps the ones made here."));
  splits_->setVisible(!splits.empty());
  splits_->setRows(std::move(splits));
  const std::size_t problems = dataset.problems.size();
  problemsCaption_->setText(problems == 0 ? tr("Problems") : tr("Problems: %L1").arg(problems));
  problems_->setVisible(problems > 0);
  noProblems_->setVisible(problems == 0);
  noProblems_->setText(document.isOpening() ? tr("Still reading\u2026") : tr("None found."));
  overview_->setText(document.isOpen() ? tr("%1 \u00b7 %L2 pictures \u00b7 %L3 boxes")
                                             .arg(QString::fromStdString(dataset.format))
                                             .arg(static_cast<qulonglong>(statistics.images))
                                             .arg(static_cast<qulonglong>(statistics.boxes))
                                       : tr("No dataset is open."));
  if (document.isOpen() && wholes)
    overview_->setText(tr("%1 \u00b7 %L2 pictures of %L3 classes")
                           .arg(QString::fromStdString(dataset.format))
                           .arg(static_cast<qulonglong>(statistics.images))
                           .arg(static_cast<qulonglong>(dataset.classes.size())));
  if (const auto rule = labelRuleFrom(dataset.labelRule))
    overview_->setText(tr("%1\nlabels %2")
                           .arg(overview_->text(), QString::fromStdString(labelRuleText(*rule))));
  showListState();
}

void DataPage::saveLayout() const {
  Page::saveLayout();
  QSettings settings;
  settings.setValue(QStringLiteral("data/thumbnail"), grid_->thumbnailSize());
  settings.setValue(QStringLiteral("data/table"), asTable_->isChecked());
}

void DataPage::restoreLayout() {
  Page::restoreLayout();
  QSettings settings;
  size_->setValue(settings.value(QStringLiteral("data/thumbnail"), 112).toInt());
  setTableMode(settings.value(QStringLiteral("data/table"), false).toBool());
}

}  // namespace boxwright::ui
