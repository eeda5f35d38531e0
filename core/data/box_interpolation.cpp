// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/box_interpolation.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double kFarthest = 2;  ///< centres apart, in sizes

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

/// How well two boxes of a class go together; the less the better. Overlapping ones come before all
/// others.
std::optional<double> distance(const Rect& a, const Rect& b) {
  const double overlap = iou(a, b);
  if (overlap > 0) return -overlap;
  const double size = std::max({a.width(), a.height(), b.width(), b.height()});
  const double apart = std::hypot(a.centreX() - b.centreX(), a.centreY() - b.centreY());
  if (!(apart <= kFarthest * size)) return std::nullopt;
  return apart / size;
}

bool isWhole(const Rect& rect) {
  for (const double edge : {rect.left, rect.top, rect.right, rect.bottom})
    if (edge != std::floor(edge)) return false;
  return true;
}

}  // namespace

std::optional<SeriesPlace> seriesPlaceOf(std::string_view path) {
  const std::size_t slash = path.rfind('/'), dot = path.rfind('.');
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  const std::size_t end = dot == std::string_view::npos || dot < begin ? path.size() : dot;
  std::size_t digits = end;
  while (digits > begin && isDigit(path[digits - 1]))
    --digits;
  SeriesPlace place;
  const auto read = std::from_chars(path.data() + digits, path.data() + end, place.number);
  if (digits == end || read.ec != std::errc()) return std::nullopt;
  place.series.append(path.substr(0, digits)).append("*").append(path.substr(end));
  return place;
}

std::vector<std::pair<std::size_t, std::size_t>> matchedBoxes(std::span<const Box> first,
                                                              std::span<const Box> second) {
  struct Pair {
    double distance;
    std::size_t first, second;
  };
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < first.size(); ++i) {
    for (std::size_t j = 0; j < second.size(); ++j) {
      if (first[i].classId != second[j].classId) continue;
      if (const auto apart = distance(first[i].rect, second[j].rect))
        pairs.push_back({*apart, i, j});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.distance < b.distance; });
  std::vector<bool> firstTaken(first.size()), secondTaken(second.size());
  std::vector<std::pair<std::size_t, std::size_t>> matched;
  for (const Pair& pair : pairs) {
    if (firstTaken[pair.first] || secondTaken[pair.second]) continue;
    firstTaken[pair.first] = secondTaken[pair.second] = true;
    matched.emplace_back(pair.first, pair.second);
  }
  std::sort(matched.begin(), matched.end());
  return matched;
}

Box boxBetween(const Box& from, const Box& to, double share) {
  Box box = from;
  const bool whole = isWhole(from.rect) && isWhole(to.rect);
  const auto between = [&](double a, double b) {
    const double edge = a + (b - a) * share;
    return whole ? std::round(edge) : edge;
  };
  box.rect = {between(from.rect.left, to.rect.left), between(from.rect.top, to.rect.top),
              between(from.rect.right, to.rect.right), between(from.rect.bottom, to.rect.bottom)};
  box.id = 0;
  box.score.reset();
  box.area.reset();
  return box;
}

}  // namespace boxwright
