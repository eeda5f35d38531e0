// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <array>
#include <cstddef>
#include <memory>

#include "core/evaluate/average_precision.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright::ui {

/// What sort of verdict the list of boxes shows.
enum class FindingKind {
  All,
  Faults,
  Background,
  WrongClass,
  BadlyPlaced,
  Duplicate,
  Missed,
  Right,
};
inline constexpr std::size_t kFindingKinds = 8;

bool isOfKind(const JudgedBox& box, FindingKind kind);
bool isFault(const JudgedBox& box);
/// "Faults", "Missed", … for buttons.
QString kindText(FindingKind kind);
/// "missed", "wrong class", … for a box.
QString verdictText(Verdict verdict);

/// What a number stands for: the boxes that it counts.
struct FindingScope {
  enum class Of { Everything, Cell, Class, Point, Node };
  Of of = Of::Everything;
  int truth = 0, predicted = 0;  ///< of a cell; the number of classes is background
  int classId = 0;               ///< of a class, a point of its curve or a node with all within it
  double low = 0, high = 1;      ///< confidences of a point, both included
  std::shared_ptr<const ClassTree> tree = nullptr;  ///< of a node

  bool holds(const JudgedBox& box, std::size_t background) const;
  bool operator==(const FindingScope&) const = default;
};

/// Which boxes of two models that are compared: of one of them, or the faults that only one makes,
/// or both (then the first one's).
enum class FindingSide { First, Second, OnlyFirst, OnlySecond, Both };

enum class FindingOrder { SurestFirst, UnsurestFirst, BestPlacedFirst, WorstPlacedFirst };
QString orderText(FindingOrder order);
/// Whether `a` comes before `b`.
bool comesBefore(const JudgedBox& a, const JudgedBox& b, FindingOrder order);

}  // namespace boxwright::ui
