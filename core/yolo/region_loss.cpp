// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/yolo/region_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/geometry/iou.h"
#include "core/yolo/activation.h"
#include "core/yolo/box_form.h"

namespace boxwright {
namespace {

constexpr double kPriorScale = 0.01;
constexpr double kClassOnlyObjectness = 0.3;
// How much one task of the team takes; fixed, so that the sums do not depend on who computes.
constexpr std::size_t kBoxesATask = 128;
constexpr std::size_t kEntriesATask = 512;
constexpr std::size_t kValuesATask = std::size_t(1) << 23;

constexpr std::size_t tasksOf(std::size_t count, std::size_t aTask) {
  return (count + aTask - 1) / aTask;
}

/// The boxes one picture's head says, as arrays over (n, j, i), in fractions of the input.
template <typename T>
struct PredictedBoxes {
  std::vector<T> left, top, right, bottom, area, objectness, bestIou;

  explicit PredictedBoxes(std::size_t count)
      : left(count),
        top(count),
        right(count),
        bottom(count),
        area(count),
        objectness(count),
        bestIou(count) {}

  std::size_t size() const { return left.size(); }

  void decode(const HeadView<T>& head, const RegionLayer& region, int b, std::span<T> scratch) {
    std::size_t box = 0;
    for (int n = 0; n < head.anchors; ++n) {
      for (int j = 0; j < head.height; ++j) {
        for (int i = 0; i < head.width; ++i, ++box) {
          const PlacedBox<T> placed = placeBox<T>(region, {n, j, i, head.height, head.width},
                                                  {head.at(b, n, 0, j, i), head.at(b, n, 1, j, i),
                                                   head.at(b, n, 2, j, i), head.at(b, n, 3, j, i)});
          left[box] = placed.x - placed.w / 2;
          right[box] = placed.x + placed.w / 2;
          top[box] = placed.y - placed.h / 2;
          bottom[box] = placed.y + placed.h / 2;
          area[box] = placed.w * placed.h;
          objectness[box] = objectnessOf(head, region, b, n, j, i, scratch);
        }
      }
    }
    std::fill(bestIou.begin(), bestIou.end(), T(0));
  }

  /// Raises bestIou by the IOU of every box with one truth (of some area).
  void meet(const Rect& truth) {
    const T l = T(truth.left), t = T(truth.top), r = T(truth.right), b = T(truth.bottom);
    const T truthArea = T(truth.area());
    for (std::size_t box = 0; box < size(); ++box) {
      T w = (right[box] < r ? right[box] : r) - (left[box] > l ? left[box] : l);
      T h = (bottom[box] < b ? bottom[box] : b) - (top[box] > t ? top[box] : t);
      w = w > 0 ? w : T(0);
      h = h > 0 ? h : T(0);
      const T intersection = w * h;
      const T overlap = intersection / (area[box] + truthArea - intersection);
      bestIou[box] = overlap > bestIou[box] ? overlap : bestIou[box];
    }
  }

