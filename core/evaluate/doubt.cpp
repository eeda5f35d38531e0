// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/doubt.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double samePlace = 0.5;
constexpr std::size_t placesThatCount = 3;

double doubtOf(double best, double next, double threshold) {
  if (best <= threshold) return best / threshold;
  return std::max((1 - best) / (1 - threshold), next / best);
}

}  // namespace

double pictureDoubt(std::span<const Detection> found, double threshold) {
  std::vector<double> doubts;
  std::vector<bool> counted(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (counted[i]) continue;
    double next = 0;
    for (std::size_t k = i + 1; k < found.size(); ++k) {
      if (counted[k] || found[k].classId == found[i].classId ||
          iou(found[k].rect, found[i].rect) < samePlace)
        continue;
      counted[k] = true;
      next = std::max(next, static_cast<double>(found[k].confidence));
    }
    doubts.push_back(doubtOf(static_cast<double>(found[i].confidence), next, threshold));
  }
  if (doubts.empty()) return 0;
  const std::size_t most = std::min(placesThatCount, doubts.size());
  std::partial_sort(doubts.begin(), doubts.begin() + static_cast<std::ptrdiff_t>(most),
                    doubts.end(), std::greater<>());
  return std::accumulate(doubts.begin(), doubts.begin() + static_cast<std::ptrdiff_t>(most), 0.0) /
         static_cast<double>(most);
}

double labelDoubt(const Box& label, std::span<const Detection> found) {
  double own = 0, other = 0;
  for (const Detection& find : found) {
    if (iou(find.rect, label.rect) < samePlace) continue;
    double& best = find.classId == label.classId ? own : other;
    best = std::max(best, static_cast<double>(find.confidence));
  }
  return 1 - std::max(0.0, own - other);
}

std::size_t disagreement(std::span<const Box> labels, std::span<const Detection> found,
                         double threshold) {
  std::vector<bool> taken(labels.size());
  // The free label that a find overlaps best.
  const auto match = [&](const Detection& find, bool sameClass) {
    double best = 0;
    std::size_t at = labels.size();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (taken[i] || (sameClass && labels[i].classId != find.classId)) continue;
      const double overlap = iou(labels[i].rect, find.rect);
      if (overlap < samePlace || overlap <= best) continue;
      best = overlap;
      at = i;
    }
    if (at == labels.size()) return false;
    taken[at] = true;
    return true;
  };
  std::vector<Detection> unmatched;
  for (const Detection& find : found) {
    if (static_cast<double>(find.confidence) > threshold && !match(find, true))
      unmatched.push_back(find);
  }
  for (const Detection& find : unmatched)
    match(find, false);
  std::size_t count = unmatched.size();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!taken[i] && !labels[i].difficult && !labels[i].crowd) ++count;
  }
  return count;
}

}  // namespace boxwright
