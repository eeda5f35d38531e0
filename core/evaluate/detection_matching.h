// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/evaluate/average_precision.h"

namespace boxwright {

/// What became of a detection: it hit, it missed, or it is left out of the count.
enum class Mark : std::uint8_t { TruePositive, FalsePositive, Ignored };

/// One class's truths (by picture, then as listed) and detections (as listed). Owns no boxes.
struct ClassCase {
  struct Truth {
    std::size_t picture = 0;
    const Box* box = nullptr;
  };
  struct Found {
    std::size_t picture = 0;
    const Detection* detection = nullptr;
    std::size_t index = 0;  ///< its place among the picture's detections
  };
  std::vector<Truth> truths;
  std::vector<Found> detections;
};

/// The marks of a class's detections by falling confidence.
struct RankedMarks {
  std::vector<ClassCase::Found> detections;
  std::vector<Mark> marks;
  std::vector<const Box*> matched;  ///< the truth that was hit or left out; null where none was
  std::size_t truths = 0;           ///< counted ones
};

/// The share of a detection that lies inside a crowd truth: COCO's overlap there.
double crowdOverlap(const Rect& found, const Rect& crowd);

/// VOC's rule (spec section 12): ties keep the listed order; every detection looks at the truth of
/// its picture that it overlaps best (the first of equals), taken or not; from `threshold` on it
/// hits where that is free, is left out where it is difficult, and misses else. Crowd truths are
/// ordinary.
RankedMarks matchVoc(const ClassCase& boxes, double threshold);

/// A range of areas in square pixels, both ends included.
struct AreaRange {
  double least = 0, most = 1e10;
};

/// COCO's rule (spec section 12) for one class: the 100 most confident of each picture, ties by
/// picture and then as listed. Overlaps are computed once for all thresholds and ranges.
class CocoMatcher {
 public:
  explicit CocoMatcher(const ClassCase& boxes);

  /// Truths that are crowds or out of `range` are ignored, and so is what matches them, and what
  /// matches nothing and is out of range itself. The result's order is the same for every call.
  RankedMarks match(double threshold, const AreaRange& range) const;

 private:
  struct Group {  ///< of one picture
    std::size_t firstTruth = 0, truths = 0;
    std::size_t firstDetection = 0, detections = 0;  ///< into kept_
    std::size_t firstOverlap = 0;  ///< into overlaps_: one row of truths a detection
  };
  std::vector<ClassCase::Truth> truths_;
  std::vector<double> truthAreas_;
  std::vector<ClassCase::Found> kept_;
  std::vector<double> overlaps_;
  std::vector<Group> groups_;
  std::vector<std::size_t> rank_;  ///< kept_ by falling confidence
};

}  // namespace boxwright
