// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/line_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace boxwright::ui {

void LineData::append(double x, double y) {
  if (!x_.empty() && x < x_.back()) x = x_.back();
  const auto index = static_cast<std::uint32_t>(x_.size());
  x_.push_back(x);
  y_.push_back(y);
  std::size_t width = kFan;
  for (std::size_t level = 0;; ++level, width *= kFan) {
    if (level == levels_.size()) {
      if (index / width == 0) break;  // a level of one bucket draws nothing coarser
      levels_.emplace_back();
      // The new level starts with the points so far.
      for (std::uint32_t i = 0; i < index; ++i) {
        if (i / width >= levels_[level].size()) levels_[level].emplace_back();
        merge(levels_[level].back(), i);
      }
    }
    if (index / width >= levels_[level].size()) levels_[level].emplace_back();
    merge(levels_[level].back(), index);
  }
}

void LineData::clear() {
  x_.clear();
  y_.clear();
  levels_.clear();
}

void LineData::dropFrom(double x) {
  const auto kept =
      static_cast<std::size_t>(std::lower_bound(x_.begin(), x_.end(), x) - x_.begin());
  if (kept == x_.size()) return;
  std::vector<double> xs(x_.begin(), x_.begin() + kept), ys(y_.begin(), y_.begin() + kept);
  clear();
  for (std::size_t i = 0; i < kept; ++i)
    append(xs[i], ys[i]);
}

void LineData::merge(Bucket& bucket, std::uint32_t point) const {
  const double value = y_[point];
  if (!std::isfinite(value)) return;
  if (bucket.lowest == kNone || value < y_[bucket.lowest]) bucket.lowest = point;
  if (bucket.highest == kNone || value > y_[bucket.highest]) bucket.highest = point;
}

void LineData::reduce(double from, double to, int columns, std::vector<double>& xs,
                      std::vector<double>& ys) const {
  xs.clear();
  ys.clear();
  if (x_.empty() || !(from <= to)) return;
  std::size_t first = std::lower_bound(x_.begin(), x_.end(), from) - x_.begin();
  std::size_t last = std::upper_bound(x_.begin(), x_.end(), to) - x_.begin();  // one behind
  if (first > 0) --first;
  if (last < x_.size()) ++last;
  const std::size_t count = last - first;
  const auto wanted = static_cast<std::size_t>(std::max(columns, 16));
  std::size_t width = 1, level = 0;
  for (; level < levels_.size() && count / (width * kFan) >= wanted; ++level)
    width *= kFan;
  if (level == 0) {
    xs.assign(x_.begin() + first, x_.begin() + last);
    ys.assign(y_.begin() + first, y_.begin() + last);
    return;
  }
  const std::vector<Bucket>& buckets = levels_[level - 1];
  const auto put = [&](std::uint32_t point) {
    xs.push_back(x_[point]);
    ys.push_back(y_[point]);
  };
  put(static_cast<std::uint32_t>(first));
  for (std::size_t b = first / width; b <= (last - 1) / width; ++b) {
    const Bucket& bucket = buckets[b];
    if (bucket.lowest == kNone) {
      put(static_cast<std::uint32_t>(b * width));
      continue;
    }
    put(std::min(bucket.lowest, bucket.highest));
    if (bucket.lowest != bucket.highest) put(std::max(bucket.lowest, bucket.highest));
  }
  put(static_cast<std::uint32_t>(last - 1));
  // The first stretch may begin before `first`: keep x rising.
  if (xs.size() > 1 && xs[1] < xs[0]) {
    xs.erase(xs.begin());
    ys.erase(ys.begin());
  }
}

std::optional<std::size_t> LineData::nearest(double x) const {
  if (x_.empty() || !std::isfinite(x)) return std::nullopt;
  const std::size_t right = std::lower_bound(x_.begin(), x_.end(), x) - x_.begin();
  // Gaps are short: walk out to both sides.
  constexpr std::size_t kFarthest = 1000;
  std::optional<std::size_t> best;
  for (std::size_t i = right, steps = 0; i < x_.size() && steps < kFarthest; ++i, ++steps) {
    if (!std::isfinite(y_[i])) continue;
    best = i;
    break;
  }
  for (std::size_t i = right, steps = 0; i > 0 && steps < kFarthest; --i, ++steps) {
    if (!std::isfinite(y_[i - 1])) continue;
    if (!best || x - x_[i - 1] < x_[*best] - x) best = i - 1;
    break;
  }
  return best;
}

double Smoother::next(double value) {
  if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
  sum_ = keep_ * sum_ + (1 - keep_) * value;
  weight_ = keep_ * weight_ + (1 - keep_);
  return sum_ / weight_;
}

void LineSeries::append(double x, double y) {
  raw.append(x, y);
  if (smoothed) mean.append(x, smoother.next(y));
}

void LineSeries::clear() {
  raw.clear();
  mean.clear();
  smoother.clear();
}

void LineSeries::dropFrom(double x) {
  raw.dropFrom(x);
  if (!smoothed) return;
  const std::vector<double> values = raw.y();
  mean.clear();
  smoother.clear();
  for (std::size_t i = 0; i < values.size(); ++i)
    mean.append(raw.x()[i], smoother.next(values[i]));
}

}  // namespace boxwright::ui
