// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/class_finder.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

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
  const TreeBeside* const tree = document_.treeBeside();
  nodes_ =
      tree && document_.takesClasses() ? offeredNodes(*tree, classes) : std::vector<OfferedNode>();
  setFixedWidth(nodes_.empty() ? plainWidth : widthWithWays);
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
    for (std::size_t i = 0; i < nodes_.size() && list_->count() < mostMatches; ++i) {
      const QString name = QString::fromStdString(nodes_[i].name);
      const bool begins = name.startsWith(typed, Qt::CaseInsensitive);
      if (begins != beginning || !name.contains(typed, Qt::CaseInsensitive)) continue;
      const QString way = QString::fromStdString(nodes_[i].way);
      auto* item = new QListWidgetItem(
          swatch(Qt::transparent),
          way.isEmpty() ? name : tr("%1 (%2)", "a class and those above it").arg(name, way), list_);
      item->setData(Qt::UserRole, classes_ + static_cast<int>(i));
      item->setToolTip(tr("In the class tree, but no class of this dataset yet"));
      item->setSizeHint({100, rowHeight});
    }
  }
  list_->setCurrentRow(0);
  list_->setFixedHeight(std::max(1, list_->count()) * rowHeight);
  adjustSize();
}

void ClassFinder::take() {
  const QListWidgetItem* item = list_->currentItem();
  if (!item) return;
  int id = item->data(Qt::UserRole).toInt();
  leave();
  if (id >= classes_) {
    const OfferedNode& node = nodes_[static_cast<std::size_t>(id - classes_)];
    id = document_.addClass(QString::fromStdString(node.name));
  }
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
