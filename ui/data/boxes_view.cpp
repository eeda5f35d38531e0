// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/boxes_view.h"

#include <QComboBox>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <set>
#include <utility>

#include "core/image/class_colours.h"
#include "ui/data/box_grid.h"
#include "ui/data/filter_text.h"
#include "ui/data/picture_list_model.h"
#include "ui/studio_state.h"
#include "ui/theme.h"

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
      job_(tr("Listing boxes"), QStringLiteral("data")) {
  job_.setQuiet(true);
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
  connect(grid_, &BoxGrid::digitPressed, this, [this](int digit) { relabel(digit - 1); });
  connect(grid_, &BoxGrid::deletePressed, this, &BoxesView::deleteSelected);
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
  connect(&document, &DatasetDocument::reset, this, [this] { waiting_ = nullptr; });
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
  if (!current_) listNow();
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
  if (order_->count() > 0) return;
  const auto add = [this](const QString& name, BoxOrder order) {
    order_->addItem(name, static_cast<int>(order));
  };
  add(tr("As in the dataset"), BoxOrder::Dataset);
  add(tr("Smallest first"), BoxOrder::Smallest);
  add(tr("Largest first"), BoxOrder::Largest);
  add(tr("Widest shape first"), BoxOrder::Widest);
  add(tr("Tallest shape first"), BoxOrder::Tallest);
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
       order](std::stop_token stop, JobProgress&) {
        Listed listed{listBoxes(*dataset, rows, filter, order, stop), false};
        listed.scores = std::any_of(
            dataset->pictures.begin(), dataset->pictures.end(), [](const Picture& picture) {
              const std::vector<Box>& boxes = picture.annotation->boxes;
              return std::any_of(boxes.begin(), boxes.end(),
                                 [](const Box& box) { return box.score.has_value(); });
            });
        return listed;
      },
      [this](Listed listed) {
        const int sure = order_->findData(static_cast<int>(BoxOrder::LeastSure));
        if (listed.scores && sure < 0) {
          order_->addItem(tr("Lowest score first"), static_cast<int>(BoxOrder::LeastSure));
        } else if (!listed.scores && sure >= 0) {
          order_->removeItem(sure);
        }
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
  if (waiting_ && !labels.isBusy()) {
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

void BoxesView::fillClassMenu(QMenu& menu) {
  const ClassNames& names = state_.document().dataset().classes;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const int id = static_cast<int>(i);
    QString text = QString::fromStdString(names[i]).replace(u'&', QStringLiteral("&&"));
    if (i < 9) text += QStringLiteral("\t%1").arg(i + 1);
    const Colour rgb = classColour(id);
    menu.addAction(swatch(QColor(rgb.red, rgb.green, rgb.blue)), text, this,
                   [this, id] { relabel(id); });
  }
}

void BoxesView::contextMenuEvent(QContextMenuEvent* event) {
  if (grid_->selectionModel()->selection().isEmpty()) return;
  QMenu menu;
  fillClassMenu(*menu.addMenu(tr("Change the class")));
  menu.addAction(tr("Delete") + QStringLiteral("\tDel"), this, &BoxesView::deleteSelected);
  menu.addAction(tr("Open on the Annotate page") + QStringLiteral("\tEnter"), this, [this] {
    if (grid_->currentIndex().isValid()) open(grid_->currentIndex().row());
  });
  menu.exec(event->globalPos());
}

}  // namespace boxwright::ui
