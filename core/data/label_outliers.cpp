// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/label_outliers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/geometry/iou.h"

namespace boxwright {
namespace {

constexpr double kSameIou = 0.8;
constexpr double kInside = 0.95;
constexpr double kFar = 4.5;
constexpr double kLeastSpread =
    0.1;  ///< of the logarithm: a class of nearly equal boxes is not judged by a hair
constexpr std::size_t kFewest = 30;
constexpr double kDeviation = 1.4826;  ///< to the median distance, of a normal distribution

double overlapOf(const Rect& a, const Rect& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

std::string nameOf(const Dataset& dataset, int classId) {
  const auto id = static_cast<std::size_t>(classId);
  return classId >= 0 && id < dataset.classes.size() ? dataset.classes[id]
                                                     : std::to_string(classId);
}

std::string sizeText(double width, double height) {
  char text[48];
  std::snprintf(text, sizeof text, "%.0f x %.0f px", width, height);
  return text;
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// "", or why the smaller of two boxes of a class is worth a look.
std::string whatOf(const Dataset& dataset, const Box& larger, const Box& smaller) {
  char percent[16];
  if (const double same = iou(larger.rect, smaller.rect); same > kSameIou) {
    std::snprintf(percent, sizeof percent, "%.0f", 100 * same);
    return nameOf(dataset, larger.classId) + " twice on one place (IOU " + percent + " %)";
  }
  const double inside = overlapOf(larger.rect, smaller.rect) / smaller.rect.area();
  if (inside < kInside) return {};
  return nameOf(dataset, larger.classId) + " within another " + nameOf(dataset, larger.classId);
}

}  // namespace

std::vector<LabelFinding> overlappingBoxes(const Dataset& dataset, const std::stop_token& stop) {
  std::vector<LabelFinding> findings;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    if (stop.stop_requested()) return {};
    std::vector<const Box*> boxes;
    for (const Box& box : dataset.pictures[i].annotation->boxes) {
      if (!box.crowd && box.rect.width() > 0 && box.rect.height() > 0) boxes.push_back(&box);
    }
    // Largest first: each is compared with those that may hold it.
    std::stable_sort(boxes.begin(), boxes.end(),
                     [](const Box* a, const Box* b) { return a->rect.area() > b->rect.area(); });
    for (std::size_t k = 1; k < boxes.size(); ++k) {
      for (std::size_t j = 0; j < k; ++j) {
        if (boxes[j]->classId != boxes[k]->classId) continue;
        if (overlapOf(boxes[j]->rect, boxes[k]->rect) < kSameIou * boxes[k]->rect.area()) continue;
        std::string what = whatOf(dataset, *boxes[j], *boxes[k]);
        if (what.empty()) continue;
        findings.push_back({{i, boxes[k]->id}, std::move(what)});
        break;
      }
    }
  }
  return findings;
}

std::vector<LabelFinding> unusualSizes(const Dataset& dataset, const std::stop_token& stop) {
  struct Sized {
    BoxRef box;
    double width, height, area;  ///< the area's logarithm
  };
  std::vector<std::vector<Sized>> classes(dataset.classes.size());
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i) {
    for (const Box& box : dataset.pictures[i].annotation->boxes) {
      const auto id = static_cast<std::size_t>(box.classId);
      const double width = box.rect.width(), height = box.rect.height();
      if (box.crowd || box.classId < 0 || id >= classes.size() || width <= 0 || height <= 0)
        continue;
      classes[id].push_back({{i, box.id}, width, height, std::log(width * height)});
    }
  }
  struct Far {
    double distance;
    LabelFinding finding;
  };
  std::vector<Far> far;
  for (std::size_t id = 0; id < classes.size(); ++id) {
    if (stop.stop_requested()) return {};
    const std::vector<Sized>& boxes = classes[id];
    if (boxes.size() < kFewest) continue;
    std::vector<double> values, widths, heights;
    for (const Sized& box : boxes) {
      values.push_back(box.area);
      widths.push_back(box.width);
      heights.push_back(box.height);
    }
    const double middle = median(values);
    for (double& value : values)
      value = std::abs(value - middle);
    const double spread = std::max(kLeastSpread, kDeviation * median(values));
    const std::string usual = sizeText(median(widths), median(heights));
    for (const Sized& box : boxes) {
      const double distance = std::abs(box.area - middle) / spread;
      if (distance <= kFar) continue;
      far.push_back(
          {distance,
           {box.box, std::string(box.area < middle ? "unusually small" : "unusually large") +
                         " for " + nameOf(dataset, static_cast<int>(id)) + ": " +
                         sizeText(box.width, box.height) + ", the median is " + usual}});
    }
  }
  std::stable_sort(far.begin(), far.end(),
                   [](const Far& a, const Far& b) { return a.distance > b.distance; });
  std::vector<LabelFinding> findings;
  findings.reserve(far.size());
  for (Far& one : far)
    findings.push_back(std::move(one.finding));
  return findings;
}

}  // namespace boxwright
