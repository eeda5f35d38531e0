// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/finding_filter.h"

#include <QObject>

#include "core/evaluate/verdicts.h"

namespace boxwright::ui {

bool isFault(const JudgedBox& box) {
  return box.verdict != Verdict::TruePositive && box.verdict != Verdict::Ignored;
}

bool isOfKind(const JudgedBox& box, FindingKind kind) {
  switch (kind) {
    case FindingKind::All:
      return true;
    case FindingKind::Faults:
      return isFault(box);
    case FindingKind::Background:
      return box.verdict == Verdict::Background;
    case FindingKind::WrongClass:
      return box.verdict == Verdict::WrongClass;
    case FindingKind::BadlyPlaced:
      return box.verdict == Verdict::BadlyPlaced;
    case FindingKind::Duplicate:
      return box.verdict == Verdict::Duplicate;
    case FindingKind::Missed:
      return box.verdict == Verdict::Missed;
    case FindingKind::Right:
      return box.verdict == Verdict::TruePositive;
  }
  return false;
}

QString kindText(FindingKind kind) {
  switch (kind) {
    case FindingKind::All:
      return QObject::tr("All");
    case FindingKind::Faults:
      return QObject::tr("Faults");
    case FindingKind::Background:
      return QObject::tr("On background");
    case FindingKind::WrongClass:
      return QObject::tr("Wrong class");
    case FindingKind::BadlyPlaced:
      return QObject::tr("Badly placed");
    case FindingKind::Duplicate:
      return QObject::tr("Found twice");
    case FindingKind::Missed:
      return QObject::tr("Missed");
    case FindingKind::Right:
      return QObject::tr("Right");
  }
  return {};
}

QString verdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::TruePositive:
      return QObject::tr("right");
    case Verdict::Background:
      return QObject::tr("on background");
    case Verdict::WrongClass:
      return QObject::tr("wrong class");
    case Verdict::BadlyPlaced:
      return QObject::tr("badly placed");
    case Verdict::Duplicate:
      return QObject::tr("found twice");
    case Verdict::Missed:
      return QObject::tr("missed");
    case Verdict::Ignored:
      return QObject::tr("left out");
  }
  return {};
}

bool FindingScope::holds(const JudgedBox& box, std::size_t background) const {
  switch (of) {
    case Of::Everything:
      return true;
    case Of::Cell: {
      const auto cell = confusionCell(box, background);
      return cell && cell->first == static_cast<std::size_t>(truth) &&
             cell->second == static_cast<std::size_t>(predicted);
    }
    case Of::Class:
      return box.truthClass == classId || box.predictedClass == classId;
    case Of::Point:
      return box.detection && box.predictedClass == classId && double(box.confidence) >= low &&
             double(box.confidence) <= high;
    case Of::Node: {
      const auto within = [this](int id) { return id >= 0 && tree->isWithin(id, classId); };
      return within(box.truthClass) || within(box.predictedClass);
    }
  }
  return false;
}

QString orderText(FindingOrder order) {
  switch (order) {
    case FindingOrder::SurestFirst:
      return QObject::tr("Surest first");
    case FindingOrder::UnsurestFirst:
      return QObject::tr("Least sure first");
    case FindingOrder::BestPlacedFirst:
      return QObject::tr("Highest IOU first");
    case FindingOrder::WorstPlacedFirst:
      return QObject::tr("Lowest IOU first");
  }
  return {};
}

bool comesBefore(const JudgedBox& a, const JudgedBox& b, FindingOrder order) {
  switch (order) {
    case FindingOrder::SurestFirst:
      return a.confidence > b.confidence;
    case FindingOrder::UnsurestFirst:
      return a.confidence < b.confidence;
    case FindingOrder::BestPlacedFirst:
      return a.iou > b.iou;
    case FindingOrder::WorstPlacedFirst:
      return a.iou < b.iou;
  }
  return false;
}

}  // namespace boxwright::ui
