// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/class_bars.h"

#include <QAbstractListModel>
#include <QGuiApplication>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>

#include "ui/class_palette.h"
#include "ui/detect/detection_list.h"
#include "ui/number_text.h"
#include "ui/theme.h"

namespace boxwright::ui {

class ClassBars::Model : public QAbstractListModel {
 public:
  explicit Model(QObject* parent) : QAbstractListModel(parent) {}

  void set(std::vector<ScoredEvaluation> models) {
    beginResetModel();
    models_ = std::move(models);
    ids_.clear();
    // Of a tree those that are labelled: it may have thousands.
    const bool all = models_.empty() || !models_[0].evaluation->classTree;
    const std::size_t classes = models_.empty() ? 0 : models_[0].evaluation->names.size();
    for (std::size_t id = 0; id < classes; ++id)
      if (all || models_[0].score->result.classes[id].truths > 0)
        ids_.push_back(static_cast<int>(id));
    endResetModel();
  }
  const std::vector<ScoredEvaluation>& models() const { return models_; }
  int classAt(int row) const { return ids_[static_cast<std::size_t>(row)]; }

  /// Of a class in the first model, in model `m`; null where that does not know it.
  const ClassResult* result(std::size_t m, int classId) const {
    int id = classId;
    if (m > 0) {
      const std::string& name = models_[0].evaluation->names[static_cast<std::size_t>(classId)];
      id = classIdOf(models_[m].evaluation->names, name).value_or(-1);
    }
    return id < 0 ? nullptr : &models_[m].score->result.classes[static_cast<std::size_t>(id)];
  }

  int rowCount(const QModelIndex& parent = {}) const override {
    return parent.isValid() ? 0 : static_cast<int>(ids_.size());
  }
  QVariant data(const QModelIndex& index, int role) const override {
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole && role != Qt::ToolTipRole)
      return {};
    const int id = classAt(index.row());
    const QString name = classText(models_[0].evaluation->names, id);
    if (role == Qt::DisplayRole) return name;
    QStringList lines;
    for (std::size_t m = 0; m < models_.size(); ++m) {
      const ClassResult* own = result(m, id);
      if (!own) continue;
      QString line = tr("%1: average precision %2, precision %3, recall %4, %L5 boxes, %L6 found, "
                        "%L7 false")
                         .arg(name, own->ap ? numberText(*own->ap, 3) : tr("none"),
                              numberText(own->precision, 3), numberText(own->recall, 3))
                         .arg(own->truths)
                         .arg(own->truePositives)
                         .arg(own->falsePositives);
      if (models_.size() > 1)
        line = models_[m].evaluation->request.model + QStringLiteral("  ") + line;
      lines << line;
    }
    return lines.join(QLatin1Char('\n'));
  }

 private:
  std::vector<ScoredEvaluation> models_;
  std::vector<int> ids_;  ///< the class of each row
};

class ClassBars::Delegate : public QStyledItemDelegate {
 public:
  explicit Delegate(ClassBars& bars) : QStyledItemDelegate(&bars), bars_(bars) {}

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {120, bars_.model_->models().size() > 1 ? 36 : 28};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const ThemeColours& c = colours();
    const auto& models = bars_.model_->models();
    const int id = bars_.model_->classAt(index.row());
    const QColor colour = bars_.palette_(models[0].evaluation->shownClass(id));
    const QRect r = option.rect.adjusted(0, 1, 0, -1);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    const bool on = bars_.picked_ == id;
    if (on || (option.state & QStyle::State_MouseOver)) {
      painter->setBrush(on ? c.selection : c.hover);
      painter->drawRoundedRect(r, metric::radius, metric::radius);
    }
    painter->setBrush(colour);
    painter->drawRoundedRect(QRectF(r.left() + 8, r.center().y() - 4.5, 10, 10), 2, 2);
    const int numberWidth = 48;
    const int nameWidth = std::clamp(r.width() * 2 / 5, 48, 160);
    const QRect name(r.left() + 26, r.top(), nameWidth, r.height());
    const int barLeft = name.right() + 8, barRight = r.right() - 8 - numberWidth;
    const int lines = static_cast<int>(models.size());
    for (int m = 0; m < lines; ++m) {
      const ClassResult* own = bars_.model_->result(static_cast<std::size_t>(m), id);
      const QRect line(r.left(), r.top() + r.height() * m / lines, r.width(), r.height() / lines);
      const QRectF track(barLeft, line.center().y() - 2, std::max(8, barRight - barLeft), 6);
      painter->setPen(Qt::NoPen);
      painter->setBrush(c.line);
      painter->drawRoundedRect(track, 3, 3);
      QColor tone = colour;
      if (m > 0) tone.setAlpha(120);  // the second model in the paler tone
      if (own && own->ap && *own->ap > 0) {
        QRectF part = track;
        part.setWidth(std::max(3.0, track.width() * *own->ap));
        painter->setBrush(tone);
        painter->drawRoundedRect(part, 3, 3);
      }
      painter->setPen(m > 0 ? c.dim : c.text);
      painter->setFont(numberFont(lines > 1 ? TextSize::Small : TextSize::Body));
      painter->drawText(QRect(r.right() - 8 - numberWidth, line.top(), numberWidth, line.height()),
                        Qt::AlignRight | Qt::AlignVCenter,
                        own && own->ap ? numberText(*own->ap, 3) : QStringLiteral("\u2013"));
    }
    painter->setPen(c.text);
    painter->setFont(textFont(TextSize::Body, on));
    painter->drawText(
        name, Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, name.width()));
    if ((option.state & QStyle::State_HasFocus) && bars_.hasFocus()) {
      painter->setBrush(Qt::NoBrush);
      painter->setPen(QPen(c.accent, 2));
      painter->drawRoundedRect(QRectF(r).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
    }
    painter->restore();
  }

 private:
  ClassBars& bars_;
};

ClassBars::ClassBars(QWidget* parent) : QListView(parent), model_(new Model(this)) {
  setModel(model_);
  setItemDelegate(new Delegate(*this));
  setObjectName(QStringLiteral("classBars"));
  setAccessibleName(tr("Average precision of each class"));
  setUniformItemSizes(true);
  setFrameShape(QFrame::NoFrame);
  setMouseTracking(true);
  setSelectionMode(NoSelection);
  setEditTriggers(NoEditTriggers);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollMode(ScrollPerPixel);
  connect(this, &QListView::clicked, this,
          [this](const QModelIndex& index) { Q_EMIT picked(model_->classAt(index.row())); });
  connect(this, &QListView::activated, this, [this](const QModelIndex& index) {
    if (!QGuiApplication::mouseButtons()) Q_EMIT picked(model_->classAt(index.row()));
  });
  connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void ClassBars::setEvaluations(const std::vector<ScoredEvaluation>& models) {
  const int row = currentIndex().row();
  model_->set(models);
  if (row >= 0 && row < model_->rowCount()) setCurrentIndex(model_->index(row));
}

void ClassBars::setClassPalette(ClassPalette palette) {
  palette_ = std::move(palette);
  viewport()->update();
}

void ClassBars::setPicked(std::optional<int> classId) {
  picked_ = classId;
  viewport()->update();
}

}  // namespace boxwright::ui
