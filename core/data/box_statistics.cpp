// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/box_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace boxwright {
namespace {

using Bin = BoxStatistics::Bin;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostBars = 24;

/// Bins between neighbouring edges, and one to either end.
std::vector<Bin> binsBetween(const std::vector<double>& edges) {
  std::vector<Bin> bins;
  double from = -kInfinity;
  for (const double edge : edges) {
    bins.push_back({from, edge, 0});
    from = edge;
  }
  bins.push_back({from, kInfinity, 0});
  return bins;
}

/// 1, 2, 3, 4, 6, 8, 12, 16, 24 ... 8192.
std::vector<Bin> sizeBins() {
  std::vector<double> edges{1};
  for (double power = 2; power <= 8192; power *= 2) {
    edges.push_back(power);
    if (power < 8192) edges.push_back(power * 1.5);
  }
  return binsBetween(edges);
}

std::vector<Bin> aspectBins() {
  return binsBetween({0.12, 0.17, 0.25, 0.33, 0.5, 0.67, 0.8, 1.25, 1.5, 2, 3, 4, 6, 8});
}

void count(std::vector<Bin>& bins, double value) {
  const auto at = std::upper_bound(bins.begin(), bins.end(), value,
                                   [](double v, const Bin& bin) { return v < bin.to; });
  if (at != bins.end()) ++at->count;
}

void trim(std::vector<Bin>& bins) {
  const auto filled = [](const Bin& bin) { return bin.count > 0; };
  bins.erase(std::find_if(bins.rbegin(), bins.rend(), filled).base(), bins.end());
  bins.erase(bins.begin(), std::find_if(bins.begin(), bins.end(), filled));
}

/// None for itself, then equal steps of 1, 2, 5, 10, 20, 50 ...
std::vector<Bin> countBins(const std::vector<std::size_t>& pictures) {
  if (pictures.empty()) return {};
  const std::size_t most = pictures.size() - 1;
  std::size_t step = 1;
  for (std::size_t power = 1; most > step * kMostBars; power *= 10) {
    for (const std::size_t digit : {1U, 2U, 5U}) {
      step = digit * power;
      if (most <= step * kMostBars) break;
    }
  }
  std::vector<Bin> bins{{0, 0, pictures[0]}};
  for (std::size_t from = 1; from <= most; from += step) {
    Bin bin{static_cast<double>(from), static_cast<double>(from + step - 1), 0};
    for (std::size_t n = from; n < from + step && n <= most; ++n)
      bin.count += pictures[n];
    bins.push_back(bin);
  }
  return bins;
}

std::size_t fieldOf(double centre, int side) {
  const auto fields = static_cast<double>(BoxStatistics::kPlaces);
  return static_cast<std::size_t>(std::clamp(std::floor(fields * centre / side), 0.0, fields - 1));
}

}  // namespace

BoxStatistics boxStatistics(const Dataset& dataset, std::span<const std::size_t> pictures,
                            std::optional<int> classId, const std::stop_token& stop) {
  BoxStatistics statistics;
  statistics.classes.resize(dataset.classes.size());
  statistics.sizes = sizeBins();
  statistics.aspects = aspectBins();
  std::vector<std::size_t> byCount;  // pictures with so many boxes
  for (const std::size_t index : pictures) {
    if (stop.stop_requested()) return {};
    const Picture& picture = dataset.pictures.at(index);
    if (picture.annotation->trashed) continue;
    ++statistics.pictures;
    std::size_t boxes = 0;
    for (const Box& box : picture.annotation->boxes) {
      if (classId && box.classId != *classId) continue;
      ++boxes;
      const auto id = static_cast<std::size_t>(box.classId);
      if (box.classId >= 0 && id < statistics.classes.size()) ++statistics.classes[id];
      const double width = box.rect.width(), height = box.rect.height();
      count(statistics.sizes, std::max(width, height));
      if (height > 0) count(statistics.aspects, width / height);
      if (picture.width <= 0 || picture.height <= 0) continue;
      const std::size_t column = fieldOf(box.rect.centreX(), picture.width);
      const std::size_t row = fieldOf(box.rect.centreY(), picture.height);
      ++statistics.places[row * BoxStatistics::kPlaces + column];
    }
    statistics.boxes += boxes;
    if (byCount.size() <= boxes) byCount.resize(boxes + 1);
    ++byCount[boxes];
  }
  trim(statistics.sizes);
  trim(statistics.aspects);
  statistics.perPicture = countBins(byCount);
  return statistics;
}

}  // namespace boxwright
