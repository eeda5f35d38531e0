// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/detection_matching.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr std::size_t kPerPicture = 100;  // COCO's limit a class

bool earlierPicture(const ClassCase::Truth& truth, std::size_t picture) {
  return truth.picture < picture;
}

bool isOutside(double area, const AreaRange& range) {
  return area < range.least || area > range.most;
}

}  // namespace

double crowdOverlap(const Rect& found, const Rect& crowd) {
  const double width = std::min(found.right, crowd.right) - std::max(found.left, crowd.left);
  const double height = std::min(found.bottom, crowd.bottom) - std::max(found.top, crowd.top);
  if (width <= 0 || height <= 0) return 0;
  return width * height / found.area();
}

RankedMarks matchVoc(const ClassCase& boxes, double threshold) {
  RankedMarks result;
  for (const ClassCase::Truth& truth : boxes.truths)
    result.truths += truth.box->difficult ? 0 : 1;
  result.detections = boxes.detections;
  std::stable_sort(result.detections.begin(), result.detections.end(),
                   [](const ClassCase::Found& a, const ClassCase::Found& b) {
                     return a.detection->confidence > b.detection->confidence;
                   });
  std::vector<bool> taken(boxes.truths.size());
  for (const ClassCase::Found& found : result.detections) {
    double best = 0;
    std::size_t which = boxes.truths.size();
    auto truth =
        std::lower_bound(boxes.truths.begin(), boxes.truths.end(), found.picture, earlierPicture);
    for (; truth != boxes.truths.end() && truth->picture == found.picture; ++truth) {
      const double overlap = iou(found.detection->rect, truth->box->rect);
      if (overlap > best) {
        best = overlap;
        which = static_cast<std::size_t>(truth - boxes.truths.begin());
      }
    }
    Mark mark = Mark::FalsePositive;
    if (which < boxes.truths.size() && best >= threshold) {
      if (boxes.truths[which].box->difficult) {
        mark = Mark::Ignored;
      } else if (!taken[which]) {
        mark = Mark::TruePositive;
        taken[which] = true;
      }
    }
    result.marks.push_back(mark);
    result.matched.push_back(mark == Mark::FalsePositive ? nullptr : boxes.truths[which].box);
  }
  return result;
}

CocoMatcher::CocoMatcher(const ClassCase& boxes) : truths_(boxes.truths) {
  for (const ClassCase::Truth& truth : truths_) {
    truthAreas_.push_back(truth.box->area.value_or(truth.box->rect.area()));
  }
  std::vector<ClassCase::Found> sorted = boxes.detections;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const ClassCase::Found& a, const ClassCase::Found& b) {
                     if (a.picture != b.picture) return a.picture < b.picture;
                     return a.detection->confidence > b.detection->confidence;
                   });
  for (std::size_t d = 0; d < sorted.size();) {
    const std::size_t picture = sorted[d].picture;
    Group group;
    const auto truth = std::lower_bound(truths_.begin(), truths_.end(), picture, earlierPicture);
    group.firstTruth = static_cast<std::size_t>(truth - truths_.begin());
    while (group.firstTruth + group.truths < truths_.size() &&
           truths_[group.firstTruth + group.truths].picture == picture) {
      ++group.truths;
    }
    group.firstDetection = kept_.size();
    group.firstOverlap = overlaps_.size();
    for (; d < sorted.size() && sorted[d].picture == picture; ++d) {
      if (group.detections == kPerPicture) continue;
      ++group.detections;
      kept_.push_back(sorted[d]);
      for (std::size_t t = 0; t < group.truths; ++t) {
        const Rect& found = sorted[d].detection->rect;
        const Box& box = *truths_[group.firstTruth + t].box;
        overlaps_.push_back(box.crowd ? crowdOverlap(found, box.rect) : iou(found, box.rect));
      }
    }
    groups_.push_back(group);
  }
  rank_.resize(kept_.size());
  std::iota(rank_.begin(), rank_.end(), std::size_t(0));
  std::stable_sort(rank_.begin(), rank_.end(), [this](std::size_t a, std::size_t b) {
    return kept_[a].detection->confidence > kept_[b].detection->confidence;
  });
}

RankedMarks CocoMatcher::match(double threshold, const AreaRange& range) const {
  std::vector<bool> ignored(truths_.size());
  RankedMarks result;
  for (std::size_t t = 0; t < truths_.size(); ++t) {
    ignored[t] = truths_[t].box->crowd || isOutside(truthAreas_[t], range);
    if (!ignored[t]) ++result.truths;
  }
  const double least = std::min(threshold, 1 - 1e-10);
  std::vector<Mark> marks(kept_.size(), Mark::FalsePositive);
  std::vector<const Box*> matched(kept_.size());
  std::vector<bool> taken(truths_.size());
  for (const Group& group : groups_) {
    for (std::size_t d = 0; d < group.detections; ++d) {
      const double* row = overlaps_.data() + group.firstOverlap + d * group.truths;
      // The counted truths first; only where none fits the ignored ones. The last of equals wins.
      std::size_t match = truths_.size();
      for (const bool wantIgnored : {false, true}) {
        double best = least;
        for (std::size_t t = 0; t < group.truths; ++t) {
          const std::size_t truth = group.firstTruth + t;
          if (ignored[truth] != wantIgnored || row[t] < best) continue;
          if (taken[truth] && !truths_[truth].box->crowd) continue;
          best = row[t];
          match = truth;
        }
        if (match < truths_.size()) break;
      }
      const std::size_t index = group.firstDetection + d;
      if (match < truths_.size()) {
        taken[match] = true;
        matched[index] = truths_[match].box;
        marks[index] = ignored[match] ? Mark::Ignored : Mark::TruePositive;
      } else if (isOutside(kept_[index].detection->rect.area(), range)) {
        marks[index] = Mark::Ignored;
      }
    }
  }
  result.marks.reserve(rank_.size());
  result.matched.reserve(rank_.size());
  result.detections.reserve(rank_.size());
  for (const std::size_t index : rank_) {
    result.marks.push_back(marks[index]);
    result.matched.push_back(matched[index]);
    result.detections.push_back(kept_[index]);
  }
  return result;
}

}  // namespace boxwright
