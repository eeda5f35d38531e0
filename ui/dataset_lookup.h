// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/data/dataset.h"

namespace boxwright::ui {

/// What is looked up in a dataset once all of it is read: pictures by path, their splits, and which
/// picture a problem is about. Made on the opening thread, the same ever after; any thread.
class DatasetLookup {
 public:
  DatasetLookup(const Dataset& dataset, const Splits& splits);

  /// Index by relative path, or -1.
  int indexOf(const std::string& path) const;
  /// The split's name of a picture, empty for none.
  const std::string& splitOf(int picture) const;

  static constexpr int unknown = -2;
  /// The picture that one of the problems of then is about, -1 where there is none; `unknown` of a
  /// later one.
  int pictureOfProblem(int problem) const;
  /// The same of any problem, by its path or by that of its label file.
  int pictureOf(const Problem& problem, const Dataset& dataset) const;
  /// The problems of then that are about the picture, ascending.
  std::vector<int> problemsOf(int picture) const;
  int problemCount() const { return static_cast<int>(pictureOfProblem_.size()); }

 private:
  std::unordered_map<std::string, int> byPath_;
  std::unordered_multimap<std::string, int> byStem_;
  std::vector<std::uint16_t> split_;  ///< a picture's index into splitNames_
  std::vector<std::string> splitNames_;
  std::vector<int> pictureOfProblem_;
  std::vector<std::pair<int, int>> problems_;  ///< picture and problem, ascending
};

}  // namespace boxwright::ui
