// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/node_finder.h"

#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "ui/theme.h"
#include "ui/tree/tree_document.h"

namespace boxwright::ui {
namespace {

constexpr std::size_t mostMatches = 8;
constexpr int finderWidth = 320;

}  // namespace

NodeFinder::NodeFinder(TreeDocument& tree, QWidget* parent)
    : NameFinder(mostMatches, parent), tree_(tree), title_(makeCaption({})) {
  setAccessibleName(tr("Choose a class of the tree by typing"));
  field()->setPlaceholderText(tr("Class of the tree"));
  column()->insertWidget(0, title_);
  setFixedWidth(finderWidth);
  // What it offers may be other classes then.
  connect(&tree, &TreeDocument::resetting, this, &NodeFinder::leave);
}

void NodeFinder::openAt(const QPoint& point, const QString& title, NodeId without,
                        std::function<void(NodeId)> taken) {
  taken_ = std::move(taken);
  without_ = without;
  title_->setText(title);
  showAt(point);
}

void NodeFinder::match(const QString& typed) {
  const TreeProject& project = tree_.project();
  const auto offerNode = [&](NodeId node) {
    if (node != without_ && !isFull()) offer(node, QString::fromStdString(project.pathText(node)));
  };
  if (typed.isEmpty()) {
    for (const NodeId root : project.childrenOf(-1)) {
      if (isFull()) return;
      offerNode(root);
    }
    return;
  }
  std::array<std::vector<NodeId>, 3> ranks;
  for (const NodeId node : nodesNamed(project, typed.toStdString())) {
    if (node == without_) continue;
    const QString name = QString::fromStdString(project.nameOf(node));
    const bool begins = name.startsWith(typed, Qt::CaseInsensitive);
    std::vector<NodeId>& rank = ranks[begins && name.size() == typed.size() ? 0 : begins ? 1 : 2];
    if (rank.size() < mostMatches) rank.push_back(node);
  }
  for (const std::vector<NodeId>& rank : ranks)
    for (const NodeId node : rank)
      offerNode(node);
}

void NodeFinder::take(int id) {
  const auto taken = std::move(taken_);
  if (tree_.project().has(id)) taken(id);
}

}  // namespace boxwright::ui
