// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/data/dataset.h"

namespace boxwright {

/// Classes told by pictures' paths, as Darknet's classifier does (spec section 8): the class whose
/// label occurs in the path.
class PathClasses {
 public:
  explicit PathClasses(std::vector<std::string> labels) : labels_(std::move(labels)) {}

  /// The class of a path; of labels within each other ("cart" has "car" in it) the longest counts.
  /// Where no label occurs, or two that have nothing to do with each other: what is wrong.
  std::variant<int, std::string> classOf(std::string_view path) const;
  /// Reads the size of a picture and sets its class; a path without one class is a Problem and the
  /// picture stays unlabelled.
  void readLabel(Dataset& dataset, std::size_t picture) const;

 private:
  std::vector<std::string> labels_;
};

}  // namespace boxwright
