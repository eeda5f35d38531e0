// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/anchors/cluster_anchors.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "core/anchors/anchor_rounds.h"
#include "core/anchors/euclidean_means.h"
#include "core/anchors/single_moves.h"
#include "core/base/counted.h"
#include "core/base/error.h"
#include "core/geometry/conversion.h"
#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr int kMostRounds = 300;
constexpr int kPatience = 10;           // rounds
constexpr double kLeastRise = 1e-6;     // of the best mean IOU, in kPatience rounds
constexpr std::size_t kFewBoxes = 128;  // up to here single moves follow

void checkOptions(const ClusterOptions& options) {
  if (options.k < 1) {
    throw Error("cannot make " + std::to_string(options.k) + " anchors", {},
                "choose k of 1 or more; YOLOv2 uses 5");
  }
  if (options.restarts < 1) throw Error("clustering needs at least one restart");
  if (options.inputSize < kHeadStride) {
    throw Error("an input size of " + std::to_string(options.inputSize) + " has no cell", {},
                "choose a multiple of 32, for example 416");
  }
}

void checkSizes(std::span<const Size> sizes) {
  if (sizes.empty()) {
    throw Error("there are no boxes to cluster", {},
                "label some pictures, or choose a split that has labelled ones");
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const bool finite = std::isfinite(sizes[i].width) && std::isfinite(sizes[i].height);
    if (finite && sizes[i].width > 0 && sizes[i].height > 0) continue;
    throw Error(
        finite ? "a box without area cannot be clustered" : "a box size is not a finite number",
        "box " + std::to_string(i + 1) + " of " + std::to_string(sizes.size()),
        "mend or remove that box");
  }
}

void checkDistinct(const AnchorRounds& rounds, int k) {
  const std::size_t distinct = rounds.distinctSizes(k);
  if (distinct >= std::size_t(k)) return;
  throw Error(
      std::to_string(k) + " anchors need at least " + std::to_string(k) + " different box sizes",
      counted(rounds.count(), "box", "boxes") + ", " + std::to_string(distinct) + " different",
      "choose k of at most " + std::to_string(distinct) + ", or label more boxes");
}

struct Restart {
  std::vector<Size> centres;
  double meanIou = -1;
  std::vector<double> rounds;
};

/// One k-means run from one seeding. A round moves the centres and then assigns the boxes to them;
/// the best round's centres are kept.
Restart runRestart(AnchorRounds& boxes, const ClusterOptions& options, int number,
                   const std::stop_token& stop, const std::function<void(double)>& progress) {
  RandomStream random(options.seed, "anchors", std::uint64_t(number), std::uint64_t(options.k));
  std::vector<Size> centres = boxes.seed(options.k, random);
  AnchorRounds::Assigned assigned = boxes.assignTo(centres);
  Restart result;
  const auto note = [&](double meanIou) {
    result.rounds.push_back(meanIou);
    if (meanIou <= result.meanIou) return;
    result.meanIou = meanIou;
    result.centres = centres;
  };
  std::vector<double> bestSoFar;
  for (int round = 0; round < kMostRounds; ++round) {
    centres = boxes.update(assigned, centres, options.update);
    assigned = boxes.assignTo(centres);
    note(assigned.meanIou);
    bestSoFar.push_back(result.meanIou);
    const bool stalled =
        round >= kPatience && bestSoFar[round] - bestSoFar[round - kPatience] < kLeastRise;
    if (!assigned.changed || stalled || stop.stop_requested()) break;
    if (progress) progress((number + double(round + 1) / kMostRounds) / options.restarts);
  }
  if (boxes.count() <= kFewBoxes) {
    for (std::vector<Size>& moved :
         moveSingleBoxes(boxes.sizes(), boxes.labels(), options.update, centres, stop)) {
      centres = std::move(moved);
      note(boxes.assignTo(centres).meanIou);
    }
  }
  return result;
}

/// The best restart, its centres in the unit of `fractions`.
Restart bestByIou(std::span<const Size> fractions, const ClusterOptions& options,
                  const std::stop_token& stop, const std::function<void(double)>& progress) {
  AnchorRounds boxes(fractions, options.threads);
  Restart best;
  for (int number = 0; number < options.restarts; ++number) {
    if (number > 0 && stop.stop_requested()) break;
    Restart restart = runRestart(boxes, options, number, stop, progress);
    if (restart.meanIou > best.meanIou) best = std::move(restart);
    if (progress) progress(double(number + 1) / options.restarts);
  }
  for (Size& centre : best.centres)
    centre = boxes.unscaled(centre);
  return best;
}

/// The same for the squared distance.
Restart bestBySquares(std::span<const Size> fractions, const ClusterOptions& options,
                      const std::stop_token& stop, const std::function<void(double)>& progress) {
  EuclideanMeans best;
  for (int number = 0; number < options.restarts; ++number) {
    if (number > 0 && stop.stop_requested()) break;
    RandomStream random(options.seed, "euclidean anchors", std::uint64_t(number),
                        std::uint64_t(options.k));
    EuclideanMeans means = euclideanMeans(fractions, options.k, random, stop);
    if (number == 0 || means.squares < best.squares) best = std::move(means);
    if (progress) progress(double(number + 1) / options.restarts);
  }
  return {std::move(best.centres), 0, std::move(best.rounds)};
}

}  // namespace

AnchorSet clusterAnchors(std::span<const Size> fractions, const ClusterOptions& options,
                         std::stop_token stop, const std::function<void(double)>& progress) {
  checkOptions(options);
  checkSizes(fractions);
  checkDistinct(AnchorRounds(fractions, options.threads), options.k);
  Restart best = options.distance == ClusterDistance::Euclidean
                     ? bestBySquares(fractions, options, stop, progress)
                     : bestByIou(fractions, options, stop, progress);
  std::vector<Size> centres = std::move(best.centres);
  std::sort(centres.begin(), centres.end(), [](const Size& a, const Size& b) {
    return std::tuple(a.area(), a.width) < std::tuple(b.area(), b.width);
  });
  AnchorSet set;
  set.meanIou = meanBestIou(fractions, centres, &set.assignment);
  const double cells = double(options.inputSize) / kHeadStride;
  for (const Size& centre : centres) {
    set.anchors.push_back({centre.width * cells, centre.height * cells});
  }
  set.iterations = static_cast<int>(best.rounds.size());
  set.rounds = std::move(best.rounds);
  return set;
}

AnchorSet measureAnchors(std::vector<Size> anchors, std::span<const Size> fractions,
                         int inputSize) {
  checkSizes(fractions);
  const double cells = double(inputSize) / kHeadStride;
  std::vector<Size> sizes(fractions.begin(), fractions.end());
  for (Size& size : sizes)
    size = {size.width * cells, size.height * cells};
  AnchorSet set;
  set.anchors = std::move(anchors);
  set.meanIou = meanBestIou(sizes, set.anchors, &set.assignment);
  return set;
}

double meanBestIou(std::span<const Size> sizes, std::span<const Size> anchors,
                   std::vector<int>* best) {
  if (best != nullptr) best->assign(sizes.size(), 0);
  if (sizes.empty()) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    double highest = 0;
    int which = 0;
    for (std::size_t a = 0; a < anchors.size(); ++a) {
      const double overlap = sizeIou(sizes[i], anchors[a]);
      if (overlap > highest) {
        highest = overlap;
        which = static_cast<int>(a);
      }
    }
    sum += highest;
    if (best != nullptr) (*best)[i] = which;
  }
  return sum / static_cast<double>(sizes.size());
}

}  // namespace boxwright
