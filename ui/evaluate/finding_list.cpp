// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/finding_list.h"

#include <algorithm>

#include "ui/detect/detection_list.h"
#include "ui/number_text.h"

namespace boxwright::ui {

namespace {

Tone toneOf(Verdict verdict) {
  if (verdict == Verdict::TruePositive) return Tone::Good;
  if (verdict == Verdict::Ignored) return Tone::Dim;
  return verdict == Verdict::Missed || verdict == Verdict::Background ? Tone::Bad : Tone::Warn;
}

}  // namespace

FindingList::FindingList(QObject* parent) : CropList(parent) {}

void FindingList::setEvaluations(std::vector<ScoredEvaluation> models) {
  models_ = std::move(models);
  list();
}

void FindingList::setScope(const FindingScope& scope) {
  scope_ = scope;
  list();
}

void FindingList::setKind(FindingKind kind) {
  if (kind == kind_) return;
  kind_ = kind;
  list();
}

void FindingList::setOrder(FindingOrder order) {
  if (order == order_) return;
  order_ = order;
  list();
}

void FindingList::forgetCorrected() {
  corrected_.clear();
  if (!rows_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void FindingList::noteCorrected(const std::vector<std::pair<int, bool>>& pictures) {
  bool changed = false;
  for (const auto& [picture, corrected] : pictures) {
    if (corrected == corrected_.contains(picture)) continue;
    changed = true;
    if (corrected)
      corrected_.insert(picture);
    else
      corrected_.remove(picture);
  }
  if (changed && !rows_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void FindingList::setSide(FindingSide side) {
  if (side == side_) return;
  side_ = side;
  list();
}

bool FindingList::isOfSide(std::size_t box) const {
  if (side_ == FindingSide::First || side_ == FindingSide::Second) return true;
  const ScoredEvaluation& model = listed();
  if (!isFault(model.box(box)) || box >= model.shared.size()) return false;
  return model.shared[box] == (side_ == FindingSide::Both);
}

void FindingList::list() {
  beginResetModel();
  rows_.clear();
  counts_.fill(0);
  if (model() < models_.size()) {
    const std::vector<JudgedBox>& boxes = listed().score->boxes;
    const std::size_t background = listed().evaluation->names.size();
    for (std::size_t b = 0; b < boxes.size(); ++b) {
      if (!scope_.holds(boxes[b], background) || !isOfSide(b)) continue;
      for (std::size_t kind = 0; kind < kFindingKinds; ++kind) {
        if (isOfKind(boxes[b], static_cast<FindingKind>(kind))) ++counts_[kind];
      }
      if (isOfKind(boxes[b], kind_)) rows_.push_back(static_cast<std::uint32_t>(b));
    }
    std::stable_sort(rows_.begin(), rows_.end(), [this, &boxes](std::uint32_t a, std::uint32_t c) {
      return comesBefore(boxes[a], boxes[c], order_);
    });
  }
  endResetModel();
  Q_EMIT countsChanged();
}

int FindingList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant FindingList::data(const QModelIndex& index, int role) const {
  if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole && role != Qt::ToolTipRole)
    return {};
  const ScoredEvaluation& model = listed();
  const JudgedBox& box = boxOf(index.row());
  QString text =
      verdictText(box.verdict) + QStringLiteral(": ") + findingText(*model.evaluation, box);
  if (box.iou > 0) text += tr(", IOU %1").arg(numberText(box.iou, 2));
  const Dataset& dataset = *model.evaluation->request.dataset;
  text += tr(", in %1").arg(QString::fromStdString(dataset.pictures[model.indexOf(box)].path));
  if (isCorrected(index.row())) text += tr("; its labels have been changed since");
  return text;
}

CropItem FindingList::item(int row) const {
  const Evaluation& evaluation = *listed().evaluation;
  const JudgedBox& box = boxOf(row);
  const PictureResult& picture = listed().pictureOf(box);
  CropItem item;
  item.picture = pictureOf(row);
  if (box.truth) {
    item.truth = picture.truths[*box.truth].rect;
    item.truthClass = evaluation.shownClass(box.truthClass);
  }
  if (box.detection) {
    item.found = picture.detections[*box.detection].rect;
    item.foundClass = evaluation.shownClass(box.predictedClass);
  }
  item.headline = verdictText(box.verdict);
  item.tone = toneOf(box.verdict);
  if (box.iou > 0) item.detail = tr("IOU %1").arg(numberText(box.iou, 2));
  item.text = findingText(evaluation, box);
  item.corrected = isCorrected(row);
  return item;
}

const JudgedBox& FindingList::boxOf(int row) const {
  return listed().box(rows_[static_cast<std::size_t>(row)]);
}

int FindingList::pictureOf(int row) const {
  return static_cast<int>(listed().indexOf(boxOf(row)));
}

QString findingText(const Evaluation& evaluation, const JudgedBox& box) {
  const auto name = [&evaluation](int id) { return classText(evaluation.names, id); };
  const QString sure = numberText(box.confidence, 2);
  if (!box.detection) return name(box.truthClass);
  if (box.verdict == Verdict::WrongClass) {
    return QStringLiteral("%1 \u2192 %2  %3")
        .arg(name(box.truthClass), name(box.predictedClass), sure);
  }
  return QStringLiteral("%1  %2").arg(name(box.predictedClass), sure);
}

}  // namespace boxwright::ui
