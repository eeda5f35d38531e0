// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/boxes_view.h"

#include <QAction>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "core/base/error.h"
#include "core/evaluate/doubt.h"
#include "core/train/box_losses.h"
#include "ui/data/box_grid.h"
#include "ui/data/filter_text.h"
#include "ui/data/picture_list_model.h"
#include "ui/keys/key_bindings.h"
#include "ui/menu_text.h"
#include "ui/studio_state.h"
#include "ui/theme.h"
#include "ui/train/run_summary.h"

namespace boxwright::ui {
namespace {

constexpr int pauseMilliseconds = 150;
constexpr std::size_t mostReselected = 20000;

const QString classKey = QStringLiteral("class");

QString boxesOf(std::size_t count) {
  return count == 1 ? BoxesView::tr("1 box")
                    : BoxesView::tr("%L1 boxes").arg(static_cast<qulonglong>(count));
}

}  // namespace

BoxesView::BoxesView(StudioState& state, PictureListModel& pictures, QWidget* parent)
    : QWidget(parent),
      state_(state),
      pictures_(pictures),
      boxes_(state.document()),
      crops_(state.document()),
      class_(new QComboBox),
      order_(new QComboBox),
      facts_(new QLabel),
      grid_(new BoxGrid(boxes_, crops_)),
      job_(tr("Listing boxes"), QStringLiteral("data")),
      lookingForLosses_(tr("Looking for runs"), QStringLiteral("data")) {
  job_.setQuiet(true);
  lookingForLosses_.setQuiet(true);
  makeActions();
  class_->setAccessibleName(tr("Class"));
  order_->setAccessibleName(tr("Order of the boxes"));
  for (QComboBox* box : {class_, order_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(12);
  }
  setTone(facts_, Tone::Dim);
  facts_->setMinimumWidth(1);
  grid_->setTileSize(120);
  auto* choices = new QHBoxLayout;
  choices->setSpacing(metric::gap);
  choices->setContentsMargins(metric::margin, metric::gap, metric::margin, metric::gap);
  choices->addWidget(class_);
  choices->addWidget(order_);
  choices->addWidget(facts_, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(choices);
  column->addWidget(grid_, 1);
  setFocusProxy(grid_);

  connect(class_, qOverload<int>(&QComboBox::activated), this, [this](int index) {
    const QString condition =
        index > 0 ? filterCondition(classKey, class_->itemText(index)) : QString();
    state_.setFilter(filterReplaced(state_.filter(), {classKey}, condition));
  });
  connect(order_, qOverload<int>(&QComboBox::activated), this, &BoxesView::listNow);
  connect(grid_, &BoxGrid::opened, this, &BoxesView::open);
  connect(grid_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &BoxesView::showFacts);
  connect(grid_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            if (!index.isValid() || !isVisible()) return;
            const BoxRef& box = boxes_.at(index.row());
            state_.select(static_cast<int>(box.picture), box.id);
          });
  listing_.setSingleShot(true);
  listing_.setInterval(pauseMilliseconds);
  connect(&listing_, &QTimer::timeout, this, &BoxesView::listNow);
  connect(&pictures_, &PictureListModel::countChanged, this, &BoxesView::later);
  const DatasetDocument& document = state.document();
  connect(&document, &DatasetDocument::annotationsChanged, this, [this] {
    grid_->viewport()->update();
    later();
  });
  connect(&document, &DatasetDocument::classesChanged, this, &BoxesView::later);
  connect(&document, &DatasetDocument::coloursChanged, grid_->viewport(),
          qOverload<>(&QWidget::update));
  connect(&document, &DatasetDocument::reset, this, [this] {
    waiting_ = nullptr;
    job_.cancel();  // what it lists is gone
    lookingForLosses_.cancel();
    lossRun_.clear();
    current_ = false;
  });
  connect(&document, &DatasetDocument::opened, this, &BoxesView::lookForLosses);
  connect(&state_, &StudioState::runChanged, this, &BoxesView::lookForLosses);
  const auto doubtful = [this] {
    if (order_->currentData().toInt() == static_cast<int>(BoxOrder::Doubt)) later();
  };
  connect(&state_, &StudioState::predictionsChanged, this, [this, doubtful] {
    listChoices();
    doubtful();
  });
  connect(&state_, &StudioState::predicted, this, doubtful);
  connect(&state.labels(), &LabelKeeper::stateChanged, this, [this] {
    if (waiting_ && state_.labels().isReady() && state_.document().isEditable())
      std::exchange(waiting_, nullptr)();
  });
  connect(&state.labels(), &LabelKeeper::failed, this, [this](const JobError& error) {
    if (std::exchange(waiting_, nullptr)) Q_EMIT told(error.problem);
  });
}

void BoxesView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  lookForLosses();
  if (!current_) listNow();
}

void BoxesView::makeActions() {
  const auto make = [this](const QString& id, const QString& text, int key) {
    auto* action = new QAction(text, this);
    action->setObjectName(id);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetShortcut);  // the grid looks for them
    action->setProperty(keyGroup, tr("Data: boxes"));
    return action;
  };
  for (int i = 0; i < 9; ++i) {
    const QString text = tr("Class %1 of the selected boxes").arg(i + 1);
    QAction* action = make(QStringLiteral("data/box-class-%1").arg(i + 1), text, Qt::Key_1 + i);
    action->setProperty(keyTitle, text);
    connect(action, &QAction::triggered, this, [this, i] { relabel(i); });
    classActions_.push_back(action);
  }
  delete_ =
      make(QStringLiteral("data/delete-boxes"), tr("Delete the selected boxes"), Qt::Key_Delete);
  connect(delete_, &QAction::triggered, this, &BoxesView::deleteSelected);
  std::vector<QAction*> all = classActions_;
  all.push_back(delete_);
  grid_->setKeyActions(std::move(all));
}

