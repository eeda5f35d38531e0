// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/yolo/box_form.h"
#include "core/yolo/region_head.h"

namespace boxwright {

enum class CoordinateWeight { Plain, TwoMinusArea };  ///< coord_scale, or times (2 - wh) (R18)

/// What a picture without boxes teaches of objectness. Paper: .3 at least at the box that its class
/// is learned at, and nothing elsewhere, where there may be more objects. Early: Darknet's code of
/// the paper's time, for which all other boxes are background. Late: its later code, where that one
/// box is left alone, and is the first of equal ones by anchors before cells (spec 5.4).
enum class ClassOnlyForm { Paper, Early, Late };

/// What the loss needs beside [region]'s own keys.
struct LossSettings {
  CoordinateWeight coordinateWeight = CoordinateWeight::TwoMinusArea;
  std::uint64_t seen = 0;             ///< images counted including this mini-batch
  std::uint64_t priorImages = 12800;  ///< below this many seen, boxes are drawn to their anchors
  ClassOnlyForm classOnlyForm = ClassOnlyForm::Paper;
};

/// Boxes chosen and their targets: constants while the loss is differentiated. Made by assign().
struct RegionTargets;

/// The true loss of spec section 5 over the batch (a sum, not divided by the pictures), by part.
struct LossParts {
  double box = 0, objectness = 0, noObject = 0, classes = 0;
  double classOnly = 0;  ///< the classes of pictures without boxes

  double total() const { return box + objectness + noObject + classes + classOnly; }
  LossParts& operator+=(const LossParts& other) {
    box += other.box;
    objectness += other.objectness;
    noObject += other.noObject;
    classes += other.classes;
    classOnly += other.classOnly;
    return *this;
  }
};

/// What Darknet prints a mini-batch (spec 5); NaN where nothing was counted.
struct RegionStatistics {
  double averageIou = 0, classProbability = 0, objectness = 0, noObjectness = 0, recall = 0;
  std::size_t truths = 0;         ///< truths used, of pictures with boxes
  std::size_t classOnly = 0;      ///< pictures without boxes: they count in classProbability alone
  std::size_t droppedTruths = 0;  ///< beyond the cfg's `max`
  std::size_t sharedTruths = 0;   ///< truths that met an anchor and cell (YOLO: a cell) taken
};

/// The shape of best IOU with `truth` about a common centre, the first of equals: the anchor that
/// is to find an object.
int bestShape(std::span<const Size> shapes, const Size& truth);

/// Chooses boxes and targets for `truths` (spec 5.1, 5.2; 5.4 for a picture of which the class
/// alone is known: its box is the one most likely to be an object of it). T is float or double.
template <typename T>
RegionTargets assign(const HeadView<T>& head, const BatchTruths& truths, const RegionLayer& region,
                     const LossSettings& settings);

/// What one object adds to the loss: its coordinates, objectness and class.
struct ObjectLoss {
  int b = 0;        ///< picture of the batch
  int source = -1;  ///< Truth::source
  double loss = 0;
};

/// The loss and, where `gradient` is not empty, d loss / d head (the positive gradient, as large as
/// the head, overwritten), with the targets held fixed. `objects`, where given, takes what each
/// object that found a box adds to it. Where `planes` are given, those of lossPlanes(), the rest of
/// the gradient is left as it is.
template <typename T>
LossParts regionLoss(const HeadView<T>& head, const RegionTargets& targets,
                     const RegionLayer& region, std::span<T> gradient,
                     std::vector<ObjectLoss>* objects = nullptr,
                     std::span<const std::int32_t> planes = {});

/// One target entry: value v is drawn to `target` with .5 * scale * (v - target)^2.
struct RegionTargets {
  struct Entry {
    int b = 0, n = 0, j = 0, i = 0;
    bool hasBox = false;
    double scale = 0;        ///< of the four coordinates
    BoxEntries<double> box;  ///< what the entries are drawn to, by targetOf()
    bool hasObjectness = false;
    double objectnessScale = 0, objectnessTarget = 0;
    bool isObject = false;     ///< counts into LossParts::objectness, else noObject
    bool isClassOnly = false;  ///< of a picture without boxes
    int classId = -1;          ///< -1: no class term
    int source = -1;           ///< Truth::source, where it is an object
    /// Multi-label (no softmax): further truths on the same box. Over a class tree: earlier ones,
    /// whose groups off the later one's path they still teach.
    std::vector<int> moreClasses;
  };
  std::vector<Entry> entries;  ///< at most one a box of the head, in (b, n, j, i) order
  RegionStatistics statistics;
};

}  // namespace boxwright
