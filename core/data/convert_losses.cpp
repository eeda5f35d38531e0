// SPDX-License-Identifier: GPL-3.0-or-later
// What another layout cannot hold.
#include <algorithm>
#include <cmath>
#include <set>

#include "core/data/convert.h"
#include "core/data/convert_layout.h"
#include "core/data/format_room.h"

namespace boxwright {
namespace {

struct Counts {
  std::size_t boxes = 0, difficult = 0, crowd = 0, truncated = 0, occluded = 0, areas = 0,
              scores = 0, tiny = 0;
  std::size_t verified = 0, imageClasses = 0, noClass = 0;
};

Counts countsOf(const Dataset& dataset, const FormatRoom& room) {
  Counts counts;
  for (const Picture& picture : dataset.pictures) {
    const Annotation& annotation = *picture.annotation;
    counts.verified += annotation.verified;
    counts.imageClasses += !annotation.imageClasses.empty();
    counts.noClass += !annotation.wholeClass();
    for (const Box& box : annotation.boxes) {
      ++counts.boxes;
      counts.difficult += box.difficult;
      counts.crowd += box.crowd;
      counts.truncated += box.truncated;
      counts.occluded += box.occluded;
      counts.scores += box.score.has_value();
      counts.tiny += !holdsBox(room, box.rect);
      const double own = box.rect.area();
      counts.areas += box.area && std::abs(*box.area - own) > 1e-6 * std::max(1.0, own);
    }
  }
  return counts;
}

/// How many splits each picture is in.
std::vector<int> splitCounts(const Dataset& dataset, const std::set<std::string>* only) {
  std::vector<int> counts(dataset.pictures.size());
  for (const auto& [name, pictures] : dataset.splits) {
    if (only && !only->contains(name)) continue;
    for (const std::size_t i : pictures)
      ++counts[i];
  }
  return counts;
}

}  // namespace

const std::vector<std::string>& conversionFormats() {
  static const std::vector<std::string> formats = {
      "voc", "darknet", "ultralytics", "coco", "labelme", "cvat", "csv", "class-folders"};
  return formats;
}

std::vector<ConversionLoss> lossesOf(const Dataset& dataset, const std::string& format) {
  const FormatRoom room = formatRoomOf(format);
  const Counts counts = countsOf(dataset, room);
  std::vector<ConversionLoss> losses;
  const auto lose = [&](bool holds, std::size_t count, const char* what) {
    if (!holds && count > 0) losses.push_back({what, count});
  };
  if (!room.boxes) {
    lose(false, counts.boxes, "boxes: there is only a class for each picture");
    lose(false, counts.noClass, "pictures that are not of exactly one class: they are left out");
    if (!std::is_sorted(dataset.classes.begin(), dataset.classes.end()))
      lose(false, dataset.classes.size(),
           "classes change their numbers: folders go by their names");
    return losses;
  }
  lose(room.onePixel, counts.tiny,
       "boxes of one pixel or less in width or height: they are left out");
  lose(room.difficult, counts.difficult, "boxes marked difficult: the mark");
  lose(room.crowd, counts.crowd, "boxes marked crowd: the mark");
  lose(room.truncated, counts.truncated, "boxes marked truncated: the mark");
  lose(room.occluded, counts.occluded, "boxes marked occluded: the mark");
  lose(room.areas, counts.areas, "areas of outlines: the box's own counts");
  lose(false, counts.scores, "scores of boxes");
  lose(room.verified, counts.verified, "pictures marked verified: the mark");
  lose(room.imageClasses, counts.imageClasses, "pictures with a class as a whole: the class");

  if (format == "darknet")
    lose(false, renamedForDarknet(dataset),
         "pictures with 'images' or 'JPEGImages' in their paths, which Darknet takes for 'labels': "
         "they are called otherwise");

  const std::vector<int> all = splitCounts(dataset, nullptr);
  const auto inSplits = [&](int least) {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](int n) { return n >= least; }));
  };
  if (room.splits == FormatRoom::Splits::None)
    lose(false, inSplits(1), "pictures in splits: the splits");
  if (room.splits == FormatRoom::Splits::One) {
    lose(false, inSplits(2), "pictures in several splits: the first of train, val and test counts");
    std::size_t unlabelled = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
      unlabelled += all[i] > 0 && dataset.pictures[i].annotation->state == LabelState::Unlabelled;
    lose(false, unlabelled, "unlabelled pictures in splits: the split");
  }
  const std::set<std::string> three = {"train", "val", "test"};
  if (format == "darknet" || format == "ultralytics") {
    const std::vector<int> known = splitCounts(dataset, &three);
    lose(false, static_cast<std::size_t>(std::count(known.begin(), known.end(), 0)),
         "pictures in none of train, val and test: they go into train");
  }
  if (format == "darknet" || format == "ultralytics" || format == "csv" || format == "coco") {
    for (const auto& [name, pictures] : dataset.splits) {
      const bool kept = three.contains(name) || (room.shared && name == "trainval");
      if (!kept)
        losses.push_back({"pictures in the split '" + name + "': the split", pictures.size()});
    }
  }
  return losses;
}

}  // namespace boxwright
