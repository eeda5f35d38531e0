// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <span>

#include "core/network/network.h"
#include "core/taxonomy/tree_reading.h"
#include "core/yolo/region_head.h"

namespace boxwright {

template <typename T>
T logistic(T value) {
  return T(1) / (T(1) + std::exp(-value));
}

/// Class probabilities of one box into `probabilities` (K values): a softmax with `softmax=1`, over
/// the background entry too with `background=1`, else a logistic each (spec section 5); over a
/// class tree the conditional ones (section 11). Returns the background's probability, 0 where
/// there is none.
template <typename T>
T classProbabilities(const HeadView<T>& head, const RegionLayer& region, int b, int n, int j, int i,
                     std::span<T> probabilities) {
  const std::size_t stride = std::size_t(head.height) * head.width;
  const T* entry = head.data + head.index(b, n, 5, j, i);
  const int classes = head.classes;
  if (region.classTree) {
    conditionalProbabilities<T>(*region.classTree, {entry, stride}, probabilities);
    return T(0);
  }
  if (!region.softmax) {
    for (int k = 0; k < classes; ++k)
      probabilities[k] = logistic(entry[k * stride]);
    return T(0);
  }
  const bool background = region.background;
  T largest = background ? *(entry - stride) : entry[0];
  for (int k = 0; k < classes; ++k) {
    const T value = entry[k * stride];
    probabilities[k] = value;
    if (value > largest) largest = value;
  }
  T share = background ? std::exp(*(entry - stride) - largest) : T(0);
  T sum = share;
  for (int k = 0; k < classes; ++k) {
    probabilities[k] = std::exp(probabilities[k] - largest);
    sum += probabilities[k];
  }
  for (int k = 0; k < classes; ++k)
    probabilities[k] /= sum;
  return share / sum;
}

/// What a box says of the classes of a tree.
template <typename T>
TreeValues<T> treeValues(const HeadView<T>& head, int b, int n, int j, int i) {
  return {head.data + head.index(b, n, 5, j, i), std::size_t(head.height) * head.width};
}

/// The probability of one class in one box; over a class tree the absolute one, for which only its
/// path is read. `scratch` holds K values.
template <typename T>
double classProbability(const HeadView<T>& head, const RegionLayer& region, int b, int n, int j,
                        int i, int classId, std::span<T> scratch) {
  if (region.classTree)
    return absoluteProbability(*region.classTree, treeValues(head, b, n, j, i), classId);
  classProbabilities(head, region, b, n, j, i, scratch);
  return double(scratch[std::size_t(classId)]);
}

/// What the `to` entry of a box means: the logistic of it; with `background=1` the background's
/// softmax probability (`scratch` holds K values), or `to` itself where there is no softmax.
template <typename T>
T objectnessOf(const HeadView<T>& head, const RegionLayer& region, int b, int n, int j, int i,
               std::span<T> scratch) {
  if (!region.background) return logistic(head.at(b, n, 4, j, i));
  if (!region.softmax) return head.at(b, n, 4, j, i);
  return classProbabilities(head, region, b, n, j, i, scratch);
}

/// Throws Error unless the view and [region] describe the same head.
void checkHead(int anchors, int classes, bool classesPerCell, const RegionLayer& region);
template <typename T>
void checkHead(const HeadView<T>& head, const RegionLayer& region) {
  checkHead(head.anchors, head.classes, head.classesPerCell, region);
}

}  // namespace boxwright