void BoxesView::lookForLosses() {
  const DatasetDocument& document = state_.document();
  if (!isVisible() || !document.isOpen() || document.isOpening()) return;
  lookingForLosses_.start(
      [path = document.path(), dataset = document.snapshot(), newest = state_.run()](
          std::stop_token stop, JobProgress&) -> std::filesystem::path {
        std::vector<std::filesystem::path> runs;
        if (!newest.empty()) runs.push_back(newest);
        for (const RunSummary& run : findRuns(runsFolderFor(path), stop))
          runs.push_back(run.folder);
        for (const std::filesystem::path& run : runs) {
          try {
            if (!suspectLabels(run, *dataset).empty()) return run;
          } catch (const Error&) {
            continue;  // damaged; the Evaluate page says so
          }
          if (stop.stop_requested()) break;
        }
        return {};
      },
      [this](std::filesystem::path run) {
        const bool other = run != lossRun_;
        lossRun_ = std::move(run);
        listChoices();
        if (other && order_->currentData().toInt() == static_cast<int>(BoxOrder::Loss)) later();
      });
}

void BoxesView::offer(BoxOrder order, const QString& name, bool offered) {
  const int at = order_->findData(static_cast<int>(order));
  if (offered && at < 0) {
    order_->addItem(name, static_cast<int>(order));
  } else if (!offered && at >= 0) {
    const bool chosen = order_->currentIndex() == at;
    order_->removeItem(at);
    if (!chosen) return;
    order_->setCurrentIndex(0);
    later();
  }
}

void BoxesView::later() {
  current_ = false;
  if (isVisible() && !listing_.isActive()) listing_.start();
}

void BoxesView::listChoices() {
  QStringList classes{tr("All classes")};
  for (const std::string& name : state_.document().dataset().classes)
    classes << QString::fromStdString(name);
  QStringList had;
  for (int i = 0; i < class_->count(); ++i)
    had << class_->itemText(i);
  if (had != classes) {
    class_->clear();
    class_->addItems(classes);
  }
  int chosen = 0;
  for (int i = 1; i < classes.size() && chosen == 0; ++i) {
    if (filterHolds(state_.filter(), classKey, classes[i])) chosen = i;
  }
  class_->setCurrentIndex(chosen);
  offer(BoxOrder::Dataset, tr("As in the dataset"), true);
  offer(BoxOrder::Smallest, tr("Smallest first"), true);
  offer(BoxOrder::Largest, tr("Largest first"), true);
  offer(BoxOrder::Widest, tr("Widest shape first"), true);
  offer(BoxOrder::Tallest, tr("Tallest shape first"), true);
  offer(BoxOrder::Doubt, tr("Most doubtful first"), state_.doubts().areKnown());
  offer(BoxOrder::Loss, tr("Highest loss first"), !lossRun_.empty());
}

