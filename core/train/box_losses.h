// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/train/batch_loader.h"

namespace boxwright {

/// How much a network in training had to learn from each labelled box: a running mean of the box's
/// own loss over its last twenty or so visits. What stays high when all else is learned is often
/// labelled wrongly. One thread; costs a few additions a box and update.
class BoxLosses {
 public:
  BoxLosses() = default;
  explicit BoxLosses(const std::vector<LoaderPicture>& pictures);

  /// One visit of a box, by its Truth::source, of a picture.
  void add(std::size_t picture, std::size_t source, double loss);

  /// All of it as numbers, and back; of another number of boxes it begins anew.
  const std::vector<float>& state() const { return values_; }
  void restore(std::span<const float> state);

  /// Writes a line of JSON a picture. `pictures` are those it was made for. Throws Error.
  void write(const std::filesystem::path& file, const std::vector<LoaderPicture>& pictures) const;

 private:
  std::vector<std::size_t> first_;  ///< of each picture's labels
  std::vector<float> values_;       ///< a box: visits, mean loss
};

/// A labelled box whose loss stayed high.
struct SuspectLabel {
  std::size_t picture = 0;  ///< of the dataset
  std::uint32_t box = 0;    ///< its id
  double loss = 0;
  double share = 0;  ///< of all boxes that have a loss, so many are at or above this one; 0 to 1
};

/// The boxes of the dataset that the record in a run's folder speaks of, the highest loss first.
/// Labels that have been changed since are left out, and boxes visited less than three times.
/// Nothing where there is no record. Throws Error where it is damaged.
std::vector<SuspectLabel> suspectLabels(const std::filesystem::path& run, const Dataset& dataset);

}  // namespace boxwright
