// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/path_classes.h"

#include "core/data/label_check.h"

namespace boxwright {

std::variant<int, std::string> PathClasses::classOf(std::string_view path) const {
  int best = -1;
  int rival = -1;  // occurs too and is no part of the best
  const auto label = [&](int id) -> const std::string& {
    return labels_[static_cast<std::size_t>(id)];
  };
  for (int id = 0; id < static_cast<int>(labels_.size()); ++id) {
    if (label(id).empty() || path.find(label(id)) == std::string_view::npos) continue;
    if (best < 0) {
      best = id;
    } else if (label(id).find(label(best)) != std::string::npos &&
               label(id).size() > label(best).size()) {
      best = id;
      if (rival >= 0 && label(id).find(label(rival)) != std::string::npos) rival = -1;
    } else if (label(best).find(label(id)) == std::string::npos) {
      rival = id;
    }
  }
  if (best < 0) return std::string("no label occurs in its path; it stays unlabelled");
  if (rival >= 0)
    return "both labels '" + label(best) + "' and '" + label(rival) +
           "' occur in its path; it stays unlabelled";
  return best;
}

void PathClasses::readLabel(Dataset& dataset, std::size_t picture) const {
  readPictureSize(dataset, picture);
  const std::string path = dataset.pictures[picture].path;
  const std::variant<int, std::string> found = classOf(path);
  if (const auto* fault = std::get_if<std::string>(&found)) {
    dataset.problems.push_back({path, 0, Severity::Error, *fault});
    return;
  }
  Annotation annotation;
  annotation.state = LabelState::Labelled;
  annotation.imageClasses = {std::get<int>(found)};
  setAnnotation(dataset, picture, std::move(annotation));
}

}  // namespace boxwright
