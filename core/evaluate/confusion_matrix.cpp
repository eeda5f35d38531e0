// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/confusion_matrix.h"

#include <algorithm>

#include "core/evaluate/detection_matching.h"
#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double kOverlap = 0.5;

}  // namespace

void addToConfusion(std::vector<std::vector<std::size_t>>& matrix, std::span<const Box> truths,
                    std::span<const Detection* const> detections,
                    const std::function<bool(const Box&)>& ignored) {
  const std::size_t background = matrix.size() - 1;
  std::vector<const Detection*> left(detections.begin(), detections.end());
  std::stable_sort(left.begin(), left.end(), [](const Detection* a, const Detection* b) {
    return a->confidence > b->confidence;
  });
  std::vector<bool> isIgnored(truths.size()), taken(truths.size());
  for (std::size_t t = 0; t < truths.size(); ++t)
    isIgnored[t] = ignored(truths[t]);

  // The truth a detection overlaps best among those that `fits` lets through.
  const auto bestFor = [&](const Detection& found, const auto& fits) {
    double best = kOverlap;
    std::size_t which = truths.size();
    for (std::size_t t = 0; t < truths.size(); ++t) {
      if (!fits(t)) continue;
      const double overlap = iou(found.rect, truths[t].rect);
      if (overlap > best || (overlap == best && which == truths.size())) {
        best = overlap;
        which = t;
      }
    }
    return which;
  };
  const auto matchAll = [&](const auto& wanted) {
    std::vector<const Detection*> rest;
    for (const Detection* found : left) {
      const std::size_t truth = bestFor(*found, [&](std::size_t t) {
        return !isIgnored[t] && !taken[t] && wanted(truths[t], *found);
      });
      if (truth == truths.size()) {
        rest.push_back(found);
        continue;
      }
      taken[truth] = true;
      ++matrix[truths[truth].classId][found->classId];
    }
    left = std::move(rest);
  };

  matchAll([](const Box& truth, const Detection& found) { return truth.classId == found.classId; });
  std::erase_if(left, [&](const Detection* found) {
    return std::any_of(truths.begin(), truths.end(), [&](const Box& truth) {
      if (truth.classId != found->classId || !ignored(truth)) return false;
      return (truth.crowd ? crowdOverlap(found->rect, truth.rect) : iou(found->rect, truth.rect)) >=
             kOverlap;
    });
  });
  matchAll([](const Box&, const Detection&) { return true; });
  for (const Detection* found : left)
    ++matrix[background][found->classId];
  for (std::size_t t = 0; t < truths.size(); ++t) {
    if (!isIgnored[t] && !taken[t]) ++matrix[truths[t].classId][background];
  }
}

}  // namespace boxwright
