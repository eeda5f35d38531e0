// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/predictions.h"

#include <algorithm>

namespace boxwright::ui {

std::vector<Prediction> Predictions::of(int picture) const {
  std::vector<Prediction> out;
  if (!pictures || picture < 0) return out;
  const auto place = placeOf->find(static_cast<std::size_t>(picture));
  if (place == placeOf->end()) return out;
  const std::vector<Detection>& found = (*pictures)[place->second].detections;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!(double(found[i].confidence) > confidence)) continue;
    const auto id = static_cast<std::size_t>(found[i].classId);
    const int own = id < datasetClasses.size() ? datasetClasses[id] : -1;
    out.push_back({i, found[i].rect, own,
                   QString::fromStdString(id < names.size() ? names[id] : std::to_string(id)),
                   own < 0 ? found[i].classId : own, found[i].confidence});
  }
  std::stable_sort(out.begin(), out.end(), [](const Prediction& a, const Prediction& b) {
    return a.confidence > b.confidence;
  });
  return out;
}

}  // namespace boxwright::ui
