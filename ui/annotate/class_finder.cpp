// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/class_finder.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <string>

#include "core/data/tree_beside.h"
#include "ui/annotate/annotate_canvas.h"
#include "ui/annotate/label_editor.h"
#include "ui/class_palette.h"
#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int mostMatches = 6;
constexpr int rowHeight = 24;
constexpr int plainWidth = 216, widthWithWays = 320;

}  // namespace

ClassFinder::ClassFinder(DatasetDocument& document, LabelEditor& editor, QWidget* canvas)
    : QFrame(canvas),
      document_(document),
      editor_(editor),
      field_(new QLineEdit),
      list_(new QListWidget) {
  setAccessibleName(tr("Choose a class by typing"));
  field_->setPlaceholderText(tr("Class"));
  field_->setAccessibleName(tr("Some of a class\u2019s name"));
  field_->installEventFilter(this);
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setAccessibleName(tr("Classes that fit"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(6, 6, 6, 6);
  column->setSpacing(4);
  column->addWidget(field_);
  column->addWidget(list_);
  connect(field_, &QLineEdit::textChanged, this, &ClassFinder::match);
  connect(field_, &QLineEdit::returnPressed, this, &ClassFinder::take);
  connect(list_, &QListWidget::itemClicked, this, &ClassFinder::take);
  hide();
}

void ClassFinder::openAt(const QPoint& point) {
  const ClassNames& classes = document_.dataset().classes;
  classes_ = static_cast<int>(classes.size());
  const std::shared_ptr<const TreeBeside> tree =
      document_.takesClasses() ? document_.treeBeside() : nullptr;
  if (tree != tree_) {
    tree_ = tree;
    names_.clear();
    if (tree)
      for (const std::string& name : tree->names)
        names_.append(QString::fromStdString(name));
  }
  taken_ = tree ? tree->taken(classes) : std::vector<bool>();
  setFixedWidth(tree ? widthWithWays : plainWidth);
  field_->clear();
  match();
  const QSize room = parentWidget()->size() - size();
  move(std::clamp(point.x(), 0, std::max(0, room.width())),
       std::clamp(point.y(), 0, std::max(0, room.height())));
  show();
  raise();
  field_->setFocus();
}

void ClassFinder::match() {
  const QString typed = field_->text().trimmed();
  list_->clear();
  // Beginnings first, then what has it anywhere.
  for (const bool beginning : {true, false}) {
    for (int id = 0; id < classes_ && list_->count() < mostMatches; ++id) {
      const QString name = editor_.className(id);
      const bool begins = name.startsWith(typed, Qt::CaseInsensitive);
      if (begins != beginning || !name.contains(typed, Qt::CaseInsensitive)) continue;
      auto* item = new QListWidgetItem(swatch(editor_.palette()(id)), name, list_);
      item->setData(Qt::UserRole, id);
      item->setSizeHint({100, rowHeight});
    }
    addNodes(typed, beginning);
  }
  list_->setCurrentRow(0);
  list_->setFixedHeight(std::max(1, list_->count()) * rowHeight);
  adjustSize();
}

/// Of the tree beside the dataset those that are no classes yet.
void ClassFinder::addNodes(const QString& typed, bool beginning) {
  for (int node = 0; node < static_cast<int>(taken_.size()); ++node) {
    if (list_->count() >= mostMatches) return;
    if (taken_[static_cast<std::size_t>(node)]) continue;
    const QString& name = names_[node];
    const bool begins = name.startsWith(typed, Qt::CaseInsensitive);
    if (begins != beginning || !name.contains(typed, Qt::CaseInsensitive)) continue;
    const QString way = QString::fromStdString(tree_->wayTo(node));
    auto* item = new QListWidgetItem(
        swatch(Qt::transparent),
        way.isEmpty() ? name : tr("%1 (%2)", "a class and those above it").arg(name, way), list_);
    item->setData(Qt::UserRole, classes_ + node);
    item->setToolTip(tr("In the class tree, but no class of this dataset yet"));
    item->setSizeHint({100, rowHeight});
  }
}

void ClassFinder::take() {
  const QListWidgetItem* item = list_->currentItem();
  if (!item) return;
  int id = item->data(Qt::UserRole).toInt();
  leave();
  if (id >= classes_) id = document_.addClass(names_[id - classes_]);
  if (id >= 0) editor_.chooseClass(id);
}

void ClassFinder::leave() {
  if (isHidden()) return;
  hide();
  Q_EMIT closed();
}

bool ClassFinder::eventFilter(QObject* watched, QEvent* event) {
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

void ClassFinder::paintEvent(QPaintEvent*) {
  const ThemeColours& c = colours();
  QPainter painter(this);
  painter.setPen(c.line);
  painter.setBrush(c.raised);
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace boxwright::ui
