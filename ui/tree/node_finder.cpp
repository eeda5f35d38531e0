// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/node_finder.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "ui/theme.h"
#include "ui/tree/tree_document.h"

namespace boxwright::ui {
namespace {

constexpr std::size_t mostMatches = 8;
constexpr int rowHeight = 24;
constexpr int finderWidth = 320;

/// Capitals of ASCII count as small letters.
bool beginsWith(const std::string& name, const std::string& wanted) {
  return name.size() >= wanted.size() &&
         std::equal(wanted.begin(), wanted.end(), name.begin(), [](char a, char b) {
           const auto small = [](char c) {
             return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
           };
           return small(a) == small(b);
         });
}

}  // namespace

NodeFinder::NodeFinder(TreeDocument& tree, QWidget* parent)
    : QFrame(parent),
      tree_(tree),
      title_(makeCaption({})),
      field_(new QLineEdit),
      list_(new QListWidget) {
  setAccessibleName(tr("Choose a class of the tree by typing"));
  field_->setPlaceholderText(tr("Class of the tree"));
  field_->setAccessibleName(tr("Some of a class\u2019s name"));
  field_->installEventFilter(this);
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setTextElideMode(Qt::ElideLeft);
  list_->setAccessibleName(tr("Classes that fit"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->setSpacing(4);
  column->addWidget(title_);
  column->addWidget(field_);
  column->addWidget(list_);
  setFixedWidth(finderWidth);
  connect(field_, &QLineEdit::textChanged, this, &NodeFinder::match);
  connect(field_, &QLineEdit::returnPressed, this, &NodeFinder::take);
  connect(list_, &QListWidget::itemClicked, this, &NodeFinder::take);
  // What it offers may be other classes then.
  connect(&tree, &TreeDocument::resetting, this, &NodeFinder::leave);
  hide();
}

void NodeFinder::openAt(const QPoint& point, const QString& title, NodeId without,
                        std::function<void(NodeId)> taken) {
  taken_ = std::move(taken);
  without_ = without;
  title_->setText(title);
  field_->clear();
  match();
  const QSize room = parentWidget()->size() - sizeHint();
  move(std::clamp(point.x(), 0, std::max(0, room.width())),
       std::clamp(point.y(), 0,
                  std::max(0, room.height() - static_cast<int>(mostMatches) * rowHeight)));
  show();
  raise();
  field_->setFocus();
}

void NodeFinder::match() {
  const TreeProject& project = tree_.project();
  const QString typed = field_->text().trimmed();
  std::vector<NodeId> found;
  if (typed.isEmpty()) {
    const std::vector<NodeId>& roots = project.childrenOf(-1);
    const auto some = std::min(mostMatches + 1, roots.size());
    found.assign(roots.begin(), roots.begin() + static_cast<std::ptrdiff_t>(some));
  } else {
    found = nodesNamed(project, typed.toStdString());
  }
  // The name itself, then beginnings, then what has it anywhere.
  std::array<std::vector<NodeId>, 3> ranks;
  const std::string wanted = typed.toStdString();
  for (const NodeId node : found) {
    if (node == without_) continue;
    const std::string& name = project.nameOf(node);
    const bool begins = beginsWith(name, wanted);
    std::vector<NodeId>& rank = ranks[begins && name.size() == wanted.size() ? 0 : begins ? 1 : 2];
    if (rank.size() < mostMatches) rank.push_back(node);
  }
  list_->clear();
  for (const std::vector<NodeId>& rank : ranks) {
    for (const NodeId node : rank) {
      if (list_->count() >= static_cast<int>(mostMatches)) break;
      auto* item = new QListWidgetItem(QString::fromStdString(project.pathText(node)), list_);
      item->setData(Qt::UserRole, node);
      item->setSizeHint({100, rowHeight});
    }
  }
  list_->setCurrentRow(0);
  list_->setFixedHeight(std::max(1, list_->count()) * rowHeight);
  adjustSize();
}

void NodeFinder::take() {
  const QListWidgetItem* item = list_->currentItem();
  if (!item) return;
  const NodeId node = item->data(Qt::UserRole).toInt();
  const auto taken = std::move(taken_);
  leave();
  if (tree_.project().has(node)) taken(node);
}

void NodeFinder::leave() {
  if (isHidden()) return;
  hide();
  Q_EMIT closed();
}

bool NodeFinder::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusOut) leave();
  if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const bool up = key == Qt::Key_Up, down = key == Qt::Key_Down;
    if (up || down || key == Qt::Key_Escape) {
      if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
      } else if (key == Qt::Key_Escape) {
        leave();
      } else if (list_->count() > 0) {
        list_->setCurrentRow(
            std::clamp(list_->currentRow() + (down ? 1 : -1), 0, list_->count() - 1));
      }
      return true;
    }
  }
  return QFrame::eventFilter(watched, event);
}

void NodeFinder::paintEvent(QPaintEvent*) {
  const ThemeColours& c = colours();
  QPainter painter(this);
  painter.setPen(c.line);
  painter.setBrush(c.raised);
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace boxwright::ui
