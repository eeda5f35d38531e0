// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/annotate/object_list.h"

#include <QAbstractListModel>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>
#include <vector>

#include "ui/annotate/inspector_rows.h"
#include "ui/annotate/label_editor.h"
#include "ui/class_palette.h"
#include "ui/theme.h"

namespace boxwright::ui {

class ObjectList::Model : public QAbstractListModel {
 public:
  Model(LabelEditor& editor, QObject* parent) : QAbstractListModel(parent), editor_(editor) {}

  /// True where there are other rows than before.
  bool take() {
    std::vector<std::uint32_t> ids;
    for (const boxwright::Box& box : editor_.boxes())
      ids.push_back(box.id);
    if (ids == ids_) {
      if (!ids_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
      return false;
    }
    beginResetModel();
    ids_ = std::move(ids);
    endResetModel();
    return true;
  }

  std::uint32_t idAt(int row) const { return ids_[static_cast<std::size_t>(row)]; }
  int rowOf(std::uint32_t id) const {
    const auto at = std::find(ids_.begin(), ids_.end(), id);
    return at == ids_.end() ? -1 : static_cast<int>(at - ids_.begin());
  }

  int rowCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : static_cast<int>(ids_.size());
  }

  QVariant data(const QModelIndex& index, int role) const override {
    const auto row = static_cast<std::size_t>(index.row());
    if (row >= editor_.boxes().size()) return {};
    const boxwright::Box& box = editor_.boxes()[row];
    const QString size =
        tr("%1 \u00d7 %2").arg(std::lround(box.rect.width())).arg(std::lround(box.rect.height()));
    switch (role) {
      case Qt::DisplayRole:
        return editor_.className(box.classId);
      case Qt::AccessibleTextRole:
        return tr("%1, %2 pixels, at %3, %4")
            .arg(editor_.className(box.classId), size)
            .arg(std::lround(box.rect.left))
            .arg(std::lround(box.rect.top));
      case RowDelegate::ColourRole:
        return editor_.palette()(box.classId);
      case RowDelegate::NumberRole:
        return size;
      default:
        return {};
    }
  }

 private:
  LabelEditor& editor_;
  std::vector<std::uint32_t> ids_;
};

ObjectList::ObjectList(LabelEditor& editor, QWidget* parent)
    : QListView(parent), editor_(editor), model_(new Model(editor, this)) {
  setModel(model_);
  setItemDelegate(new RowDelegate(this));
  setUniformItemSizes(true);
  setFrameShape(QFrame::NoFrame);
  setMouseTracking(true);
  setSelectionMode(ExtendedSelection);
  setEditTriggers(NoEditTriggers);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Boxes of this picture"));
  connect(&editor_, &LabelEditor::changed, this, &ObjectList::takeBoxes);
  connect(&editor_, &LabelEditor::selectionChanged, this, &ObjectList::showSelection);
  connect(selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &ObjectList::selectInEditor);
  connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

QSize ObjectList::sizeHint() const {
  return {200, 10 * RowDelegate::rowHeight};
}

QSize ObjectList::minimumSizeHint() const {
  return {120, 4 * RowDelegate::rowHeight};
}

void ObjectList::takeBoxes() {
  following_ = true;
  const bool other = model_->take();
  following_ = false;
  if (other) showSelection();
}

void ObjectList::showSelection() {
  if (following_) return;
  following_ = true;
  // Rows that follow each other as one range: thousands may be selected.
  QItemSelection selection;
  int first = -1, last = -1;
  for (int row = 0; row <= model_->rowCount(); ++row) {
    const bool on = row < model_->rowCount() && editor_.isSelected(model_->idAt(row));
    if (on && first < 0) first = row;
    if (!on && first >= 0) {
      selection.select(model_->index(first), model_->index(row - 1));
      first = -1;
    }
    if (on) last = row;
  }
  selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  if (editor_.selected().size() == 1 && last >= 0) {
    selectionModel()->setCurrentIndex(model_->index(last), QItemSelectionModel::NoUpdate);
    scrollTo(model_->index(last));
  }
  following_ = false;
}

void ObjectList::selectInEditor() {
  if (following_) return;
  following_ = true;
  std::vector<std::uint32_t> ids;
  for (const QItemSelectionRange& range : selectionModel()->selection()) {
    for (int row = range.top(); row <= range.bottom(); ++row)
      ids.push_back(model_->idAt(row));
  }
  editor_.select(std::move(ids));
  following_ = false;
}

void ObjectList::setHovered(std::optional<std::uint32_t> id) {
  const int row = id ? model_->rowOf(*id) : -1;
  if (row >= 0) scrollTo(model_->index(row));
}

void ObjectList::point(std::optional<std::uint32_t> id) {
  if (id == pointed_) return;
  pointed_ = id;
  Q_EMIT hovered(id);
}

void ObjectList::mouseMoveEvent(QMouseEvent* event) {
  QListView::mouseMoveEvent(event);
  const QModelIndex index = indexAt(event->position().toPoint());
  point(index.isValid() ? std::optional(model_->idAt(index.row())) : std::nullopt);
}

void ObjectList::leaveEvent(QEvent* event) {
  QListView::leaveEvent(event);
  point({});
}

}  // namespace boxwright::ui
