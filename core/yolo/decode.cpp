// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/decode.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "core/base/error.h"
#include "core/geometry/iou.h"
#include "core/yolo/activation.h"
#include "core/yolo/box_form.h"

namespace boxwright {

void checkHead(int anchors, int classes, bool classesPerCell, const RegionLayer& region) {
  const bool yolo = region.boxForm == BoxForm::Yolo;
  if (anchors == region.num && classes == region.classes && region.coords == 4 &&
      classesPerCell == yolo && (yolo || region.anchors.size() >= std::size_t(region.num))) {
    return;
  }
  throw Error("the head does not fit [region]",
              "head: " + std::to_string(anchors) + " anchors, " + std::to_string(classes) +
                  (classesPerCell ? " classes a cell" : " classes") + "; [region]: num=" +
                  std::to_string(region.num) + ", classes=" + std::to_string(region.classes) +
                  ", coords=" + std::to_string(region.coords) + ", " +
                  std::to_string(region.anchors.size()) + " anchors",
              "coords must be 4, and the layer before [region] needs num * (classes + 5) filters");
}

std::vector<Candidate> decodeRegion(const HeadView<float>& head, const RegionLayer& region, int b,
                                    double threshold) {
  checkHead(head, region);
  std::vector<Candidate> candidates;
  std::vector<float> probabilities(head.classes);
  const float cut = static_cast<float>(threshold);
  for (int n = 0; n < head.anchors; ++n) {
    for (int j = 0; j < head.height; ++j) {
      for (int i = 0; i < head.width; ++i) {
        const float objectness = region.background ? 1.0F : logistic(head.at(b, n, 4, j, i));
        if (!(objectness > cut)) continue;
        classProbabilities<float>(head, region, b, n, j, i, probabilities);
        Candidate candidate;
        for (int k = 0; k < head.classes; ++k) {
          const float confidence = objectness * probabilities[k];
          if (!(confidence > cut)) continue;
          if (candidate.confidence == 0) {  // the first class of this box: its rectangle
            const PlacedBox<double> box =
                placeBox<double>(region, {n, j, i, head.height, head.width},
                                 {head.at(b, n, 0, j, i), head.at(b, n, 1, j, i),
                                  head.at(b, n, 2, j, i), head.at(b, n, 3, j, i)});
            candidate.rect = rectFromCentre({box.x, box.y, box.w, box.h});
          }
          candidate.classId = k;
          candidate.confidence = confidence;
          candidates.push_back(candidate);
        }
      }
    }
  }
  return candidates;
}

std::vector<Candidate> suppress(std::vector<Candidate> candidates, double threshold,
                                std::size_t perClass) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return candidates[a].confidence > candidates[b].confidence;
  });
  int classes = 0;
  for (const Candidate& candidate : candidates)
    classes = std::max(classes, candidate.classId + 1);
  std::vector<std::vector<std::size_t>> keptOf(classes);
  std::vector<Candidate> result;
  for (const std::size_t index : order) {
    const Candidate& candidate = candidates[index];
    std::vector<std::size_t>& kept = keptOf[candidate.classId];
    if (kept.size() >= perClass) continue;
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](std::size_t other) {
      return iou(candidates[other].rect, candidate.rect) > threshold;
    });
    if (covered) continue;
    kept.push_back(index);
    result.push_back(candidate);
  }
  return result;
}

}  // namespace boxwright
