// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/yolo/region_head.h"

namespace boxwright {

/// The truths of one picture as the loss takes them, and what was left out.
struct PictureTruths {
  std::vector<Truth> truths;  ///< centre boxes in fractions of the picture
  std::size_t difficult = 0;  ///< left out as VOC's own conversion does (spec 8)
  std::size_t crowd = 0;      ///< regions of many objects: no box to learn
  std::size_t empty = 0;      ///< boxes without area
  bool unreadable = false;    ///< the picture's size cannot be read: no truths
};

/// The boxes of `picture`, or the class of one without boxes, without those marked difficult or
/// crowd and those without area. The size of the picture is read from `file` where it is not known
/// yet.
PictureTruths truthsOf(const Picture& picture, const std::filesystem::path& file);

/// What of a split there is no use of.
struct LeftOut {
  std::size_t missing = 0;      ///< the dataset lacks them
  std::size_t classesOnly = 0;  ///< what they show is known, but not where: no use for a detector
  std::size_t notOneClass = 0;  ///< not of one class as a whole: no use for a classifier
};

/// Which pictures a detector learns from: those that somebody has looked for objects in (labelled
/// with boxes, or negative); or in joint training those too of which exactly one class is known but
/// not where.
enum class Serves { Boxed, All };

/// The pictures of `paths` that the dataset has and that serve, in the order of `paths`. `leftOut`,
/// where given, is added to.
std::vector<std::size_t> trainingPictures(const Dataset& dataset,
                                          const std::vector<std::string>& paths,
                                          Serves serves = Serves::Boxed,
                                          LeftOut* leftOut = nullptr);

/// The pictures of `paths` that the dataset has and that are of exactly one class as a whole, in
/// the order of `paths`. `leftOut`, where given, is added to.
std::vector<std::size_t> classPictures(const Dataset& dataset,
                                       const std::vector<std::string>& paths,
                                       LeftOut* leftOut = nullptr);

}  // namespace boxwright
