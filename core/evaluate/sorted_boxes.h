// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/evaluate/detection_matching.h"

namespace boxwright {

/// The truths and detections of one evaluation by class and by picture. Owns no boxes: what is
/// added must outlive it. Adding throws Error for a class id outside 0..classes - 1 and for a
/// confidence that is no number.
class SortedBoxes {
 public:
  SortedBoxes(std::size_t classes, std::size_t pictures);

  /// Of pictures in ascending order.
  void addTruths(std::size_t picture, std::span<const Box> boxes);
  void addDetection(std::size_t picture, const Detection& found);

  const std::vector<ClassCase>& classes() const { return classes_; }
  std::size_t pictures() const { return truths_.size(); }
  std::span<const Box> truths(std::size_t picture) const { return truths_[picture]; }
  /// As they were added.
  const std::vector<const Detection*>& detections(std::size_t picture) const {
    return detections_[picture];
  }

 private:
  void checkClass(int id, const char* what, std::size_t picture) const;

  std::vector<ClassCase> classes_;
  std::vector<std::span<const Box>> truths_;
  std::vector<std::vector<const Detection*>> detections_;
};

}  // namespace boxwright
