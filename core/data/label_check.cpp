// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_check.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/error.h"
#include "core/data/label_writer_plan.h"
#include "core/image/codec.h"

namespace boxwright {

bool readPictureSize(Dataset& dataset, std::size_t index) {
  Picture& picture = dataset.pictures[index];
  try {
    const ImageInfo info = readImageInfo(dataset.absolutePath(index));
    picture.width = info.width;
    picture.height = info.height;
    if (!info.damage.empty()) {
      dataset.problems.push_back(
          {picture.path, 0, Severity::Warning,
           "the picture is damaged: " + info.damage + "; what is missing shows grey"});
    }
    return true;
  } catch (const Error& error) {
    // A picture that cannot be read is a fault of the data, not of the program.
    dataset.problems.push_back({picture.path, 0, Severity::Error,
                                error.problem() + "; the picture is left out of all work"});
    return false;
  }
}

std::optional<Rect> checkedRect(Dataset& dataset, std::size_t index, const Rect& rect,
                                const std::string& file, int line, const std::string& what) {
  const Picture& picture = dataset.pictures[index];
  if (!(rect.right > rect.left) || !(rect.bottom > rect.top)) {
    dataset.problems.push_back(
        {file, line, Severity::Error, what + " has no area; it is left out"});
    return std::nullopt;
  }
  const double width = picture.width;
  const double height = picture.height;
  const Rect inside{std::clamp(rect.left, 0.0, width), std::clamp(rect.top, 0.0, height),
                    std::clamp(rect.right, 0.0, width), std::clamp(rect.bottom, 0.0, height)};
  if (!(inside.right > inside.left) || !(inside.bottom > inside.top)) {
    dataset.problems.push_back(
        {file, line, Severity::Error, what + " lies outside the picture; it is left out"});
    return std::nullopt;
  }
  constexpr double kRounding = 1.0 + 1e-6;
  if (rect.left < -kRounding || rect.top < -kRounding || rect.right > width + kRounding ||
      rect.bottom > height + kRounding) {
    dataset.problems.push_back({file, line, Severity::Warning,
                                what + " sticks out of the picture; it is cut at its edge"});
  }
  return inside;
}

void reportOtherSize(Dataset& dataset, std::size_t index, double width, double height,
                     const std::string& file, int line) {
  const Picture& picture = dataset.pictures[index];
  if (!(width > 0) || !(height > 0)) return;
  if (width == picture.width && height == picture.height) return;
  std::string what = "the label says " + decimalText(width) + " x " + decimalText(height) +
                     ", the picture has " + std::to_string(picture.width) + " x " +
                     std::to_string(picture.height) + "; the picture's size counts";
  if (width == picture.height && height == picture.width)
    what += " (were the boxes drawn before the camera's turn was applied?)";
  dataset.problems.push_back({file, line, Severity::Warning, std::move(what)});
}

void setAnnotation(Dataset& dataset, std::size_t index, Annotation annotation) {
  dataset.pictures[index].annotation = std::make_shared<const Annotation>(std::move(annotation));
}

}  // namespace boxwright