std::function<BoxMeasure(const Dataset&)> BoxesView::measureOf(BoxOrder order) const {
  if (order == BoxOrder::Loss) {
    return [run = lossRun_](const Dataset& dataset) -> BoxMeasure {
      auto losses = std::make_shared<std::map<BoxRef, double>>();
      for (const SuspectLabel& label : suspectLabels(run, dataset))
        losses->emplace(BoxRef{label.picture, label.box}, label.loss);
      return [losses](std::size_t picture, const Box& box) -> std::optional<double> {
        const auto at = losses->find({picture, box.id});
        return at == losses->end() ? std::nullopt : std::optional(at->second);
      };
    };
  }
  if (order != BoxOrder::Doubt || !state_.predictions()) return {};
  // What the model has found by now: pointers, which the job may keep.
  const Predictions& predictions = *state_.predictions();
  std::vector<std::shared_ptr<const std::vector<Detection>>> found;
  const auto count = state_.document().dataset().pictures.size();
  found.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    found.push_back(predictions.found(i));
  return [found = std::move(found), classes = predictions.datasetClasses](const Dataset&) {
    return [found, classes, at = std::size_t(-1), here = std::vector<Detection>()](
               std::size_t picture, const Box& box) mutable -> std::optional<double> {
      if (picture >= found.size() || !found[picture]) return {};
      if (picture != at) here = inDatasetClasses(*found[picture], classes);
      at = picture;
      return labelDoubt(box, here);
    };
  };
}

void BoxesView::listNow() {
  listing_.stop();
  if (!isVisible()) return;
  listChoices();
  if (!pictures_.isComplete()) return;  // tells when it is
  current_ = true;
  std::vector<int> rows(static_cast<std::size_t>(pictures_.rowCount()));
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = pictures_.pictureAt(static_cast<int>(i));
  const auto order = static_cast<BoxOrder>(order_->currentData().toInt());
  struct Listed {
    std::vector<BoxRef> boxes;
    bool scores = false;
  };
  job_.start(
      [dataset = state_.document().snapshot(), rows = std::move(rows), filter = pictures_.filter(),
       order, measure = measureOf(order)](std::stop_token stop, JobProgress&) {
        Listed listed{listBoxes(*dataset, rows, filter, order,
                                measure ? measure(*dataset) : BoxMeasure(), stop),
                      false};
        listed.scores = std::any_of(
            dataset->pictures.begin(), dataset->pictures.end(), [](const Picture& picture) {
              const std::vector<Box>& boxes = picture.annotation->boxes;
              return std::any_of(boxes.begin(), boxes.end(),
                                 [](const Box& box) { return box.score.has_value(); });
            });
        return listed;
      },
      [this](Listed listed) {
        offer(BoxOrder::LeastSure, tr("Lowest score first"), listed.scores);
        take(std::move(listed.boxes));
      });
}

void BoxesView::take(std::vector<BoxRef> boxes) {
  if (boxes == boxes_.boxes()) {
    showFacts();
    return;
  }
  // Place and selection stay where they can.
  const int scrolled = grid_->verticalScrollBar()->value();
  const int row = grid_->currentIndex().row();
  std::vector<BoxRef> kept = selected();
  boxes_.setBoxes(std::move(boxes));
  grid_->verticalScrollBar()->setValue(scrolled);
  if (!kept.empty() && kept.size() <= mostReselected) {
    const std::set<BoxRef> wanted(kept.begin(), kept.end());
    QItemSelection selection;
    for (int i = 0; i < boxes_.rowCount(); ++i) {
      if (wanted.contains(boxes_.at(i))) selection.select(boxes_.index(i), boxes_.index(i));
    }
    grid_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  }
  if (row >= 0 && boxes_.rowCount() > 0) {
    grid_->selectionModel()->setCurrentIndex(boxes_.index(std::min(row, boxes_.rowCount() - 1)),
                                             QItemSelectionModel::NoUpdate);
  }
  showFacts();
}

