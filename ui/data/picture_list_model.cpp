// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/picture_list_model.h"

#include <QElapsedTimer>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/dataset_document.h"
#include "ui/picture_doubts.h"
#include "ui/theme.h"

namespace boxwright::ui {
namespace {

constexpr int sliceMilliseconds = 6;
constexpr int refilterMilliseconds = 250;
constexpr int reorderMilliseconds = 1000;
constexpr int fewRows = 64;  ///< told one by one
constexpr float notAsked = std::numeric_limits<float>::quiet_NaN();

}  // namespace

QString stateText(LabelState state) {
  switch (state) {
    case LabelState::Labelled:
      return PictureListModel::tr("labelled");
    case LabelState::Negative:
      return PictureListModel::tr("negative");
    case LabelState::Unlabelled:
      return PictureListModel::tr("unlabelled");
  }
  return {};
}

QString picturesText(std::size_t count) {
  return count == 1 ? PictureListModel::tr("1 picture")
                    : PictureListModel::tr("%L1 pictures").arg(static_cast<qulonglong>(count));
}

QString shownText(int shown, int all) {
  const QString whole = picturesText(static_cast<std::size_t>(all));
  return shown == all ? whole : PictureListModel::tr("%L1 of %2").arg(shown).arg(whole);
}

QString PictureListModel::classText(const Annotation& annotation) const {
  QStringList names;
  for (const int id : annotation.imageClasses) {
    const ClassNames& classes = document_.dataset().classes;
    if (id >= 0 && static_cast<std::size_t>(id) < classes.size())
      names << QString::fromStdString(classes[static_cast<std::size_t>(id)]);
  }
  return names.join(QStringLiteral(", "));
}

void PictureListModel::showKind() {
  const DatasetStatistics& statistics = document_.statistics();
  const bool classes = statistics.boxes == 0 && statistics.classesOnly > 0;
  if (classes == showsClasses_) return;
  showsClasses_ = classes;
  Q_EMIT headerDataChanged(Qt::Horizontal, Boxes, Boxes);
}

PictureListModel::PictureListModel(DatasetDocument& document, QObject* parent)
    : QAbstractTableModel(parent), document_(document) {
  scanner_.setInterval(0);
  connect(&scanner_, &QTimer::timeout, this, &PictureListModel::scan);
  refilter_.setSingleShot(true);
  refilter_.setInterval(refilterMilliseconds);
  connect(&refilter_, &QTimer::timeout, this, &PictureListModel::restart);
  reorder_.setSingleShot(true);
  reorder_.setInterval(reorderMilliseconds);
  connect(&reorder_, &QTimer::timeout, this, &PictureListModel::orderAnew);

  connect(&document_, &DatasetDocument::reset, this, &PictureListModel::orderAnew);
  connect(&document_, &DatasetDocument::picturesAdded, this, [this] { scanner_.start(); });
  connect(&document_, &DatasetDocument::annotationsChanged, this, [this](int first, int count) {
    showKind();
    followTrash(first, count);
    if (filter_.needsAnnotations()) {
      if (!refilter_.isActive()) refilter_.start();
      return;
    }
    if (rows_.empty()) return;
    if (order_ == PictureOrder::Dataset || count > fewRows) {
      const bool all = order_ != PictureOrder::Dataset;
      const int from = all ? 0 : placeOf(first), to = all ? rowCount() : placeOf(first + count);
      if (from < to) Q_EMIT dataChanged(index(from, 0), index(to - 1, ColumnCount - 1));
      return;
    }
    for (int picture = first; picture < first + count; ++picture) {
      const int row = rowOf(picture);
      if (row >= 0) Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
  });
  connect(&document_, &DatasetDocument::classesChanged, this, [this] {
    if (!filter_.isEmpty() && !refilter_.isActive()) refilter_.start();
  });
  connect(&document_, &DatasetDocument::problemsPlaced, this, [this] {
    if (filter_.needsProblems() && !refilter_.isActive()) refilter_.start();
  });
  connect(&document_, &DatasetDocument::splitsChanged, this, [this] {
    if (filter_.needsSplits()) {
      refilter_.start();
    } else if (!rows_.empty()) {
      Q_EMIT dataChanged(index(0, Split), index(rowCount() - 1, Split));
    }
  });
}

void PictureListModel::setDoubts(const PictureDoubts& doubts) {
  doubts_ = &doubts;
  connect(doubts_, &PictureDoubts::changed, this, [this] {
    if (order_ != PictureOrder::Dataset) {
      if (!reorder_.isActive()) reorder_.start();
    } else if (filter_.needsDoubts() && !refilter_.isActive()) {
      refilter_.start();
    }
  });
}

void PictureListModel::setOrder(PictureOrder order) {
  if (order == order_) return;
  order_ = order;
  orderAnew();
}

void PictureListModel::setFilter(const QString& text) {
  if (text == text_) return;
  text_ = text;
  orderAnew();
}

void PictureListModel::orderAnew() {
  reorder_.stop();
  keys_.clear();
  restart();
}

float PictureListModel::keyOf(int picture) const {
  const auto at = static_cast<std::size_t>(picture);
  if (at >= keys_.size())
    keys_.resize(std::max(at + 1, document_.dataset().pictures.size()), notAsked);
  float& key = keys_[at];
  if (!std::isnan(key)) return key;
  key = 1;  // behind all that is known
  if (!doubts_ || picture >= document_.pictureCount()) return key;
  if (order_ == PictureOrder::Doubt) {
    if (const auto doubt = doubts_->doubt(picture)) key = -*doubt;
  } else if (const auto count = doubts_->disagreement(picture)) {
    key = static_cast<float>(-*count);
  }
  return key;
}

bool PictureListModel::comesBefore(int a, int b) const {
  if (order_ == PictureOrder::Dataset) return a < b;
  const float one = keyOf(a), other = keyOf(b);
  return one != other ? one < other : a < b;
}

bool PictureListModel::isComplete() const {
  return scanned_ >= document_.pictureCount();
}

void PictureListModel::restart() {
  refilter_.stop();
  beginResetModel();
  filter_ = PictureFilter(text_, document_.dataset().classes);
  rows_.clear();
  gathered_.clear();
  trashed_.clear();
  scanned_ = 0;
  endResetModel();
  showKind();
  scan();  // the first slice at once: no empty flash
  Q_EMIT countChanged();
}

void PictureListModel::scan() {
  QElapsedTimer clock;
  clock.start();
  const int count = document_.pictureCount();
  std::vector<int> found;
  while (scanned_ < count) {
    // A doubt takes as long as hundreds of other filters.
    const bool slow = order_ != PictureOrder::Dataset || filter_.needsDoubts();
    const int end = std::min(count, scanned_ + (slow ? 4 : 256));
    for (; scanned_ < end; ++scanned_) {
      if (document_.isTrashed(scanned_)) {
        trashed_.insert(scanned_);
      } else if (filter_.isEmpty() || filter_.matches(document_, scanned_, doubts_)) {
        found.push_back(scanned_);
        if (order_ != PictureOrder::Dataset) keyOf(scanned_);
      }
    }
    if (clock.elapsed() >= sliceMilliseconds) break;
  }
  if (order_ == PictureOrder::Dataset) {
    publish(std::move(found));
  } else {
    gathered_.insert(gathered_.end(), found.begin(), found.end());
    if (scanned_ >= count) {
      std::vector<int> all = std::exchange(gathered_, {});
      std::erase_if(all, [this](int picture) { return trashed_.contains(picture); });
      std::sort(all.begin(), all.end(), [this](int a, int b) { return comesBefore(a, b); });
      publish(std::move(all));
    }
  }
  if (scanned_ >= count) {
    scanner_.stop();
  } else {
    scanner_.start();
  }
  Q_EMIT countChanged();
}

void PictureListModel::publish(std::vector<int> found) {
  if (found.empty()) return;
  if (!rows_.empty() && comesBefore(found.front(), rows_.back())) {
    // More pictures than there were when the order was made.
    found.insert(found.end(), rows_.begin(), rows_.end());
    std::sort(found.begin(), found.end(), [this](int a, int b) { return comesBefore(a, b); });
    beginResetModel();
    rows_ = std::move(found);
    endResetModel();
    return;
  }
  const auto first = static_cast<int>(rows_.size());
  beginInsertRows({}, first, first + static_cast<int>(found.size()) - 1);
  rows_.insert(rows_.end(), found.begin(), found.end());
  endInsertRows();
}

void PictureListModel::followTrash(int first, int count) {
  bool changed = false;
  const int end = std::min(first + count, scanned_);
  for (int picture = first; picture < end; ++picture) {
    const bool trashed = document_.isTrashed(picture);
    if (trashed == trashed_.contains(picture)) continue;
    changed = true;
    const int row = placeOf(picture);
    if (!trashed) {
      trashed_.erase(picture);
      if (!filter_.isEmpty() && !filter_.matches(document_, picture, doubts_)) continue;
      if (order_ != PictureOrder::Dataset && !isComplete()) {
        gathered_.push_back(picture);
        continue;
      }
      beginInsertRows({}, row, row);
      rows_.insert(rows_.begin() + row, picture);
      endInsertRows();
      continue;
    }
    trashed_.insert(picture);
    if (rowOf(picture) < 0) continue;
    beginRemoveRows({}, row, row);
    rows_.erase(rows_.begin() + row);
    endRemoveRows();
  }
  if (changed) Q_EMIT countChanged();
}

int PictureListModel::pictureAt(int row) const {
  return row >= 0 && row < static_cast<int>(rows_.size()) ? rows_[static_cast<std::size_t>(row)]
                                                          : -1;
}

int PictureListModel::rowOf(int picture) const {
  if (picture < 0) return -1;
  const int place = placeOf(picture);
  return place < rowCount() && rows_[static_cast<std::size_t>(place)] == picture ? place : -1;
}

int PictureListModel::placeOf(int picture) const {
  if (picture < 0) return 0;
  const auto before = [this](int a, int b) { return comesBefore(a, b); };
  return static_cast<int>(std::lower_bound(rows_.begin(), rows_.end(), picture, before) -
                          rows_.begin());
}

int PictureListModel::nextThat(int row, bool (DatasetDocument::*wanted)(int) const) const {
  const auto begin = rows_.begin() + std::clamp(row + 1, 0, static_cast<int>(rows_.size()));
  const auto is = [&](int picture) { return (document_.*wanted)(picture); };
  auto found = std::find_if(begin, rows_.end(), is);
  if (found != rows_.end()) return *found;
  found = std::find_if(rows_.begin(), begin, is);
  return found != begin ? *found : -1;
}

int PictureListModel::nextUnlabelled(int row) const {
  return nextThat(row, &DatasetDocument::isUnlabelled);
}

int PictureListModel::nextUnverified(int row) const {
  return nextThat(row, &DatasetDocument::isUnverified);
}

int PictureListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int PictureListModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant PictureListModel::data(const QModelIndex& index, int role) const {
  const int picture = pictureAt(index.row());
  if (picture < 0 || picture >= document_.pictureCount()) return {};
  if (role == PictureRole) return picture;
  const Picture& p = document_.dataset().pictures[static_cast<std::size_t>(picture)];
  if (role == Qt::DisplayRole) {
    switch (index.column()) {
      case Name:
        return QString::fromStdString(p.path).section(QLatin1Char('/'), -1);
      case Boxes:
        return p.annotation->classesOnly() ? classText(*p.annotation)
               : p.annotation->boxes.empty()
                   ? QString()
                   : QLocale().toString(static_cast<qulonglong>(p.annotation->boxes.size()));
      case State:
        return stateText(p.annotation->state);
      case Split:
        return QString::fromStdString(document_.splitOf(picture));
      case Size:
        return p.width > 0 ? tr("%1 \u00d7 %2").arg(p.width).arg(p.height) : QString();
      default:
        return {};
    }
  }
  if (role == Qt::ToolTipRole && index.column() == Name) return QString::fromStdString(p.path);
  if (role == Qt::AccessibleTextRole && p.annotation->classesOnly()) {
    return tr("%1, %2, class %3")
        .arg(QString::fromStdString(p.path), stateText(p.annotation->state),
             classText(*p.annotation));
  }
  if (role == Qt::AccessibleTextRole) {
    return tr("%1, %2, %n boxes", nullptr, static_cast<int>(p.annotation->boxes.size()))
        .arg(QString::fromStdString(p.path), stateText(p.annotation->state));
  }
  const bool number =
      index.column() == Size || (index.column() == Boxes && !p.annotation->classesOnly());
  if (role == Qt::TextAlignmentRole && number) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::FontRole && number) return numberFont();
  if (role == Qt::ForegroundRole && index.column() != Name) return colours().dim;
  return {};
}

QVariant PictureListModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) {
    const bool number = section == Size || (section == Boxes && !showsClasses_);
    return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Name:
      return tr("Name");
    case Boxes:
      return showsClasses_ ? tr("Class") : tr("Boxes");
    case State:
      return tr("State");
    case Split:
      return tr("Split");
    case Size:
      return tr("Pixels");
    default:
      return {};
  }
}

}  // namespace boxwright::ui
