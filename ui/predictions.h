// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/evaluate/average_precision.h"
#include "core/taxonomy/class_names.h"

namespace boxwright::ui {

/// One box that a model found in a picture.
struct Prediction {
  std::size_t number = 0;  ///< among all that it found there
  Rect rect;
  int classId = -1;  ///< of the dataset; -1: it has no such class
  QString name;      ///< of the class
  int colour = 0;    ///< by the class of this number
  float confidence = 0;
};

/// What a model found in pictures of the dataset, for other pages to show. Cheap to copy; what it
/// points at never changes.
struct Predictions {
  QString model;  ///< its name, for people
  ClassNames names;
  std::vector<int> datasetClasses;  ///< the dataset's id of each of them; -1: it has none
  std::shared_ptr<const std::vector<PictureResult>> pictures;
  std::shared_ptr<const std::unordered_map<std::size_t, std::size_t>> placeOf;  ///< in `pictures`
  double confidence = 0.25;  ///< those above it are shown

  /// In a picture of the dataset, the surest first; none where the model has not seen it.
  std::vector<Prediction> of(int picture) const;
};

/// Something to look at on the Annotate page.
struct PlaceInPicture {
  int picture = -1;
  std::optional<std::uint32_t> box;       ///< id of the label
  std::optional<std::size_t> prediction;  ///< number of the prediction
  Rect rect;                              ///< to bring into view
};

}  // namespace boxwright::ui
