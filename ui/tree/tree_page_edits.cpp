// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of TreePage that edits what is chosen.
#include <QLabel>
#include <QTableView>
#include <algorithm>
#include <set>

#include "ui/tree/node_finder.h"
#include "ui/tree/tree_inspector.h"
#include "ui/tree/tree_model.h"
#include "ui/tree/tree_page.h"
#include "ui/tree/tree_view.h"

namespace boxwright::ui {

void TreePage::add(bool below) {
  const TreeProject& project = tree_.project();
  const NodeId current = view_->currentNode();
  const bool inside = below && current >= 0;
  const NodeId parent = current < 0 ? -1 : inside ? current : project.parentOf(current);
  const int row = current < 0 || inside ? -1 : project.rowOf(current) + 1;
  const NodeId added = project.idEnd();
  if (tree_.edit(addNode(project, parent, row, tr("new class").toStdString())))
    view_->editName(added);
}

void TreePage::removeChosen() {
  const TreeProject& project = tree_.project();
  const NodeId current = view_->currentNode();
  if (current < 0) return;
  const NodeId parent = project.parentOf(current);
  const int row = project.rowOf(current);
  tree_.edit(removeNodes(project, view_->selectedNodes()));
  // What has taken its place.
  if (!project.has(current)) {
    const std::vector<NodeId>& siblings = project.childrenOf(project.has(parent) ? parent : -1);
    if (!siblings.empty())
      view_->choose(
          siblings[static_cast<std::size_t>(std::min(row, static_cast<int>(siblings.size()) - 1))]);
  }
}

void TreePage::mergeChosen() {
  const NodeId node = view_->currentNode();
  if (node < 0) return;
  const QRect row = view_->visualRect(model_->indexOf(node));
  finder_->openAt(view_->viewport()->mapTo(this, row.bottomLeft()),
                  tr("Merge %1 into").arg(QString::fromStdString(tree_.project().nameOf(node))),
                  node, [this, node](NodeId into) {
                    if (!tree_.project().has(node)) return;
                    if (tree_.edit(mergeNode(tree_.project(), node, into))) view_->choose(into);
                    view_->setFocus();
                  });
}

void TreePage::pasteCut() {
  std::vector<NodeId> nodes;
  for (const NodeId node : model_->cut())
    if (tree_.project().has(node)) nodes.push_back(node);
  if (nodes.empty()) return;
  if (tree_.edit(moveNodes(tree_.project(), nodes, view_->currentNode(), -1)))
    view_->choose(nodes.front());
  model_->setCut({});
  refreshActions();
}

void TreePage::moveBy(int rows) {
  const TreeProject& project = tree_.project();
  const NodeId current = view_->currentNode();
  if (current < 0) return;
  const NodeId parent = project.parentOf(current);
  const std::vector<NodeId> selected = view_->selectedNodes();
  if (selected.size() > kMostChosen) {
    tree_.edit(moveNodes(project, selected, parent, 0));  // which says so
    return;
  }
  std::vector<NodeId> nodes;
  int first = project.rowOf(current), last = first;
  for (const NodeId node : selected) {
    if (project.parentOf(node) != parent) continue;
    nodes.push_back(node);
    first = std::min(first, project.rowOf(node));
    last = std::max(last, project.rowOf(node));
  }
  const int to = rows < 0 ? first - 1 : last + 2;
  if (to < 0 || to > static_cast<int>(project.childrenOf(parent).size())) return;
  tree_.edit(moveNodes(project, nodes, parent, to));
  view_->scrollTo(model_->indexOf(current));
}

void TreePage::moveOut() {
  const TreeProject& project = tree_.project();
  const NodeId current = view_->currentNode();
  if (current < 0 || project.parentOf(current) < 0) return;
  const NodeId parent = project.parentOf(current);
  if (tree_.edit(moveNodes(project, view_->selectedNodes(), project.parentOf(parent),
                           project.rowOf(parent) + 1)))
    view_->choose(current);
}

void TreePage::moveIn() {
  const TreeProject& project = tree_.project();
  const NodeId current = view_->currentNode();
  if (current < 0) return;
  const std::vector<NodeId>& siblings = project.childrenOf(project.parentOf(current));
  const std::vector<NodeId> nodes = view_->selectedNodes();
  const std::set<NodeId> all(nodes.begin(), nodes.end());
  int row = project.rowOf(current);
  const auto chosen = [&](int at) { return all.contains(siblings[static_cast<std::size_t>(at)]); };
  while (row >= 0 && chosen(row))
    --row;
  if (row < 0) return;
  if (tree_.edit(moveNodes(project, nodes, siblings[static_cast<std::size_t>(row)], -1)))
    view_->choose(current);
}

void TreePage::takeChosen() {
  std::vector<ClassChoice> choices;
  for (const ClassPlace place : inspector_->selectedClasses())
    if (const NodeId node = tree_.suggestionOf(place); node >= 0) choices.push_back({place, node});
  if (tree_.edit(mapClasses(tree_.project(), choices)) && choices.size() == 1)
    view_->choose(choices.front().node);
}

void TreePage::chooseNode() {
  const std::vector<ClassPlace> places = inspector_->selectedClasses();
  if (places.empty()) return;
  QTableView* const classes = inspector_->classes();
  const QRect row = classes->visualRect(classes->currentIndex());
  const QString what =
      places.size() == 1
          ? QString::fromStdString(tree_.project()
                                       .part(places.front().part)
                                       .facts.classes[static_cast<std::size_t>(places.front().id)])
          : tr("%L1 classes").arg(places.size());
  finder_->openAt(classes->viewport()->mapTo(this, row.bottomLeft()),
                  tr("The node of %1").arg(what), -1, [this](NodeId node) {
                    mapChosen(node);
                    view_->choose(node);
                    inspector_->classes()->setFocus();
                  });
}

void TreePage::mapChosen(NodeId node) {
  std::vector<ClassChoice> choices;
  for (const ClassPlace place : inspector_->selectedClasses())
    choices.push_back({place, node});
  tree_.edit(mapClasses(tree_.project(), choices));
}

}  // namespace boxwright::ui