void BoxesView::showFacts() {
  std::size_t chosen = 0;
  for (const QItemSelectionRange& range : grid_->selectionModel()->selection())
    chosen += static_cast<std::size_t>(range.height());
  const QString all = boxesOf(boxes_.boxes().size());
  facts_->setText(chosen > 1 ? tr("%1, %L2 selected").arg(all).arg(static_cast<qulonglong>(chosen))
                             : all);
}

std::vector<BoxRef> BoxesView::selected() const {
  std::vector<BoxRef> boxes;
  for (const int row : grid_->selectedRows())
    boxes.push_back(boxes_.at(row));
  return boxes;
}

void BoxesView::relabel(int classId) {
  const ClassNames& names = state_.document().dataset().classes;
  if (classId < 0 || static_cast<std::size_t>(classId) >= names.size()) {
    Q_EMIT told(tr("There is no class %1").arg(classId + 1));
    return;
  }
  const QString name = boxes_.className(classId);
  apply([classId, name](const Dataset& dataset, std::vector<BoxRef> boxes) {
    const QString text = tr("Change the class of %1 to %2").arg(boxesOf(boxes.size()), name);
    return relabelEdit(dataset, std::move(boxes), classId, text.toStdString());
  });
}

void BoxesView::deleteSelected() {
  apply([](const Dataset& dataset, std::vector<BoxRef> boxes) {
    const QString text = tr("Delete %1").arg(boxesOf(boxes.size()));
    return deleteEdit(dataset, std::move(boxes), text.toStdString());
  });
}

void BoxesView::apply(MakeEdit make) {
  std::vector<BoxRef> boxes = selected();
  if (boxes.empty()) {
    Q_EMIT told(tr("No box is selected"));
    return;
  }
  LabelKeeper& labels = state_.labels();
  if (labels.isReady() && state_.document().isEditable()) {
    applyNow(make, std::move(boxes));
    return;
  }
  if (state_.document().isOpening() || state_.document().isPartial()) {
    Q_EMIT told(tr("The dataset is not read whole yet"));
    return;
  }
  if (waiting_) {
    Q_EMIT told(tr("The labels are still being opened for editing"));
    return;
  }
  // The folder was only looked at until now.
  waiting_ = [this, make = std::move(make), boxes = std::move(boxes)] { applyNow(make, boxes); };
  labels.begin();
  if (waiting_ && !labels.isBeginning()) {
    waiting_ = nullptr;
    Q_EMIT told(state_.document().readOnlyReason());
  }
}

void BoxesView::applyNow(const MakeEdit& make, std::vector<BoxRef> boxes) {
  Edit edit = make(state_.document().dataset(), std::move(boxes));
  if (edit.pictures.empty()) return;
  const QString name = QString::fromStdString(edit.name);
  state_.document().edit(std::move(edit));
  state_.labels().left();
  Q_EMIT told(name);
}

void BoxesView::open(int row) {
  const BoxRef& box = boxes_.at(row);
  state_.select(static_cast<int>(box.picture), box.id);
  state_.showPage(QStringLiteral("annotate"));
}

void BoxesView::offerClasses(QMenu& menu) const {
  for (QAction* action : classActions_)
    menu.addAction(action);
}

void BoxesView::fillClassMenu(QMenu& menu) {
  const ClassNames& names = state_.document().dataset().classes;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const int id = static_cast<int>(i);
    const QString text = menuText(QString::fromStdString(names[i]));
    const QIcon icon = swatch(state_.document().palette()(id));
    if (i < classActions_.size()) {
      classActions_[i]->setText(text);
      classActions_[i]->setIcon(icon);
      menu.addAction(classActions_[i]);
    } else {
      menu.addAction(icon, text, this, [this, id] { relabel(id); });
    }
  }
}

void BoxesView::contextMenuEvent(QContextMenuEvent* event) {
  if (grid_->selectionModel()->selection().isEmpty()) return;
  QMenu menu;
  fillClassMenu(*menu.addMenu(tr("Change the class")));
  menu.addAction(delete_);
  menu.addAction(tr("Open on the Annotate page") + QStringLiteral("\tEnter"), this, [this] {
    if (grid_->currentIndex().isValid()) open(grid_->currentIndex().row());
  });
  menu.exec(event->globalPos());
}

}  // namespace boxwright::ui
