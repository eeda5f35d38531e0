// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_view.h"

#include <QContextMenuEvent>
#include <QDropEvent>
#include <QHeaderView>
#include <algorithm>

#include "ui/theme.h"
#include "ui/tree/named_drag.h"
#include "ui/tree/tree_model.h"

namespace boxwright::ui {
namespace {

/// More are not laid out in one go, which would be felt.
constexpr std::size_t mostUnfolded = 12000;
constexpr int fewRoots = 40;  ///< whose children are shown from the beginning
constexpr int hoverMilliseconds = 600;
constexpr int mostIndented = 20, leastIndented = 4;  ///< pixels a level
constexpr int mostLevels = 500;                      ///< that matter to that

}  // namespace

TreeView::TreeView(TreeModel& model, QWidget* parent) : QTreeView(parent), model_(model) {
  setModel(&model);
  setAccessibleName(tr("Class tree"));
  setFrameShape(QFrame::NoFrame);
  setUniformRowHeights(true);
  setAllColumnsShowFocus(true);
  setExpandsOnDoubleClick(false);
  setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setDragDropMode(QAbstractItemView::DragDrop);
  setDefaultDropAction(Qt::MoveAction);
  setDragDropOverwriteMode(false);
  setDropIndicatorShown(true);
  setAutoExpandDelay(hoverMilliseconds);
  setIndentation(mostIndented);
  header()->setStretchLastSection(false);
  header()->setSectionResizeMode(TreeModel::Class, QHeaderView::Stretch);
  for (const auto& [column, width] :
       {std::pair(TreeModel::Boxes, 88), {TreeModel::Pictures, 88}, {TreeModel::Datasets, 180}}) {
    header()->setSectionResizeMode(column, QHeaderView::Interactive);
    header()->resizeSection(column, width);
  }
  connect(&model, &QAbstractItemModel::modelAboutToBeReset, this, &TreeView::rememberUnfolded);
  // After the view's own slot, which forgets.
  connect(&model, &QAbstractItemModel::modelReset, this, &TreeView::unfoldAgain);
  connect(&model.tree(), &TreeDocument::changed, this, &TreeView::unfoldWhatIsBack);
  connect(this, &QTreeView::expanded, this, [this](const QModelIndex& index) {
    int level = 1;
    for (QModelIndex above = index.parent(); above.isValid() && level < mostLevels;
         above = above.parent())
      ++level;
    showsLevels(std::max(levels_, level));
  });
}

NodeId TreeView::currentNode() const {
  return TreeModel::nodeAt(currentIndex());
}

std::vector<NodeId> TreeView::selectedNodes() const {
  std::vector<NodeId> nodes;
  for (const QModelIndex& index : selectionModel()->selectedRows())
    nodes.push_back(TreeModel::nodeAt(index));
  // Only come to, as by the Tab key.
  if (nodes.empty() && currentNode() >= 0) nodes.push_back(currentNode());
  return nodes;
}

void TreeView::choose(NodeId node) {
  const QModelIndex index = model_.indexOf(node);
  if (!index.isValid()) return;
  for (QModelIndex above = index.parent(); above.isValid(); above = above.parent())
    expand(above);
  // Not by setCurrentIndex, which asks whether Ctrl is held: it is, after Ctrl+V.
  selectionModel()->setCurrentIndex(
      index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  scrollTo(index);
}

void TreeView::editName(NodeId node) {
  choose(node);
  edit(model_.indexOf(node));
}

bool TreeView::unfoldAll() {
  const TreeProject& project = model_.tree().project();
  std::vector<NodeId> level = project.childrenOf(-1);
  std::size_t rows = level.size();
  int depth = -1;
  for (; rows <= mostUnfolded && !level.empty(); ++depth) {
    std::vector<NodeId> next;
    for (const NodeId node : level)
      next.insert(next.end(), project.childrenOf(node).begin(), project.childrenOf(node).end());
    rows += next.size();
    level = std::move(next);
  }
  showsLevels(std::max(depth, 0));
  if (level.empty() && rows <= mostUnfolded) {
    expandAll();
    return true;
  }
  collapseAll();
  if (depth > 0) expandToDepth(depth - 1);
  return false;
}

void TreeView::foldAll() {
  collapseAll();
  showsLevels(0);
}

void TreeView::showsLevels(int levels) {
  levels_ = levels;
  const int room = header()->sectionSize(TreeModel::Class) / 2;  // the other half is the names'
  setIndentation(std::clamp(room / std::max(levels, 1), leastIndented, mostIndented));
}

void TreeView::resizeEvent(QResizeEvent* event) {
  QTreeView::resizeEvent(event);
  showsLevels(levels_);
}

void TreeView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QTreeView::currentChanged(current, previous);
  Q_EMIT currentNodeChanged();
}

void TreeView::startDrag(Qt::DropActions actions) {
  const QModelIndexList rows = selectionModel()->selectedRows();
  if (rows.isEmpty()) return;
  if (static_cast<std::size_t>(rows.size()) > kMostChosen) {  // which says so
    model_.tree().edit(moveNodes(model_.tree().project(), selectedNodes(), -1, -1));
    return;
  }
  dragByName(this, model_.mimeData(rows),
             rows.size() == 1 ? rows.front().data().toString() : tr("%L1 classes").arg(rows.size()),
             actions);
}

void TreeView::dropEvent(QDropEvent* event) {
  const bool own = event->source() == this;
  const NodeId node = currentNode();
  QTreeView::dropEvent(event);
  // What was moved is shown where it is now.
  if (own && model_.tree().project().has(node)) choose(node);
}

void TreeView::contextMenuEvent(QContextMenuEvent* event) {
  Q_EMIT menuWanted(event->globalPos());
}

void TreeView::rowsAboutToBeRemoved(const QModelIndex& parent, int start, int end) {
  for (int row = start; row <= end; ++row) {
    const QModelIndex index = model_.index(row, 0, parent);
    if (isExpanded(index)) goneUnfolded_.insert(TreeModel::nodeAt(index));
  }
  QTreeView::rowsAboutToBeRemoved(parent, start, end);
}

void TreeView::unfoldWhatIsBack() {
  std::erase_if(goneUnfolded_, [this](NodeId node) {
    if (!model_.tree().project().has(node)) return false;
    expand(model_.indexOf(node));
    return true;
  });
}

void TreeView::rememberUnfolded() {
  unfolded_.clear();
  chosen_ = -1;
  if (!model_.tree().nodesStay()) {  // by their ids others would be meant
    goneUnfolded_.clear();
    showsLevels(0);
    return;
  }
  chosen_ = currentNode();
  const TreeProject& project = model_.tree().project();
  std::vector<NodeId> open = project.childrenOf(-1);
  if (open.size() > mostUnfolded) return;
  while (!open.empty() && unfolded_.size() < mostUnfolded) {
    const NodeId node = open.back();
    open.pop_back();
    if (project.childrenOf(node).empty() || !isExpanded(model_.indexOf(node))) continue;
    unfolded_.push_back(node);
    open.insert(open.end(), project.childrenOf(node).begin(), project.childrenOf(node).end());
  }
}

void TreeView::unfoldAgain() {
  const TreeProject& project = model_.tree().project();
  if (unfolded_.empty() && static_cast<int>(project.childrenOf(-1).size()) <= fewRoots) {
    std::size_t rows = 0;
    for (const NodeId root : project.childrenOf(-1))
      rows += project.childrenOf(root).size();
    if (rows <= mostUnfolded) expandToDepth(0);
  }
  goneUnfolded_.insert(unfolded_.begin(), unfolded_.end());
  unfoldWhatIsBack();
  if (project.has(chosen_)) choose(chosen_);
}

}  // namespace boxwright::ui
