// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/predictions.h"

#include <algorithm>

namespace boxwright::ui {

void Predictions::meet(const ClassNames& dataset) {
  datasetClasses.resize(names.size(), -1);
  for (std::size_t i = 0; i < names.size(); ++i)
    datasetClasses[i] = classIdOf(dataset, names[i]).value_or(datasetClasses[i]);
}

ClassNames Predictions::unknownClasses() const {
  ClassNames unknown;
  for (std::size_t i = 0; i < datasetClasses.size(); ++i) {
    if (datasetClasses[i] < 0) unknown.push_back(names[i]);
  }
  return unknown;
}

std::vector<Prediction> Predictions::of(int picture) const {
  std::vector<Prediction> out;
  const auto all = found && picture >= 0 ? found(static_cast<std::size_t>(picture)) : nullptr;
  if (!all) return out;
  for (std::size_t i = 0; i < all->size(); ++i) {
    const Detection& one = (*all)[i];
    if (!(static_cast<double>(one.confidence) > confidence)) continue;
    const auto id = static_cast<std::size_t>(one.classId);
    const int own = id < datasetClasses.size() ? datasetClasses[id] : -1;
    out.push_back({i, one.rect, own,
                   QString::fromStdString(id < names.size() ? names[id] : std::to_string(id)),
                   own < 0 ? one.classId : own, one.confidence});
  }
  std::stable_sort(out.begin(), out.end(), [](const Prediction& a, const Prediction& b) {
    return a.confidence > b.confidence;
  });
  return out;
}

std::vector<Detection> inDatasetClasses(const std::vector<Detection>& found,
                                        const std::vector<int>& datasetClasses) {
  std::vector<Detection> out;
  for (const Detection& one : found) {
    const auto id = static_cast<std::size_t>(one.classId);
    if (id >= datasetClasses.size() || datasetClasses[id] < 0) continue;
    out.push_back(one);
    out.back().classId = datasetClasses[id];
  }
  return out;
}

}  // namespace boxwright::ui
