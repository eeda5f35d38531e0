// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluate/sorted_boxes.h"

#include <cmath>
#include <string>

#include "core/base/error.h"

namespace boxwright {
namespace {

std::string pictureText(std::size_t picture) {
  return "picture " + std::to_string(picture + 1);
}

}  // namespace

SortedBoxes::SortedBoxes(std::size_t classes, std::size_t pictures)
    : classes_(classes), truths_(pictures), detections_(pictures) {}

void SortedBoxes::addTruths(std::size_t picture, std::span<const Box> boxes) {
  truths_[picture] = boxes;
  for (const Box& box : boxes) {
    checkClass(box.classId, "a true box", picture);
    classes_[static_cast<std::size_t>(box.classId)].truths.push_back({picture, &box});
  }
}

void SortedBoxes::addDetection(std::size_t picture, const Detection& found) {
  checkClass(found.classId, "a detection", picture);
  if (!std::isfinite(found.confidence)) {
    throw Error("a detection's confidence is not a number", pictureText(picture));
  }
  classes_[static_cast<std::size_t>(found.classId)].detections.push_back(
      {picture, &found, detections_[picture].size()});
  detections_[picture].push_back(&found);
}

void SortedBoxes::checkClass(int id, const char* what, std::size_t picture) const {
  if (id >= 0 && static_cast<std::size_t>(id) < classes_.size()) return;
  throw Error(std::string(what) + " has class " + std::to_string(id) + " of " +
                  std::to_string(classes_.size()),
              pictureText(picture), "evaluate with the class names of the dataset");
}

}  // namespace boxwright