  Rect rect(std::size_t box) const { return {left[box], top[box], right[box], bottom[box]}; }
};

void checkTruth(const Truth& truth, const RegionLayer& region, std::size_t picture) {
  const CentreBox& box = truth.box;
  const bool finite =
      std::isfinite(box.x) && std::isfinite(box.y) && std::isfinite(box.w) && std::isfinite(box.h);
  if (!truth.classOnly && (!finite || box.w <= 0 || box.h <= 0)) {
    throw Error("a true box has no area", "picture " + std::to_string(picture) + " of the batch",
                "leave boxes without area out of training");
  }
  if (truth.classId < 0 || truth.classId >= region.classes) {
    throw Error("a true box has class " + std::to_string(truth.classId) + ", the network knows " +
                    std::to_string(region.classes),
                "picture " + std::to_string(picture) + " of the batch",
                "give the network as many classes as the dataset");
  }
}

int cellOf(double fraction, int cells) {
  return std::clamp(static_cast<int>(std::floor(std::clamp(fraction, 0.0, 1.0) * cells)), 0,
                    cells - 1);
}

/// Log of 1 + e^value without overflow.
double softplus(double value) {
  return std::max(value, 0.0) + std::log1p(std::exp(-std::abs(value)));
}

bool isWanted(const RegionTargets::Entry& entry, int classId) {
  return classId == entry.classId || std::find(entry.moreClasses.begin(), entry.moreClasses.end(),
                                               classId) != entry.moreClasses.end();
}

/// The class term of one box over a class tree (spec 11): cross-entropy of every group on the way
/// to its class. A later truth on the same box rewrites the groups that both ways have.
template <typename T>
double treeTerm(const HeadView<T>& head, const RegionTargets::Entry& entry,
                const RegionLayer& region, std::span<T> scratch, std::span<T> gradient) {
  const ClassTree& tree = *region.classTree;
  const TreeValues<T> values = treeValues(head, entry.b, entry.n, entry.j, entry.i);
  const std::size_t first = head.index(entry.b, entry.n, 5, entry.j, entry.i);
  double loss = 0;
  std::vector<int> written;  // the first nodes of the groups; one class needs none
  const auto teach = [&](int classId) {
    for (int node = classId; node >= 0; node = tree.parentOf(node)) {
      const ClassTree::Group& group = tree.groupOf(node);
      if (!entry.moreClasses.empty()) {
        if (std::find(written.begin(), written.end(), group.first) != written.end()) continue;
        written.push_back(group.first);
      }
      loss -= logConditional(tree, values, node);
      if (gradient.empty()) continue;
      groupSoftmax(values, group, scratch);
      for (int k = 0; k < group.count; ++k) {
        const T target = group.first + k == node ? T(1) : T(0);
        gradient[first + std::size_t(group.first + k) * values.stride] =
            T(region.classScale) * (scratch[std::size_t(k)] - target);
      }
    }
  };
  teach(entry.classId);
  for (auto earlier = entry.moreClasses.rbegin(); earlier != entry.moreClasses.rend(); ++earlier)
    teach(*earlier);
  return region.classScale * loss;
}

/// The class term of one box (softmax or logistic cross-entropy) and its gradient.
template <typename T>
double classTerm(const HeadView<T>& head, const RegionTargets::Entry& entry,
                 const RegionLayer& region, std::span<T> scratch, std::span<T> gradient) {
  if (region.classTree) return treeTerm(head, entry, region, scratch, gradient);
  const std::size_t stride = std::size_t(head.height) * head.width;
  const std::size_t first = head.index(entry.b, entry.n, 5, entry.j, entry.i);
  if (!gradient.empty()) {
    classProbabilities(head, region, entry.b, entry.n, entry.j, entry.i, scratch);
    for (int k = 0; k < head.classes; ++k) {
      const T target = isWanted(entry, k) ? T(1) : T(0);
      gradient[first + k * stride] = T(region.classScale) * (scratch[k] - target);
    }
  }
  const auto raw = [&](int k) { return double(head.data[first + k * stride]); };
  double loss = 0;
  if (region.softmax) {
    const int lowest = region.background ? -1 : 0;  // entry 4, before the classes
    double largest = lowest < 0 ? double(*(head.data + first - stride)) : raw(0);
    for (int k = 0; k < head.classes; ++k)
      largest = std::max(largest, raw(k));
    double sum = lowest < 0 ? std::exp(double(*(head.data + first - stride)) - largest) : 0;
    for (int k = 0; k < head.classes; ++k)
      sum += std::exp(raw(k) - largest);
    loss = largest + std::log(sum) - raw(entry.classId);
  } else {
    for (int k = 0; k < head.classes; ++k) {
      loss += softplus(isWanted(entry, k) ? -raw(k) : raw(k));
    }
  }
  return region.classScale * loss;
}

/// The objectness term of one box and its gradient. With a background class its probability p is
/// drawn to 0 (object) or 1 (none) by cross-entropy, of which the reference differentiates `to`
/// alone.
template <typename T>
double objectnessTerm(const HeadView<T>& head, const RegionTargets::Entry& entry,
                      const RegionLayer& region, std::span<T> scratch, std::span<T> gradient) {
  const T value = objectnessOf(head, region, entry.b, entry.n, entry.j, entry.i, scratch);
  const T difference = value - T(entry.objectnessTarget);
  const T scale = T(entry.objectnessScale);
  if (!gradient.empty()) {
    const T slope = region.background ? T(1) : value * (T(1) - value);
    gradient[head.index(entry.b, entry.n, 4, entry.j, entry.i)] = scale * difference * slope;
  }
  if (region.background && region.softmax) {
    const double share = entry.isObject ? 1 - double(value) : double(value);
    return -entry.objectnessScale * std::log(std::max(share, 1e-300));
  }
  return 0.5 * entry.objectnessScale * double(difference) * double(difference);
}

/// Which box of picture `b` (by its place in (n, j, i) order) is the likeliest object of `classId`:
/// the first of equals, by cells in the paper's form.
template <typename T>
std::size_t likeliestBox(const HeadView<T>& head, const RegionLayer& region, int b, int classId,
                         std::span<const T> objectness, ClassOnlyForm form) {
  struct Likely {
    std::size_t box = 0;
    T likelihood = 0;
  };
  const int plane = head.height * head.width;
  const std::size_t boxes = std::size_t(head.anchors) * plane;
  std::vector<Likely> bestOf(tasksOf(boxes, kBoxesATask));
  parallelFor(bestOf.size(), [&](std::size_t task) {
    std::vector<T> scratch(region.classTree ? 0 : head.classes);  // a tree's path needs none
    Likely& best = bestOf[task];
    const std::size_t end = std::min(boxes, (task + 1) * kBoxesATask);
    for (std::size_t at = task * kBoxesATask; at < end; ++at) {
      const int k = static_cast<int>(at);
      const int n = form == ClassOnlyForm::Late ? k / plane : k % head.anchors;
      const int cell = form == ClassOnlyForm::Late ? k % plane : k / head.anchors;
      const std::size_t box = std::size_t(n) * plane + cell;
      if (!(objectness[box] > best.likelihood)) continue;  // a probability is 1 at most
      const T likelihood =
          objectness[box] * T(classProbability<T>(head, region, b, n, cell / head.width,
                                                  cell % head.width, classId, scratch));
      if (likelihood > best.likelihood) best = {box, likelihood};
    }
  });
  // max_element takes the first of equals.
  return std::max_element(bestOf.begin(), bestOf.end(),
                          [](const Likely& one, const Likely& other) {
                            return one.likelihood < other.likelihood;
                          })
      ->box;
}

/// The four coordinate terms of one box and their gradient.
template <typename T>
double boxTerm(const HeadView<T>& head, const RegionTargets::Entry& entry, BoxForm form,
               std::span<T> gradient) {
  const std::size_t stride = std::size_t(head.height) * head.width;
  const std::size_t first = head.index(entry.b, entry.n, 0, entry.j, entry.i);
  const T scale = T(entry.scale);
  const T x = centreValue(form, head.data[first]), y = centreValue(form, head.data[first + stride]);
  const T differences[4] = {x - T(entry.box.x), y - T(entry.box.y),
                            head.data[first + 2 * stride] - T(entry.box.w),
                            head.data[first + 3 * stride] - T(entry.box.h)};
  if (!gradient.empty()) {
    gradient[first] = scale * differences[0] * centreSlope(form, x);
    gradient[first + stride] = scale * differences[1] * centreSlope(form, y);
    gradient[first + 2 * stride] = scale * differences[2];
    gradient[first + 3 * stride] = scale * differences[3];
  }
  double squares = 0;
  for (const T difference : differences)
    squares += double(difference) * double(difference);
  return 0.5 * entry.scale * squares;
}

/// Zeros these planes of `each` values; where none are named, all.
template <typename T>
void clear(std::span<T> gradient, std::span<const std::int32_t> planes, std::size_t each) {
  const bool whole = planes.empty();
  const std::size_t count = whole ? gradient.size() : planes.size();
  const std::size_t atOnce = whole ? kValuesATask : std::max<std::size_t>(1, kValuesATask / each);
  parallelFor(tasksOf(count, atOnce), [&](std::size_t task) {
    const std::size_t first = task * atOnce, end = std::min(count, first + atOnce);
    if (whole) std::fill(gradient.begin() + first, gradient.begin() + end, T(0));
    for (std::size_t i = first; i < end && !whole; ++i)
      std::fill_n(gradient.begin() + std::size_t(planes[i]) * each, each, T(0));
  });
}

/// The box of one cell that is to find `truth` where there are no anchors: the one that overlaps it
/// best, or where none does, the one whose numbers are nearest. `cell` is its first box, the others
/// follow `stride` apart.
template <typename T>
int responsibleBox(const PredictedBoxes<T>& predicted, const CentreBox& truth, std::size_t cell,
                   std::size_t stride, int boxes) {
  int best = -1, nearest = 0;
  double bestIou = 0, leastSquares = std::numeric_limits<double>::infinity();
  for (int n = 0; n < boxes; ++n) {
    const Rect rect = predicted.rect(cell + n * stride);
    const double overlap = iou(rect, rectFromCentre(truth));
    if (overlap > bestIou) {
      bestIou = overlap;
      best = n;
    }
    const CentreBox box = centreBox(rect);
    const double squares = std::pow(box.x - truth.x, 2) + std::pow(box.y - truth.y, 2) +
                           std::pow(box.w - truth.w, 2) + std::pow(box.h - truth.h, 2);
    if (squares < leastSquares) {
      leastSquares = squares;
      nearest = n;
    }
  }
  return best < 0 ? nearest : best;
}

}  // namespace

int bestShape(std::span<const Size> shapes, const Size& truth) {
  int best = 0;
  double bestIou = 0;
  for (std::size_t n = 0; n < shapes.size(); ++n) {
    const double overlap = sizeIou(shapes[n], truth);
    if (overlap > bestIou) {
      bestIou = overlap;
      best = static_cast<int>(n);
    }
  }
  return best;
}

template <typename T>
RegionTargets assign(const HeadView<T>& head, const BatchTruths& truths, const RegionLayer& region,
                     const LossSettings& settings) {
  checkHead(head, region);
  if (truths.size() != std::size_t(head.batch)) {
    throw Error("a batch of " + std::to_string(head.batch) + " pictures got the true boxes of " +
                std::to_string(truths.size()));
  }
  const int width = head.width, height = head.height;
  const bool yolo = region.boxForm == BoxForm::Yolo;
  const bool drawToAnchors = !yolo && settings.seen < settings.priorImages;
  const std::size_t boxes = std::size_t(head.anchors) * height * width;
  RegionTargets targets;
  targets.entries.reserve(boxes * head.batch);
  RegionStatistics& statistics = targets.statistics;
  double objectnessOfAll = 0, recalled = 0;
  PredictedBoxes<T> predicted(boxes);
  std::vector<T> scratch(head.classes);
  std::vector<RegionTargets::Entry> entries(boxes);
  std::vector<Size> shapes(head.anchors);
  std::vector<bool> cellTaken;

  for (int b = 0; b < head.batch; ++b) {
    const std::vector<Truth>& all = truths[b];
    std::size_t count = all.size();
    if (region.maxTruthsGiven && count > std::size_t(std::max(region.maxTruths, 0))) {
      statistics.droppedTruths += count - std::max(region.maxTruths, 0);
      count = std::max(region.maxTruths, 0);
    }
    predicted.decode(head, region, b, scratch);
    const Truth* classOnly = nullptr;
    for (std::size_t t = 0; t < count && !classOnly; ++t) {
      checkTruth(all[t], region, b);
      if (all[t].classOnly) classOnly = &all[t];
    }
    if (classOnly) count = 0;
    for (std::size_t t = 0; t < count; ++t)
      predicted.meet(rectFromCentre(all[t].box));

    // Every box first: no object, unless it covers some truth well; early on drawn to its anchor.
    std::size_t box = 0;
    for (int n = 0; n < head.anchors; ++n) {
      for (int j = 0; j < height; ++j) {
        for (int i = 0; i < width; ++i, ++box) {
          RegionTargets::Entry& entry = entries[box];
          entry = {};
          entry.b = b;
          entry.n = n;
          entry.j = j;
          entry.i = i;
          entry.hasObjectness = !(classOnly ? settings.classOnlyForm == ClassOnlyForm::Paper
                                            : double(predicted.bestIou[box]) > region.threshold);
          entry.objectnessScale = region.noObjectScale;
          entry.objectnessTarget = region.background ? 1 : 0;
          if (drawToAnchors && !classOnly) {
            entry.hasBox = true;
            entry.scale = kPriorScale;
            entry.box = restOf(region);
          }
          if (!classOnly) objectnessOfAll += double(predicted.objectness[box]);
        }
      }
    }

    // A picture of which the class alone is known teaches it where it is likeliest.
    if (classOnly) {
      const std::size_t chosen = likeliestBox<T>(head, region, b, classOnly->classId,
                                                 predicted.objectness, settings.classOnlyForm);
      RegionTargets::Entry& entry = entries[chosen];
      entry.isClassOnly = true;
      entry.classId = classOnly->classId;
      entry.hasObjectness = settings.classOnlyForm != ClassOnlyForm::Late &&
                            double(predicted.objectness[chosen]) < kClassOnlyObjectness;
      entry.objectnessScale = region.objectScale;
      entry.objectnessTarget = kClassOnlyObjectness;
      ++statistics.classOnly;
      statistics.classProbability +=
          classProbability<T>(head, region, b, entry.n, entry.j, entry.i, entry.classId, scratch);
    }

    // Then the truths in order; a later one overrides (but in YOLO's cells).
    if (yolo) cellTaken.assign(std::size_t(height) * width, false);
    for (std::size_t t = 0; t < count; ++t) {
      const Truth& truth = all[t];
      const int i = cellOf(truth.box.x, width), j = cellOf(truth.box.y, height);
      const Size truthSize{truth.box.w * width, truth.box.h * height};  // in cells
      int best = 0;
      if (yolo) {
        // A cell says one class, so it has one object: the first (YOLO's paper, section 2).
        if (cellTaken[std::size_t(j) * width + i]) {
          ++statistics.sharedTruths;
          continue;
        }
        cellTaken[std::size_t(j) * width + i] = true;
        best = responsibleBox(predicted, truth.box, std::size_t(j) * width + i,
                              std::size_t(height) * width, head.anchors);
      } else {
        for (int n = 0; n < head.anchors; ++n) {
          shapes[n] = region.anchors[n];
          if (region.biasMatch) continue;
          shapes[n].width *= std::exp(double(head.at(b, n, 2, j, i)));
          shapes[n].height *= std::exp(double(head.at(b, n, 3, j, i)));
        }
        best = bestShape(shapes, truthSize);
      }
      const std::size_t chosen = (std::size_t(best) * height + j) * width + i;
      const double overlap = iou(predicted.rect(chosen), rectFromCentre(truth.box));
      RegionTargets::Entry& entry = entries[chosen];
      const bool taken = entry.isObject;
      entry.hasBox = true;
      entry.scale = region.coordScale;
      if (settings.coordinateWeight == CoordinateWeight::TwoMinusArea) {
        entry.scale *= 2 - truth.box.w * truth.box.h;
      }
      entry.box = targetOf(region, {best, j, i, height, width}, truth.box);
      entry.hasObjectness = true;
      entry.isObject = true;
      entry.source = truth.source;
      entry.objectnessScale = region.objectScale;
      entry.objectnessTarget = region.background ? 0 : region.rescore ? overlap : 1;

      if (taken && !region.softmax && !region.classTree) {
        if (!isWanted(entry, truth.classId)) entry.moreClasses.push_back(truth.classId);
      } else {
        if (taken && region.classTree) entry.moreClasses.push_back(entry.classId);
        entry.classId = truth.classId;
        statistics.classProbability +=
            classProbability<T>(head, region, b, best, j, i, truth.classId, scratch);
      }
      if (taken) ++statistics.sharedTruths;
      ++statistics.truths;
      statistics.averageIou += overlap;
      statistics.objectness += double(predicted.objectness[chosen]);
      if (overlap > 0.5) recalled += 1;
    }

    for (RegionTargets::Entry& entry : entries) {
      if (entry.hasBox || entry.hasObjectness || entry.classId >= 0)
        targets.entries.push_back(std::move(entry));
    }
  }

  const auto countOf = [](std::size_t n) {
    return n > 0 ? double(n) : std::numeric_limits<double>::quiet_NaN();
  };
  const double counted = countOf(statistics.truths);
  statistics.averageIou /= counted;
  statistics.classProbability /= countOf(statistics.truths + statistics.classOnly);
  statistics.objectness /= counted;
  statistics.recall = recalled / counted;
  statistics.noObjectness = objectnessOfAll / (double(boxes) * head.batch);
  return targets;
}

template <typename T>
LossParts regionLoss(const HeadView<T>& head, const RegionTargets& targets,
                     const RegionLayer& region, std::span<T> gradient,
                     std::vector<ObjectLoss>* objects, std::span<const std::int32_t> planes) {
  checkHead(head, region);
  if (!gradient.empty() && gradient.size() != head.size()) {
    throw Error("the gradient has " + std::to_string(gradient.size()) + " values, the head " +
                std::to_string(head.size()));
  }
  if (!gradient.empty()) clear(gradient, planes, std::size_t(head.height) * head.width);
  // Every entry has values of the head of its own, so a task an equal share of them.
  struct Share {
    LossParts parts;
    std::vector<ObjectLoss> objects;
  };
  std::vector<Share> shares(tasksOf(targets.entries.size(), kEntriesATask));
  parallelFor(shares.size(), [&](std::size_t task) {
    Share& share = shares[task];
    LossParts& parts = share.parts;
    std::vector<T> scratch(head.classes);
    const std::size_t end = std::min(targets.entries.size(), (task + 1) * kEntriesATask);
    for (std::size_t i = task * kEntriesATask; i < end; ++i) {
      const RegionTargets::Entry& entry = targets.entries[i];
      double own = 0;
      const auto count = [&own](double& part, double term) {
        part += term;
        own += term;
      };
      if (entry.hasBox) count(parts.box, boxTerm<T>(head, entry, region.boxForm, gradient));
      if (entry.hasObjectness) {
        count(entry.isObject ? parts.objectness : parts.noObject,
              objectnessTerm<T>(head, entry, region, scratch, gradient));
      }
      if (entry.classId >= 0)
        count(entry.isClassOnly ? parts.classOnly : parts.classes,
              classTerm<T>(head, entry, region, scratch, gradient));
      if (objects && entry.isObject) share.objects.push_back({entry.b, entry.source, own});
    }
  });
  LossParts parts;
  for (const Share& share : shares) {
    parts += share.parts;
    if (objects) objects->insert(objects->end(), share.objects.begin(), share.objects.end());
  }
  return parts;
}

template RegionTargets assign(const HeadView<float>&, const BatchTruths&, const RegionLayer&,
                              const LossSettings&);
template RegionTargets assign(const HeadView<double>&, const BatchTruths&, const RegionLayer&,
                              const LossSettings&);
template LossParts regionLoss(const HeadView<float>&, const RegionTargets&, const RegionLayer&,
                              std::span<float>, std::vector<ObjectLoss>*,
                              std::span<const std::int32_t>);
template LossParts regionLoss(const HeadView<double>&, const RegionTargets&, const RegionLayer&,
                              std::span<double>, std::vector<ObjectLoss>*,
                              std::span<const std::int32_t>);

}  // namespace boxwright
