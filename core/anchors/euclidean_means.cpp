// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/anchors/euclidean_means.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "core/anchors/cluster_anchors.h"

namespace boxwright {
namespace {

constexpr int kMostRounds = 300;

double squaredDistance(const Size& a, const Size& b) {
  const double w = a.width - b.width, h = a.height - b.height;
  return w * w + h * h;
}

std::vector<Size> seeds(std::span<const Size> sizes, int k, RandomStream& random) {
  std::vector<Size> centres{sizes[random.index(sizes.size())]};
  std::vector<double> nearest(sizes.size(), std::numeric_limits<double>::infinity());
  while (centres.size() < static_cast<std::size_t>(k)) {
    double sum = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      nearest[i] = std::min(nearest[i], squaredDistance(sizes[i], centres.back()));
      sum += nearest[i];
    }
    double left = random.uniform() * sum;
    std::size_t chosen = sizes.size();
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (nearest[i] <= 0) continue;
      chosen = i;  // rounding may leave a rest behind: then the last one
      if (left < nearest[i]) break;
      left -= nearest[i];
    }
    // Sizes so close that their squares vanish: any will do.
    centres.push_back(sizes[chosen == sizes.size() ? random.index(sizes.size()) : chosen]);
  }
  return centres;
}

/// Gives every box its nearest centre (ties to the lowest); whether one has changed.
bool assign(std::span<const Size> sizes, std::span<const Size> centres, std::vector<int>& labels,
            std::vector<double>& distances) {
  bool changed = false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    int best = 0;
    double least = squaredDistance(sizes[i], centres[0]);
    for (std::size_t c = 1; c < centres.size(); ++c) {
      const double distance = squaredDistance(sizes[i], centres[c]);
      if (distance >= least) continue;
      least = distance;
      best = static_cast<int>(c);
    }
    changed = changed || labels[i] != best;
    labels[i] = best;
    distances[i] = least;
  }
  return changed;
}

}  // namespace

EuclideanMeans euclideanMeans(std::span<const Size> sizes, int k, RandomStream& random,
                              const std::stop_token& stop) {
  EuclideanMeans means;
  means.centres = seeds(sizes, k, random);
  std::vector<int> labels(sizes.size(), -1);
  std::vector<double> distances(sizes.size());
  assign(sizes, means.centres, labels, distances);
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<Size> sums(means.centres.size());
    std::vector<double> members(means.centres.size(), 0);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const auto centre = static_cast<std::size_t>(labels[i]);
      sums[centre].width += sizes[i].width;
      sums[centre].height += sizes[i].height;
      ++members[centre];
    }
    for (std::size_t c = 0; c < means.centres.size(); ++c) {
      if (members[c] > 0) {
        means.centres[c] = {sums[c].width / members[c], sums[c].height / members[c]};
        continue;
      }
      const auto farthest = std::max_element(distances.begin(), distances.end());
      means.centres[c] = sizes[static_cast<std::size_t>(farthest - distances.begin())];
      *farthest = 0;
    }
    const bool changed = assign(sizes, means.centres, labels, distances);
    means.rounds.push_back(meanBestIou(sizes, means.centres));
    if (!changed || stop.stop_requested()) break;
  }
  for (const double distance : distances)
    means.squares += distance;
  return means;
}

}  // namespace boxwright
