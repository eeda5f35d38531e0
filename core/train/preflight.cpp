// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/preflight.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "core/geometry/conversion.h"
#include "core/geometry/iou.h"
#include "core/yolo/region_loss.h"

namespace boxwright {
namespace {

/// Of two labels of one object; two objects hardly ever overlap so.
constexpr double kSamePlace = 0.95;

double percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Preflight inspect(const std::vector<LoaderPicture>& pictures, const RegionLayer& region, int side,
                  int stride) {
  Preflight found;
  found.pictures = pictures.size();
  const int cells = std::max(1, side / stride);
  for (const LoaderPicture& picture : pictures) {
    if (picture.classOnly()) continue;
    if (picture.truths.empty()) ++found.withoutBoxes;
    found.truths += picture.truths.size();
    if (region.maxTruthsGiven && std::cmp_greater(picture.truths.size(), region.maxTruths))
      found.beyondMax += picture.truths.size() - static_cast<std::size_t>(region.maxTruths);
    std::set<std::tuple<int, int, int>> taken;
    for (const Truth& truth : picture.truths) {
      const double shorter = std::min(truth.box.w, truth.box.h) * side;
      if (shorter < found.tinySide) ++found.tiny;
      const int i = std::clamp(static_cast<int>(truth.box.x * cells), 0, cells - 1);
      const int j = std::clamp(static_cast<int>(truth.box.y * cells), 0, cells - 1);
      // With YOLO's head a cell finds one object, whatever its shape.
      const int n = region.boxForm == BoxForm::Yolo
                        ? 0
                        : bestShape(region.anchors, {truth.box.w * cells, truth.box.h * cells});
      if (!taken.insert({i, j, n}).second) ++found.shared;
      const Rect place = rectFromCentre(truth.box);
      const auto same = [&](const Truth& other) {
        return iou(place, rectFromCentre(other.box)) > kSamePlace;
      };
      if (std::any_of(picture.truths.data(), &truth, same)) {
        if (++found.repeated == 1) found.firstRepeated = picture.name;
      }
    }
  }
  return found;
}

std::vector<std::string> adviceOf(const Preflight& found, int side) {
  std::vector<std::string> lines;
  if (found.shared > 0)
    lines.push_back(fmt::format(
        "{} of {} boxes ({:.1f} %) share their cell and anchor with another box of the picture: of "
        "each such pair only one is learned{}.",
        found.shared, found.truths, percent(found.shared, found.truths),
        percent(found.shared, found.truths) > 2
            ? "; a larger input size or more anchors separate them"
            : ""));
  if (found.repeated > 0)
    lines.push_back(
        fmt::format("{} boxes lie where another box of their picture lies ({} has the first): an "
                    "object was labelled twice, perhaps as two classes.",
                    found.repeated, found.firstRepeated));
  if (found.tiny > 0)
    lines.push_back(fmt::format(
        "{} of {} boxes ({:.1f} %) are under {} pixels wide or high at input size {}: they are "
        "hard to learn; a larger input size helps.",
        found.tiny, found.truths, percent(found.tiny, found.truths), found.tinySide, side));
  if (found.beyondMax > 0)
    lines.push_back(
        fmt::format("{} boxes are beyond the cfg's own max= a picture and are left out; raise or "
                    "remove max= in "
                    "[region].",
                    found.beyondMax));
  if (found.withoutBoxes > 0)
    lines.push_back(
        fmt::format("{} of {} training pictures show no object: they teach the background.",
                    found.withoutBoxes, found.pictures));
  return lines;
}

}  // namespace boxwright
