// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/suspect_list.h"

#include <algorithm>

#include "ui/dataset_document.h"
#include "ui/detect/detection_list.h"
#include "ui/number_text.h"

namespace boxwright::ui {
namespace {

constexpr double mostShare = 0.05;  ///< of all boxes
constexpr std::size_t fewest = 12;  ///< where there are so many

}  // namespace

SuspectList::SuspectList(const DatasetDocument& document, QObject* parent)
    : CropList(parent), document_(document) {
  connect(&document_, &DatasetDocument::annotationsChanged, this, [this] {
    if (!suspects_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
  });
}

void SuspectList::setSuspects(const std::vector<SuspectLabel>& suspects,
                              std::shared_ptr<const Dataset> dataset) {
  beginResetModel();
  suspects_.clear();
  dataset_ = std::move(dataset);
  for (const SuspectLabel& suspect : suspects) {
    if (suspect.share > mostShare && suspects_.size() >= fewest) break;
    if (boxOf(suspect, *dataset_)) suspects_.push_back(suspect);
  }
  endResetModel();
}

const boxwright::Box* SuspectList::boxOf(const SuspectLabel& suspect,
                                         const Dataset& dataset) const {
  if (suspect.picture >= dataset.pictures.size()) return nullptr;
  const std::vector<boxwright::Box>& boxes = dataset.pictures[suspect.picture].annotation->boxes;
  const auto at = std::find_if(boxes.begin(), boxes.end(), [&suspect](const boxwright::Box& box) {
    return box.id == suspect.box;
  });
  return at == boxes.end() ? nullptr : &*at;
}

int SuspectList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(suspects_.size());
}

CropItem SuspectList::item(int row) const {
  const SuspectLabel& suspect = this->suspect(row);
  const boxwright::Box& then = *boxOf(suspect, *dataset_);
  const boxwright::Box* now = boxOf(suspect, document_.dataset());
  CropItem item;
  item.picture = static_cast<int>(suspect.picture);
  item.truth = then.rect;
  item.truthClass = then.classId;
  item.headline = tr("high loss");
  item.tone = Tone::Warn;
  item.detail = numberText(suspect.loss, 1);
  item.text = classText(dataset_->classes, then.classId);
  item.corrected = !now || now->rect != then.rect || now->classId != then.classId;
  return item;
}

QVariant SuspectList::data(const QModelIndex& index, int role) const {
  if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole && role != Qt::ToolTipRole)
    return {};
  const CropItem shown = item(index.row());
  const SuspectLabel& of = suspect(index.row());
  const std::string& path = dataset_->pictures[of.picture].path;
  QString text = tr("%1: its mean loss in the training was %2, in %3")
                     .arg(shown.text, numberText(of.loss, 2), QString::fromStdString(path));
  if (shown.corrected) text += tr("; it has been changed since");
  return text;
}

}  // namespace boxwright::ui
