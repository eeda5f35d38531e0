// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/count_list.h"

#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>

#include "ui/data/filter_text.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int rowHeight = 28;
enum Role { RowRole = Qt::UserRole };

}  // namespace

class CountList::Model : public QAbstractListModel {
 public:
  explicit Model(QObject* parent) : QAbstractListModel(parent) {}

  void setRows(std::vector<CountRow> rows) {
    if (rows == rows_) return;
    const bool sameCount = rows.size() == rows_.size();
    if (!sameCount) beginResetModel();
    rows_ = std::move(rows);
    largest_ = 1;
    for (const CountRow& row : rows_)
      largest_ = std::max(largest_, row.count);
    if (!sameCount) {
      endResetModel();
    } else if (!rows_.empty()) {
      Q_EMIT dataChanged(index(0), index(static_cast<int>(rows_.size()) - 1));
    }
  }
  const std::vector<CountRow>& rows() const { return rows_; }
  qulonglong largest() const { return largest_; }

  int rowCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
  }
  QVariant data(const QModelIndex& index, int role) const override {
    const CountRow& row = rows_[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole) return row.name;
    if (role == Qt::AccessibleTextRole) return tr("%1: %L2").arg(row.name).arg(row.count);
    if (role == Qt::ToolTipRole) {
      return tr("%1: %L2. Click to see only these.").arg(row.name).arg(row.count);
    }
    return {};
  }

 private:
  std::vector<CountRow> rows_;
  qulonglong largest_ = 1;
};

class CountList::Delegate : public QStyledItemDelegate {
 public:
  explicit Delegate(CountList& list) : QStyledItemDelegate(&list), list_(list) {}

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {80, rowHeight};
  }
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const ThemeColours& c = colours();
    const CountRow& row = list_.model_->rows()[static_cast<std::size_t>(index.row())];
    const bool on = filterHolds(list_.filter_, row.key, row.value);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect r = option.rect.adjusted(0, 1, 0, -1);
    if (on || (option.state & QStyle::State_MouseOver)) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(on ? c.selection : c.hover);
      painter->drawRoundedRect(r, metric::radius, metric::radius);
    }
    int left = r.left() + 8;
    if (row.colour) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(*row.colour);
      painter->drawRoundedRect(QRectF(left, r.center().y() - 4.5, 10, 10), 2, 2);
      left += 18;
    }
    const int barWidth = std::clamp(r.width() / 4, 40, 96);
    const int countWidth = 64;
    const QRect bar(r.right() - 8 - barWidth, r.center().y() - 2, barWidth, 5);
    const QRect count(bar.left() - 8 - countWidth, r.top(), countWidth, r.height());
    const QRect name(left, r.top(), count.left() - left, r.height());
    painter->setPen(Qt::NoPen);
    painter->setBrush(c.line);
    painter->drawRoundedRect(bar, 2.5, 2.5);
    if (row.count > 0) {
      QRectF part = bar;
      part.setWidth(
          std::max(3.0, bar.width() * double(row.count) / double(list_.model_->largest())));
      painter->setBrush(row.colour ? *row.colour : c.dim);
      painter->drawRoundedRect(part, 2.5, 2.5);
    }
    painter->setPen(c.dim);
    painter->setFont(numberFont());
    painter->drawText(count, Qt::AlignRight | Qt::AlignVCenter, QLocale().toString(row.count));
    painter->setPen(c.text);
    painter->setFont(textFont(TextSize::Body, on));
    painter->drawText(
        name, Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(row.name, Qt::ElideRight, name.width() - 4));
    if ((option.state & QStyle::State_HasFocus) && list_.hasFocus()) {
      painter->setBrush(Qt::NoBrush);
      painter->setPen(QPen(c.accent, 2));
      painter->drawRoundedRect(QRectF(r).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
    }
    painter->restore();
  }

 private:
  CountList& list_;
};

CountList::CountList(const QString& accessibleName, QWidget* parent)
    : QListView(parent), model_(new Model(this)) {
  setModel(model_);
  setItemDelegate(new Delegate(*this));
  setUniformItemSizes(true);
  setFrameShape(QFrame::NoFrame);
  setMouseTracking(true);
  setSelectionMode(NoSelection);
  setEditTriggers(NoEditTriggers);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollMode(ScrollPerPixel);
  setAccessibleName(accessibleName);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  const auto toggle = [this](const QModelIndex& index) {
    const CountRow row = model_->rows()[static_cast<std::size_t>(index.row())];
    if (!row.key.isEmpty()) Q_EMIT toggled(row.key, row.value);
  };
  connect(this, &QListView::clicked, this, toggle);
  connect(this, &QListView::activated, this, [toggle](const QModelIndex& index) {
    if (!QGuiApplication::mouseButtons()) toggle(index);
  });
  connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void CountList::setRows(std::vector<CountRow> rows) {
  const bool resized = rows.size() != model_->rows().size();
  model_->setRows(std::move(rows));
  if (resized) updateGeometry();
}

const std::vector<CountRow>& CountList::rows() const {
  return model_->rows();
}

void CountList::setFilterText(const QString& text) {
  filter_ = text;
  viewport()->update();
}

void CountList::setMostRows(int rows) {
  mostRows_ = rows;
  updateGeometry();
}

QSize CountList::sizeHint() const {
  const int count = std::clamp(model_->rowCount(), 1, mostRows_);
  return {240, count * rowHeight};
}

QSize CountList::minimumSizeHint() const {
  return {160, sizeHint().height()};
}

}  // namespace boxwright::ui
