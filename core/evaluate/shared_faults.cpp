// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/shared_faults.h"

#include <algorithm>
#include <unordered_set>

#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double kSameFind = 0.5;

bool isFalseFind(const JudgedBox& box) {
  return box.verdict == Verdict::Background || box.verdict == Verdict::WrongClass ||
         box.verdict == Verdict::BadlyPlaced || box.verdict == Verdict::Duplicate;
}

/// Of one model in one picture.
struct Outcome {
  std::unordered_set<std::uint32_t> found;  ///< ids of truths
  std::vector<const Detection*> falseFinds;
};

std::vector<Outcome> outcomesOf(const JudgedModel& model) {
  std::vector<Outcome> outcomes(model.pictures.size());
  for (const JudgedBox& box : model.boxes) {
    const PictureResult& picture = model.pictures[box.picture];
    if (box.verdict == Verdict::TruePositive) {
      outcomes[box.picture].found.insert(picture.truths[*box.truth].id);
    } else if (isFalseFind(box)) {
      outcomes[box.picture].falseFinds.push_back(&picture.detections[*box.detection]);
    }
  }
  return outcomes;
}

}  // namespace

std::vector<bool> sharedFaults(const JudgedModel& own, const JudgedModel& other,
                               std::span<const int> otherClass) {
  const std::vector<Outcome> outcomes = outcomesOf(other);
  std::vector<bool> shared;
  shared.reserve(own.boxes.size());
  for (const JudgedBox& box : own.boxes) {
    bool both = false;
    if (box.picture < outcomes.size()) {
      const PictureResult& picture = own.pictures[box.picture];
      const Outcome& theirs = outcomes[box.picture];
      if (box.verdict == Verdict::Missed || box.verdict == Verdict::WrongClass) {
        both = !theirs.found.contains(picture.truths[*box.truth].id);
      } else if (isFalseFind(box)) {
        const Detection& found = picture.detections[*box.detection];
        const int classId = otherClass[static_cast<std::size_t>(found.classId)];
        both = std::any_of(
            theirs.falseFinds.begin(), theirs.falseFinds.end(), [&](const Detection* their) {
              return their->classId == classId && iou(their->rect, found.rect) >= kSameFind;
            });
      }
    }
    shared.push_back(both);
  }
  return shared;
}

}  // namespace boxwright
