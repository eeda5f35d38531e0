// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/class_panel.h"

#include <QAbstractListModel>
#include <QAction>
#include <QLineEdit>
#include <QLocale>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>
#include <vector>

#include "ui/annotate/inspector_rows.h"
#include "ui/annotate/label_editor.h"
#include "ui/class_palette.h"
#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {

class ClassPanel::Model : public QAbstractListModel {
 public:
  Model(LabelEditor& editor, std::vector<QAction*> actions, QObject* parent)
      : QAbstractListModel(parent), editor_(editor), actions_(std::move(actions)) {
    for (const QAction* action : actions_)
      connect(action, &QAction::changed, this, &Model::refresh);
  }

  /// `counts` has the boxes in the picture, by class.
  void set(std::vector<int> counts) {
    if (counts.size() != counts_.size()) {
      beginResetModel();
      counts_ = std::move(counts);
      endResetModel();
    } else {
      counts_ = std::move(counts);
      refresh();
    }
  }

  int rowCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : static_cast<int>(counts_.size());
  }

  QVariant data(const QModelIndex& index, int role) const override {
    const int id = index.row(), count = counts_[static_cast<std::size_t>(id)];
    switch (role) {
      case Qt::DisplayRole:
        return editor_.className(id);
      case Qt::AccessibleTextRole:
        return keyOf(id).isEmpty()
                   ? tr("%1: %L2 in the picture").arg(editor_.className(id)).arg(count)
                   : tr("%1: %L2 in the picture, key %3")
                         .arg(editor_.className(id))
                         .arg(count)
                         .arg(keyOf(id));
      case RowDelegate::ColourRole:
        return editor_.palette()(id);
      case RowDelegate::NumberRole:
        return count > 0 ? QLocale().toString(count) : QString();
      case RowDelegate::KeyRole:
        return keyOf(id);
      case RowDelegate::ChosenRole:
        return id == editor_.currentClass();
      default:
        return {};
    }
  }

 private:
  void refresh() {
    if (!counts_.empty()) Q_EMIT dataChanged(index(0), index(static_cast<int>(counts_.size()) - 1));
  }

  QString keyOf(int classId) const {
    const auto place = static_cast<std::size_t>(classId);
    return place < actions_.size() ? actions_[place]->shortcut().toString(QKeySequence::NativeText)
                                   : QString();
  }

  LabelEditor& editor_;
  std::vector<QAction*> actions_;
  std::vector<int> counts_;
};

/// As high as its rows, up to eight.
class ClassPanel::List : public QListView {
 public:
  using QListView::QListView;
  QSize sizeHint() const override {
    const int rows = std::clamp(model() ? model()->rowCount() : 0, 1, 8);
    return {200, rows * RowDelegate::rowHeight};
  }
  QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }
};

ClassPanel::ClassPanel(DatasetDocument& document, LabelEditor& editor,
                       const std::vector<QAction*>& actions, QWidget* parent)
    : QWidget(parent),
      document_(document),
      editor_(editor),
      model_(new Model(editor, actions, this)),
      list_(new List),
      newClass_(new QLineEdit) {
  list_->setModel(model_);
  list_->setItemDelegate(new RowDelegate(list_));
  list_->setUniformItemSizes(true);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setMouseTracking(true);
  list_->setSelectionMode(QAbstractItemView::NoSelection);
  list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  list_->setAccessibleName(tr("Classes"));
  newClass_->setPlaceholderText(tr("New class\u2026"));
  newClass_->setAccessibleName(tr("Name of a new class"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(list_);
  column->addWidget(newClass_);

  const auto choose = [this](const QModelIndex& index) { editor_.chooseClass(index.row()); };
  connect(list_, &QListView::clicked, this, choose);
  connect(list_, &QListView::activated, this, [choose](const QModelIndex& index) {
    if (!QGuiApplication::mouseButtons()) choose(index);
  });
  connect(newClass_, &QLineEdit::returnPressed, this, &ClassPanel::addClass);
  connect(&editor_, &LabelEditor::changed, this, &ClassPanel::refresh);
  connect(&editor_, &LabelEditor::classChanged, this, [this] {
    refresh();
    if (editor_.currentClass() >= 0) list_->scrollTo(model_->index(editor_.currentClass()));
  });
  connect(&document_, &DatasetDocument::editableChanged, this, &ClassPanel::refresh);
  connect(&Theme::instance(), &Theme::changed, list_->viewport(), qOverload<>(&QWidget::update));
  refresh();
}

void ClassPanel::refresh() {
  std::vector<int> counts(document_.dataset().classes.size());
  for (const Box& box : editor_.boxes()) {
    if (box.classId >= 0 && static_cast<std::size_t>(box.classId) < counts.size())
      ++counts[static_cast<std::size_t>(box.classId)];
  }
  const bool resized = static_cast<int>(counts.size()) != model_->rowCount();
  model_->set(std::move(counts));
  list_->setVisible(model_->rowCount() > 0);
  if (resized) list_->updateGeometry();
  newClass_->setVisible(document_.takesClasses());
}

void ClassPanel::addClass() {
  const int id = document_.addClass(newClass_->text());
  if (id >= 0) {
    newClass_->clear();
    editor_.setCurrentClass(id);
  } else if (!newClass_->text().trimmed().isEmpty()) {
    Q_EMIT editor_.told(
        tr("There is a class \u201c%1\u201d already").arg(newClass_->text().trimmed()));
  }
}

}  // namespace boxwright::ui
