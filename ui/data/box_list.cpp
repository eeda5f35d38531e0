// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/box_list.h"

#include <algorithm>
#include <cmath>

#include "ui/dataset_document.h"

namespace boxwright::ui {
namespace {

/// Boxes are put in the ascending order of this.
double keyOf(const Box& box, BoxOrder order) {
  const double width = box.rect.width(), height = box.rect.height();
  switch (order) {
    case BoxOrder::Dataset:
      return 0;
    case BoxOrder::Smallest:
      return std::max(width, height);
    case BoxOrder::Largest:
      return -std::max(width, height);
    case BoxOrder::Widest:
      return height > 0 ? -width / height : -HUGE_VAL;
    case BoxOrder::Tallest:
      return height > 0 ? width / height : HUGE_VAL;
    case BoxOrder::Doubt:
    case BoxOrder::Loss:
      return 0;  // by the measure
    case BoxOrder::LeastSure:
      return static_cast<double>(box.score.value_or(0));
  }
  return 0;
}

}  // namespace

std::vector<BoxRef> listBoxes(const Dataset& dataset, const std::vector<int>& pictures,
                              const PictureFilter& filter, BoxOrder order,
                              const BoxMeasure& measure, const std::stop_token& stop) {
  const bool measured = order == BoxOrder::Doubt || order == BoxOrder::Loss;
  struct Keyed {
    double key;
    BoxRef box;
  };
  std::vector<Keyed> keyed;
  for (const int index : pictures) {
    if (stop.stop_requested()) break;
    const auto picture = static_cast<std::size_t>(index);
    if (picture >= dataset.pictures.size()) continue;
    const Picture& p = dataset.pictures[picture];
    for (const Box& box : p.annotation->boxes) {
      if (order == BoxOrder::LeastSure && !box.score) continue;
      if (!filter.matchesBox(box, p)) continue;
      double key = keyOf(box, order);
      if (measured) {
        const auto value = measure ? measure(picture, box) : std::nullopt;
        if (!value) continue;
        key = -*value;
      }
      keyed.push_back({key, {picture, box.id}});
    }
  }
  if (order != BoxOrder::Dataset) {
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
  }
  std::vector<BoxRef> boxes;
  boxes.reserve(keyed.size());
  for (const Keyed& one : keyed)
    boxes.push_back(one.box);
  return boxes;
}

BoxList::BoxList(DatasetDocument& document, QObject* parent)
    : QAbstractListModel(parent), document_(document) {
  connect(&document_, &DatasetDocument::reset, this, [this] { setBoxes({}); });
}

void BoxList::setBoxes(std::vector<BoxRef> boxes) {
  beginResetModel();
  boxes_ = std::move(boxes);
  endResetModel();
}

const Box* BoxList::box(int row) const {
  if (row < 0 || row >= rowCount()) return nullptr;
  const BoxRef& ref = at(row);
  if (ref.picture >= document_.dataset().pictures.size()) return nullptr;
  const std::vector<Box>& boxes = document_.dataset().pictures[ref.picture].annotation->boxes;
  const auto found =
      std::find_if(boxes.begin(), boxes.end(), [&](const Box& box) { return box.id == ref.id; });
  return found == boxes.end() ? nullptr : &*found;
}

const ClassPalette& BoxList::palette() const {
  return document_.palette();
}

QString BoxList::className(int classId) const {
  const ClassNames& names = document_.dataset().classes;
  const auto id = static_cast<std::size_t>(classId);
  return classId >= 0 && id < names.size() ? QString::fromStdString(names[id])
                                           : QString::number(classId);
}

int BoxList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(boxes_.size());
}

QVariant BoxList::data(const QModelIndex& index, int role) const {
  const Box* found = box(index.row());
  if (!found) return {};
  const QString size = tr("%1 \u00d7 %2")
                           .arg(std::lround(found->rect.width()))
                           .arg(std::lround(found->rect.height()));
  if (role == Qt::DisplayRole) return tr("%1  %2").arg(className(found->classId), size);
  if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole) {
    const QString text =
        tr("%1, %2 px, in %3")
            .arg(
                className(found->classId), size,
                QString::fromStdString(document_.dataset().pictures[at(index.row()).picture].path));
    return found->score ? tr("%1, score %2").arg(text).arg(static_cast<double>(*found->score))
                        : text;
  }
  return {};
}

}  // namespace boxwright::ui
