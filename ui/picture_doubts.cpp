// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/picture_doubts.h"

#include <algorithm>

#include "core/evaluate/doubt.h"
#include "ui/dataset_document.h"

namespace boxwright::ui {

PictureDoubts::PictureDoubts(const DatasetDocument& document,
                             const std::optional<Predictions>& predictions, QObject* parent)
    : QObject(parent), document_(document), predictions_(predictions) {
  connect(&document_, &DatasetDocument::annotationsChanged, this, [this](int first, int count) {
    const auto size = static_cast<int>(known_.size());
    for (int i = first; i < std::min(first + count, size); ++i)
      known_[static_cast<std::size_t>(i)].disagreement = unasked;
  });
}

PictureDoubts::Known& PictureDoubts::at(int picture) const {
  const auto index = static_cast<std::size_t>(picture);
  if (index >= known_.size()) known_.resize(document_.dataset().pictures.size());
  return known_[index];
}

std::optional<std::vector<Detection>> PictureDoubts::foundIn(int picture) const {
  const auto all = predictions_->found(static_cast<std::size_t>(picture));
  if (!all) return {};
  return inDatasetClasses(*all, predictions_->datasetClasses);
}

std::optional<float> PictureDoubts::doubt(int picture) const {
  if (!predictions_) return {};
  Known& known = at(picture);
  if (known.doubt == unasked) {
    const auto found = foundIn(picture);
    known.doubt =
        found ? static_cast<float>(pictureDoubt(*found, predictions_->confidence)) : unknown;
  }
  return known.doubt < 0 ? std::nullopt : std::optional(known.doubt);
}

std::optional<int> PictureDoubts::disagreement(int picture) const {
  if (!predictions_ || document_.isUnlabelled(picture)) return {};
  Known& known = at(picture);
  if (known.disagreement == unasked) {
    const auto found = foundIn(picture);
    const Annotation& annotation =
        *document_.dataset().pictures[static_cast<std::size_t>(picture)].annotation;
    known.disagreement = found ? static_cast<float>(boxwright::disagreement(
                                     annotation.boxes, *found, predictions_->confidence))
                               : unknown;
  }
  return known.disagreement < 0 ? std::nullopt
                                : std::optional(static_cast<int>(known.disagreement));
}

void PictureDoubts::forgetAll() {
  known_.clear();
  Q_EMIT changed();
}

void PictureDoubts::forget(const std::vector<int>& pictures) {
  for (const int picture : pictures) {
    if (static_cast<std::size_t>(picture) < known_.size())
      known_[static_cast<std::size_t>(picture)] = {};
  }
  Q_EMIT changed();
}

}  // namespace boxwright::ui
