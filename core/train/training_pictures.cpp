// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_pictures.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "core/base/error.h"
#include "core/geometry/conversion.h"
#include "core/image/codec.h"

namespace boxwright {

PictureTruths truthsOf(const Picture& picture, const std::filesystem::path& file) {
  PictureTruths found;
  if (!picture.annotation) return found;
  if (picture.annotation->classesOnly()) {
    if (const std::optional<int> id = picture.annotation->wholeClass())
      found.truths.push_back({{0.5, 0.5, 1, 1}, *id, -1, true});
    return found;
  }
  if (picture.annotation->boxes.empty()) return found;
  int width = picture.width, height = picture.height;
  if (width <= 0 || height <= 0) {
    try {
      const ImageInfo info = readImageInfo(file);
      width = info.width;
      height = info.height;
    } catch (const Error&) {
      found.unreadable = true;  // the loader names it when its turn comes
      return found;
    }
  }
  for (const Box& box : picture.annotation->boxes) {
    if (box.difficult) {
      ++found.difficult;
    } else if (box.crowd) {
      ++found.crowd;
    } else {
      // Only what lies within the picture can be seen.
      const Rect r{std::clamp(box.rect.left, 0.0, double(width)),
                   std::clamp(box.rect.top, 0.0, double(height)),
                   std::clamp(box.rect.right, 0.0, double(width)),
                   std::clamp(box.rect.bottom, 0.0, double(height))};
      if (r.width() > 0 && r.height() > 0)
        found.truths.push_back({fractionsFromRect(r, width, height), box.classId,
                                static_cast<int>(&box - picture.annotation->boxes.data())});
      else
        ++found.empty;
    }
  }
  return found;
}

namespace {

/// The pictures of `paths` that are labelled or negative and that `serves` takes.
template <typename Serves>
std::vector<std::size_t> labelledPictures(const Dataset& dataset,
                                          const std::vector<std::string>& paths, LeftOut* leftOut,
                                          Serves&& serves) {
  std::unordered_map<std::string_view, std::size_t> byPath;
  byPath.reserve(dataset.pictures.size());
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i)
    byPath.emplace(dataset.pictures[i].path, i);
  std::vector<std::size_t> indices;
  for (const std::string& path : paths) {
    const auto found = byPath.find(path);
    if (found == byPath.end()) {
      if (leftOut) ++leftOut->missing;
      continue;
    }
    const AnnotationPtr& annotation = dataset.pictures[found->second].annotation;
    if (!annotation || annotation->state == LabelState::Unlabelled) continue;
    if (serves(*annotation)) indices.push_back(found->second);
  }
  return indices;
}

}  // namespace

std::vector<std::size_t> trainingPictures(const Dataset& dataset,
                                          const std::vector<std::string>& paths, Serves serves,
                                          LeftOut* leftOut) {
  return labelledPictures(dataset, paths, leftOut, [&](const Annotation& annotation) {
    if (!annotation.classesOnly()) return true;
    if (serves == Serves::All && annotation.wholeClass()) return true;
    if (leftOut) ++leftOut->classesOnly;
    return false;
  });
}

std::vector<std::size_t> classPictures(const Dataset& dataset,
                                       const std::vector<std::string>& paths, LeftOut* leftOut) {
  return labelledPictures(dataset, paths, leftOut, [&](const Annotation& annotation) {
    const std::optional<int> id = annotation.wholeClass();
    const bool serves = id && *id >= 0 && std::size_t(*id) < dataset.classes.size();
    if (!serves && leftOut) ++leftOut->notOneClass;
    return serves;
  });
}

}  // namespace boxwright
