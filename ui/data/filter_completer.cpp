// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/filter_completer.h"

#include <QAbstractItemView>
#include <QStringListModel>
#include <QStyledItemDelegate>
#include <algorithm>

#include "ui/data/filter_text.h"
#include "ui/dataset_document.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int listMilliseconds = 200;  ///< class names come in bursts while a dataset opens

/// Rows as high as those of the other lists.
class RowDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    return {QStyledItemDelegate::sizeHint(option, index).width(), metric::control};
  }
};

bool goesBefore(const QString& a, const QString& b) {
  return a.compare(b, Qt::CaseInsensitive) < 0;
}

}  // namespace

FilterCompleter::FilterCompleter(const DatasetDocument& document, QObject* parent)
    : QCompleter(parent), document_(document), conditions_(new QStringListModel(this)) {
  setModel(conditions_);
  setModelSorting(CaseInsensitivelySortedModel);
  setCaseSensitivity(Qt::CaseInsensitive);
  popup()->setItemDelegate(new RowDelegate(popup()));
  listing_.setSingleShot(true);
  listing_.setInterval(listMilliseconds);
  connect(&listing_, &QTimer::timeout, this, &FilterCompleter::listConditions);
  const auto soon = [this] {
    if (!listing_.isActive()) listing_.start();
  };
  connect(&document, &DatasetDocument::reset, this, soon);
  connect(&document, &DatasetDocument::classesChanged, this, soon);
  connect(&document, &DatasetDocument::splitsChanged, this, soon);
  listConditions();
}

void FilterCompleter::listConditions() {
  QStringList all{
      QStringLiteral("name:"),     QStringLiteral("verified:yes"), QStringLiteral("verified:no"),
      QStringLiteral("problem:*"), QStringLiteral("boxes:0"),      QStringLiteral("boxes>"),
      QStringLiteral("size<"),     QStringLiteral("size>"),        QStringLiteral("aspect>"),
      QStringLiteral("aspect<"),   QStringLiteral("score<"),       QStringLiteral("score>"),
      QStringLiteral("width<"),    QStringLiteral("width>"),       QStringLiteral("height<"),
      QStringLiteral("height>"),   QStringLiteral("doubt>"),       QStringLiteral("disagree>0")};
  for (const LabelState state :
       {LabelState::Labelled, LabelState::Negative, LabelState::Unlabelled}) {
    all << QStringLiteral("state:") + QString::fromLatin1(labelStateName(state));
  }
  for (const std::string& name : document_.dataset().classes)
    all << QStringLiteral("class:") + QString::fromStdString(name);
  for (const auto& split : document_.splits())
    all << QStringLiteral("split:") + QString::fromStdString(split.first);
  std::sort(all.begin(), all.end(), goesBefore);
  conditions_->setStringList(all);
}

QStringList FilterCompleter::splitPath(const QString& text) const {
  const QString term = text.mid(lastFilterTermAt(text)).remove(QLatin1Char('"'));
  const QStringList all = conditions_->stringList();
  // Between two terms nothing is proposed, and nothing for one that is whole.
  if (term.isEmpty() || std::binary_search(all.begin(), all.end(), term, goesBefore)) {
    return {QStringLiteral("\n")};
  }
  return {term};
}

QString FilterCompleter::pathFromIndex(const QModelIndex& index) const {
  const QString text = completionPrefix();
  const QString proposal = index.data(Qt::EditRole).toString();
  const qsizetype colon = proposal.indexOf(QLatin1Char(':'));
  return text.left(lastFilterTermAt(text)) +
         (colon < 0 ? proposal : filterCondition(proposal.left(colon), proposal.mid(colon + 1)));
}

}  // namespace boxwright::ui
