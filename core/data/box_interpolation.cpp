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

SeriesFill seriesFillOf(const Dataset& dataset, std::size_t picture) {
  using Outcome = SeriesFill::Outcome;
  SeriesFill fill;
  const Picture& last = dataset.pictures[picture];
  const auto end = seriesPlaceOf(last.path);
  if (!end) return fill;
  fill.outcome = Outcome::NoBoxes;
  if (last.annotation->boxes.empty()) return fill;
  std::vector<std::pair<std::uint64_t, std::size_t>> before;  // by number
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    const auto place = seriesPlaceOf(dataset.pictures[i].path);
    if (place && place->series == end->series && place->number < end->number)
      before.emplace_back(place->number, i);
  }
  std::sort(before.begin(), before.end());
  const auto found = std::find_if(before.rbegin(), before.rend(), [&](const auto& at) {
    return !dataset.pictures[at.second].annotation->boxes.empty();
  });
  fill.outcome = Outcome::NothingBefore;
  if (found == before.rend()) return fill;
  fill.first = found->second;
  const Picture& first = dataset.pictures[fill.first];
  fill.outcome = Outcome::OtherSize;
  if (first.width != last.width || first.height != last.height) return fill;
  const std::vector<Box>& from = first.annotation->boxes;
  const std::vector<Box>& to = last.annotation->boxes;
  const auto matched = matchedBoxes(from, to);
  fill.unmatched = from.size() + to.size() - 2 * matched.size();
  fill.outcome = Outcome::NoMatch;
  if (matched.empty()) return fill;
  const double length = static_cast<double>(end->number - found->first);
  for (auto at = found.base(); at != before.end(); ++at) {
    const Picture& between = dataset.pictures[at->second];
    if (between.annotation->state != LabelState::Unlabelled || between.annotation->trashed ||
        between.width != last.width || between.height != last.height)
      continue;
    std::vector<Box> boxes;
    for (const auto& [a, b] : matched)
      boxes.push_back(
          boxBetween(from[a], to[b], static_cast<double>(at->first - found->first) / length));
    fill.pictures.emplace_back(at->second, std::move(boxes));
  }
  fill.outcome = fill.pictures.empty() ? Outcome::NothingBetween : Outcome::Filled;
  return fill;
}

}  // namespace boxwright
