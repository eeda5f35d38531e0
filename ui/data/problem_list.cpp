// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/problem_list.h"

#include <QAbstractListModel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <utility>

#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int rowHeight = 48;
enum Role { WhereRole = Qt::UserRole, SeverityRole };

}  // namespace

class ProblemList::Model : public QAbstractListModel {
 public:
  Model(const std::vector<Problem>& problems, QObject* parent)
      : QAbstractListModel(parent), problems_(problems) {}

  void restart() {
    beginResetModel();
    count_ = static_cast<int>(problems_.size());
    endResetModel();
  }
  void added(int first, int count) {
    if (count <= 0) return;
    beginInsertRows({}, first, first + count - 1);
    count_ = first + count;
    endInsertRows();
  }

  int rowCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : count_;
  }
  QVariant data(const QModelIndex& index, int role) const override {
    const auto row = static_cast<std::size_t>(index.row());
    if (row >= problems_.size()) return {};
    const Problem& problem = problems_[row];
    switch (role) {
      case Qt::DisplayRole:
        return QString::fromStdString(problem.what);
      case WhereRole: {
        QString where = QString::fromStdString(problem.file);
        if (problem.line > 0) where += QStringLiteral(":%1").arg(problem.line);
        return where;
      }
      case SeverityRole:
        return static_cast<int>(problem.severity);
      case Qt::ToolTipRole:
      case Qt::AccessibleTextRole:
        return tr("%1 \u2014 %2")
            .arg(data(index, Qt::DisplayRole).toString(), data(index, WhereRole).toString());
      default:
        return {};
    }
  }

 private:
  const std::vector<Problem>& problems_;
  int count_ = 0;
};

class ProblemList::Delegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {80, rowHeight};
  }
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const ThemeColours& c = colours();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect r = option.rect.adjusted(0, 1, 0, -1);
    const bool selected = option.state & QStyle::State_Selected;
    if (selected || (option.state & QStyle::State_MouseOver)) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(selected ? c.selection : c.hover);
      painter->drawRoundedRect(r, metric::radius, metric::radius);
    }
    const auto severity = static_cast<Severity>(index.data(SeverityRole).toInt());
    painter->setPen(Qt::NoPen);
    painter->setBrush(severity == Severity::Error     ? c.bad
                      : severity == Severity::Warning ? c.warn
                                                      : c.dim);
    painter->drawEllipse(QPointF(r.left() + 12, r.top() + 14), 3.5, 3.5);
    const QRect text = r.adjusted(24, 4, -8, -4);
    painter->setPen(c.text);
    painter->setFont(textFont());
    const QRect upper(text.left(), text.top(), text.width(), text.height() / 2);
    painter->drawText(
        upper, Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, upper.width()));
    painter->setPen(c.dim);
    painter->setFont(textFont(TextSize::Small));
    const QRect lower(text.left(), upper.bottom() + 1, text.width(), text.height() / 2);
    painter->drawText(lower, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(index.data(WhereRole).toString(),
                                                        Qt::ElideMiddle, lower.width()));
    if ((option.state & QStyle::State_HasFocus)) {
      painter->setBrush(Qt::NoBrush);
      painter->setPen(QPen(c.accent, 2));
      painter->drawRoundedRect(QRectF(r).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
    }
    painter->restore();
  }
};

ProblemList::ProblemList(DatasetDocument& document, QWidget* parent)
    : ProblemList(tr("Problems"), document.dataset().problems, parent) {
  connect(&document, &DatasetDocument::reset, this, [this] { model_->restart(); });
  connect(&document, &DatasetDocument::problemsAdded, this,
          [this](int first, int count) { model_->added(first, count); });
}

ProblemList::ProblemList(const QString& name, QWidget* parent) : ProblemList(name, own_, parent) {}

void ProblemList::setProblems(std::vector<Problem> problems) {
  own_ = std::move(problems);
  model_->restart();
}

ProblemList::ProblemList(const QString& name, const std::vector<Problem>& problems, QWidget* parent)
    : QListView(parent), model_(new Model(problems, this)) {
  setModel(model_);
  setItemDelegate(new Delegate(this));
  setUniformItemSizes(true);
  setFrameShape(QFrame::NoFrame);
  setMouseTracking(true);
  setSelectionMode(SingleSelection);
  setEditTriggers(NoEditTriggers);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollMode(ScrollPerPixel);
  setAccessibleName(name);
  setMinimumHeight(2 * rowHeight);
  const auto choose = [this](const QModelIndex& index) { Q_EMIT chosen(index.row()); };
  connect(this, &QListView::clicked, this, choose);
  connect(this, &QListView::activated, this, choose);
  connect(selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            if (index.isValid() && hasFocus()) Q_EMIT chosen(index.row());
          });
  connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

}  // namespace boxwright::ui
