// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace boxwright::ui {

/// The points of one line of a chart, x never falling, with a pyramid of extremes over them, so
/// that a million points are drawn as a few thousand that look the same. A y that is not finite is
/// a gap.
class LineData {
 public:
  void append(double x, double y);
  void clear();
  /// Takes away the points from x on.
  void dropFrom(double x);

  std::size_t size() const { return x_.size(); }
  bool empty() const { return x_.empty(); }
  const std::vector<double>& x() const { return x_; }
  const std::vector<double>& y() const { return y_; }

  /// The points to draw for [from, to] on so many pixel columns: all of them where there are few,
  /// else the lowest and highest of each of at least `columns` stretches; with the neighbour
  /// outside on either side. Gaps keep a NaN.
  void reduce(double from, double to, int columns, std::vector<double>& xs,
              std::vector<double>& ys) const;

  /// Index of the point nearest to x that is no gap; nothing where there is none.
  std::optional<std::size_t> nearest(double x) const;

 private:
  static constexpr std::size_t kFan = 4;  ///< buckets of a level under one of the next
  static constexpr std::uint32_t kNone = 0xffffffffu;
  struct Bucket {
    std::uint32_t lowest = kNone, highest = kNone;
  };
  void merge(Bucket& bucket, std::uint32_t point) const;

  std::vector<double> x_, y_;
  std::vector<std::vector<Bucket>> levels_;  ///< level n: kFan^(n+1) points a bucket
};

/// A running mean that forgets with a memory of so many points and is not drawn to zero at the
/// start.
class Smoother {
 public:
  explicit Smoother(double memory) : keep_(1 - 1 / memory) {}
  /// The mean after one more value; NaN for a NaN, which is otherwise passed over.
  double next(double value);
  void clear() { sum_ = weight_ = 0; }

 private:
  double keep_;
  double sum_ = 0, weight_ = 0;
};

/// What one line of a chart shows: the points, and their running mean where it is smoothed. Made on
/// any thread, then handed to the GUI.
struct LineSeries {
  explicit LineSeries(bool withMean = false) : smoothed(withMean) {}

  void append(double x, double y);
  void clear();
  void dropFrom(double x);

  bool smoothed;
  LineData raw, mean;
  Smoother smoother{20};
};

}  // namespace boxwright::ui
