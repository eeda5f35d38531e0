// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/shared_faults.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/base/random.h"

namespace boxwright {
namespace {

Box truthOf(std::uint32_t id, int classId, const Rect& rect) {
  Box box;
  box.id = id;
  box.classId = classId;
  box.rect = rect;
  return box;
}

TEST(SharedFaults, ByTruthAndByPlace) {
  PictureResult first, second;
  first.truths = {truthOf(5, 0, {0, 0, 10, 10}), truthOf(7, 0, {20, 0, 30, 10}),
                  truthOf(9, 1, {40, 0, 50, 10}), truthOf(11, 1, {60, 0, 70, 10})};
  second.truths = first.truths;
  for (Box& box : second.truths)
    box.classId = 1 - box.classId;  // the second model has the classes the other way round
  first.detections = {{{0, 0, 10, 10}, 0, 0.9F},      // right
                      {{40, 0, 50, 10}, 0, 0.8F},     // truth 9 taken for class 0
                      {{80, 80, 90, 90}, 0, 0.7F},    // nothing there
                      {{80, 20, 90, 30}, 1, 0.6F}};   // nothing there
  second.detections = {{{20, 0, 30, 10}, 1, 0.9F},    // truth 7: right
                       {{81, 80, 90, 90}, 1, 0.7F},   // the same nothing, of the same class
                       {{80, 20, 90, 30}, 1, 0.6F}};  // the other nothing, of another class
  const DetailedScore a = scoreInDetail({&first, 1}, 2), b = scoreInDetail({&second, 1}, 2);
  const std::vector<int> otherClass = {1, 0};
  const std::vector<bool> shared =
      sharedFaults({{&first, 1}, a.boxes}, {{&second, 1}, b.boxes}, otherClass);
  ASSERT_EQ(a.boxes.size(), shared.size());
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const JudgedBox& box = a.boxes[i];
    bool expected = false;
    if (box.verdict == Verdict::WrongClass) expected = true;  // the other missed it
    if (box.verdict == Verdict::Missed) expected = first.truths[*box.truth].id == 11;
    if (box.verdict == Verdict::Background) expected = box.predictedClass == 0;
    EXPECT_EQ(expected, shared[i]) << i;
  }
}

/// With itself every fault is shared and nothing else is; what both miss they miss together.
TEST(SharedFaults, AreSymmetricForTruths) {
  RandomStream random(4, "shared");
  std::vector<PictureResult> first(30), second(30);
  for (std::size_t p = 0; p < first.size(); ++p) {
    for (std::uint32_t id = 0; id < 6; ++id) {
      const double x = 30.0 * id;
      first[p].truths.push_back(truthOf(id, static_cast<int>(random.index(3)), {x, 0, x + 20, 20}));
    }
    second[p].truths = first[p].truths;
    for (auto* model : {&first[p], &second[p]}) {
      for (const Box& truth : first[p].truths) {
        if (random.uniform() < 0.6)
          model->detections.push_back(
              {truth.rect,
               random.uniform() < 0.8 ? truth.classId : static_cast<int>(random.index(3)), 0.5F});
      }
    }
  }
  const DetailedScore a = scoreInDetail(first, 3), b = scoreInDetail(second, 3);
  const std::vector<int> same = {0, 1, 2};
  const std::vector<bool> own = sharedFaults({first, a.boxes}, {first, a.boxes}, same);
  for (std::size_t i = 0; i < own.size(); ++i)
    EXPECT_EQ(own[i], a.boxes[i].verdict != Verdict::TruePositive);
  const auto missedByBoth = [](const DetailedScore& score, const std::vector<bool>& shared) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < shared.size(); ++i) {
      const Verdict verdict = score.boxes[i].verdict;
      if (shared[i] && (verdict == Verdict::Missed || verdict == Verdict::WrongClass)) ++count;
    }
    return count;
  };
  const std::size_t ab = missedByBoth(a, sharedFaults({first, a.boxes}, {second, b.boxes}, same));
  const std::size_t ba = missedByBoth(b, sharedFaults({second, b.boxes}, {first, a.boxes}, same));
  EXPECT_GT(ab, 10U);
  EXPECT_EQ(ab, ba);
}

}  // namespace
}  // namespace boxwright
