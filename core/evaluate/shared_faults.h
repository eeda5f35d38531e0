// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "core/evaluate/average_precision.h"

namespace boxwright {

/// What one model made of a picture and how it was judged.
struct JudgedModel {
  std::span<const PictureResult> pictures;
  std::span<const JudgedBox> boxes;  ///< of DetailedScore
};

/// For each of `own.boxes`: whether it is a fault that the other model makes as well. A truth that
/// was not found (missed, or taken for another class) is one where the other has not found it
/// either; a find where no free truth of its class is, where the other has such a find of the class
/// that overlaps it by .5 or more. Both saw the same pictures; truths are the same by their ids.
/// `otherClass`: the other's id of each class of the own model, -1 where it has none.
std::vector<bool> sharedFaults(const JudgedModel& own, const JudgedModel& other,
                               std::span<const int> otherClass);

}  // namespace boxwright
