// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_inspector.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QSignalBlocker>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/path_text.h"
#include "ui/theme.h"
#include "ui/tree/named_drag.h"
#include "ui/tree/part_classes.h"
#include "ui/tree/tree_actions.h"

namespace boxwright::ui {
namespace {

constexpr int rowHeight = 26;
constexpr int mostPartRows = 4;

class ClassRows : public QTableView {
 protected:
  void startDrag(Qt::DropActions actions) override {
    const QModelIndexList rows = selectionModel()->selectedRows();
    if (rows.isEmpty()) return;
    dragByName(this, model()->mimeData(rows),
               rows.size() == 1 ? rows.front().data().toString()
                                : QObject::tr("%L1 classes").arg(rows.size()),
               actions);
  }
};

QWidget* makeRow(const QList<QAction*>& actions) {
  auto* row = new QWidget;
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  for (QAction* action : actions) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setAccessibleName(action->text());
    layout->addWidget(button);
  }
  layout->addStretch(1);
  return row;
}

}  // namespace

TreeInspector::TreeInspector(TreeDocument& tree, QWidget* parent)
    : QWidget(parent),
      tree_(tree),
      model_(new PartClasses(tree, this)),
      partsCaption_(makeCaption(tr("Datasets"))),
      parts_(new QListWidget),
      classesCaption_(makeCaption(tr("Classes of the datasets"))),
      view_(new ClassRows),
      partButtons_(new QWidget),
      classButtons_(new QWidget) {
  parts_->setAccessibleName(tr("Datasets of the tree"));
  parts_->setFrameShape(QFrame::NoFrame);
  parts_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  parts_->setTextElideMode(Qt::ElideMiddle);
  view_->setModel(model_);
  view_->setAccessibleName(tr("Classes of the datasets and their nodes"));
  view_->setFrameShape(QFrame::NoFrame);
  view_->setShowGrid(false);
  view_->setTabKeyNavigation(false);
  view_->setWordWrap(false);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  view_->setDragEnabled(true);
  view_->setDragDropMode(QAbstractItemView::DragOnly);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setMinimumSectionSize(rowHeight);
  view_->verticalHeader()->setDefaultSectionSize(rowHeight);
  view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  view_->horizontalHeader()->setHighlightSections(false);
  view_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  view_->setMinimumHeight(6 * rowHeight);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(metric::margin, metric::margin, metric::margin, metric::margin);
  column->setSpacing(4);
  column->addWidget(partsCaption_);
  column->addWidget(parts_);
  column->addWidget(partButtons_);
  column->addSpacing(metric::gap);
  column->addWidget(classesCaption_);
  column->addWidget(view_, 1);
  column->addWidget(classButtons_);

  connect(parts_, &QListWidget::currentRowChanged, this, &TreeInspector::chosenChanged);
  connect(&tree, &TreeDocument::changed, this, &TreeInspector::showParts);
  connect(&tree, &TreeDocument::changed, this, &TreeInspector::showClasses);
  connect(&tree, &TreeDocument::suggestionsChanged, this, &TreeInspector::chosenChanged);
  connect(model_, &QAbstractItemModel::modelAboutToBeReset, this, &TreeInspector::remember);
  connect(model_, &QAbstractItemModel::modelReset, this, &TreeInspector::chooseAgain);
  connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (current.isValid() && view_->hasFocus())
              Q_EMIT nodeWanted(model_->nodeAt(current.row()));
          });
  connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &TreeInspector::chosenChanged);
  connect(view_, &QTableView::clicked, this,
          [this](const QModelIndex& index) { Q_EMIT nodeWanted(model_->nodeAt(index.row())); });
  showParts();
  showClasses();
}

void TreeInspector::setActions(const TreeActions& actions) {
  const auto put = [this](QWidget*& place, const QList<QAction*>& of) {
    QWidget* const row = makeRow(of);
    delete layout()->replaceWidget(place, row);
    delete place;
    place = row;
  };
  put(partButtons_, {actions.addDataset, actions.addDatasetFile, actions.removeDataset});
  put(classButtons_, {actions.take, actions.takeAll, actions.addUnmapped});
}

int TreeInspector::currentPart() const {
  return parts_->currentRow();
}

std::vector<ClassPlace> TreeInspector::selectedClasses() const {
  std::vector<ClassPlace> places;
  for (const QModelIndex& index : view_->selectionModel()->selectedRows())
    places.push_back(model_->placeAt(index.row()));
  return places;
}

void TreeInspector::showParts() {
  const auto& parts = tree_.project().parts();
  const int current = parts_->currentRow();
  const QSignalBlocker quiet(parts_);
  parts_->clear();
  for (const TreePart& part : parts) {
    const auto without = std::count(part.nodes.begin(), part.nodes.end(), -1);
    const auto classes = static_cast<int>(part.nodes.size());
    const QString name = QString::fromStdString(part.name());
    const QString counts = classes == 1 ? tr("1 class") : tr("%L1 classes").arg(classes);
    const QString text = !part.fault.empty() ? tr("%1 \u2014 cannot be read").arg(name)
                         : without > 0
                             ? tr("%1 \u2014 %2, %L3 without a node").arg(name, counts).arg(without)
                             : tr("%1 \u2014 %2").arg(name, counts);
    auto* item = new QListWidgetItem(text, parts_);
    item->setSizeHint({100, rowHeight});
    item->setToolTip(part.fault.empty() ? pathText(part.path)
                                        : QString::fromStdString(part.fault) +
                                              tr("\nWhat the tree says of its classes is kept."));
    if (!part.fault.empty()) item->setForeground(toneColour(Tone::Bad));
  }
  parts_->setCurrentRow(std::min(current, parts_->count() - 1));
  parts_->setFixedHeight(std::clamp(parts_->count(), 1, mostPartRows) * rowHeight + 4);
  partsCaption_->setText(parts.empty() ? tr("Datasets: none")
                                       : tr("Datasets: %L1").arg(parts.size()));
  Q_EMIT chosenChanged();
}

void TreeInspector::showClasses() {
  const int without = model_->unmapped();
  classesCaption_->setText(without == 0 ? tr("Classes of the datasets")
                           : without == 1
                               ? tr("Classes of the datasets: 1 without a node")
                               : tr("Classes of the datasets: %L1 without a node").arg(without));
}

void TreeInspector::remember() {
  row_ = view_->currentIndex().row();
  current_ = row_ >= 0 ? model_->placeAt(row_) : ClassPlace{-1, -1};
}

/// What was chosen; where a node has just been given to it the next, so that Enter goes on.
void TreeInspector::chooseAgain() {
  if (row_ < 0 || model_->rowCount() == 0) return;
  int row = row_ < model_->unmapped() ? row_ : model_->rowOf(current_);
  if (row < 0) row = std::min(row_, model_->rowCount() - 1);
  const QSignalBlocker quiet(this);
  view_->selectRow(row);
}

}  // namespace boxwright::ui
