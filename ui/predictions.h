// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/geometry/box.h"
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

/// What a model found in pictures of the dataset, for the pages to show. Cheap to copy. GUI thread.
struct Predictions {
  enum class Purpose {
    Judging,    ///< the model, by the labels: shown next to the labels that they hit
    Labelling,  ///< proposals: what has its label is done with
  };
  QString model;  ///< its name, for people
  ClassNames names;
  Purpose purpose = Purpose::Judging;
  double confidence = 0.25;  ///< those above it are shown
  /// All that was found in a picture of the dataset, the surest first; null where the model has not
  /// seen it (yet). What it points at never changes: a job may keep it.
  std::function<std::shared_ptr<const std::vector<Detection>>(std::size_t)> found;
  std::vector<int> datasetClasses;  ///< the dataset's id of each of `names`; -1: it has none

  /// Looks up datasetClasses by their names; one whose name the dataset has no more stays the class
  /// that it was, which has been renamed or merged.
  void meet(const ClassNames& dataset);
  /// Those of `names` that the dataset lacks.
  ClassNames unknownClasses() const;
  /// In a picture of the dataset, those to show, the surest first.
  std::vector<Prediction> of(int picture) const;
};

/// Those of `found` whose classes the dataset has, with its ids: datasetClasses as in Predictions.
/// Any thread.
std::vector<Detection> inDatasetClasses(const std::vector<Detection>& found,
                                        const std::vector<int>& datasetClasses);

/// Something to look at on the Annotate page.
struct PlaceInPicture {
  int picture = -1;
  std::optional<std::uint32_t> box;       ///< id of the label
  std::optional<std::size_t> prediction;  ///< number of the prediction
  Rect rect;                              ///< to bring into view
};

}  // namespace boxwright::ui
