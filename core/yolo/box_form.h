// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

#include "core/geometry/conversion.h"
#include "core/network/network.h"
#include "core/yolo/activation.h"

namespace boxwright {

/// Where in a head a box is: which of a cell's, the cell, and how many cells there are.
struct BoxPlace {
  int n = 0, j = 0, i = 0;
  int height = 1, width = 1;
};

/// The four geometry entries of a box, or what they are drawn to.
template <typename T>
struct BoxEntries {
  T x = 0, y = 0, w = 0, h = 0;
};

/// A centre and a size in fractions of the input.
template <typename T>
struct PlacedBox {
  T x = 0, y = 0, w = 0, h = 0;
};

/// What tx or ty is once activated, which the loss compares with its target: its logistic with
/// direct location, itself else. Of tw and th: themselves.
template <typename T>
T centreValue(BoxForm form, T entry) {
  return form == BoxForm::Direct ? logistic(entry) : entry;
}
/// Its derivative by the entry.
template <typename T>
T centreSlope(BoxForm form, T value) {
  return form == BoxForm::Direct ? value * (T(1) - value) : T(1);
}

/// The box that raw entries say. Direct is spec section 5; Offsets is x = (i + .5 + tx pw) / W with
/// sizes as there (the RPN's, its sign as the paper means it); Yolo is x = (i + tx) / W, w = tw^2.
template <typename T>
PlacedBox<T> placeBox(const RegionLayer& region, const BoxPlace& at, const BoxEntries<T>& raw) {
  const T width = T(at.width), height = T(at.height);
  if (region.boxForm == BoxForm::Yolo) {
    return {(T(at.i) + raw.x) / width, (T(at.j) + raw.y) / height, raw.w * raw.w, raw.h * raw.h};
  }
  const Size anchor = region.anchors[std::size_t(at.n)];  // in cells
  const T w = T(anchor.width / at.width) * std::exp(raw.w);
  const T h = T(anchor.height / at.height) * std::exp(raw.h);
  if (region.boxForm == BoxForm::Offsets) {
    return {(T(at.i) + T(0.5) + raw.x * T(anchor.width)) / width,
            (T(at.j) + T(0.5) + raw.y * T(anchor.height)) / height, w, h};
  }
  return {(T(at.i) + logistic(raw.x)) / width, (T(at.j) + logistic(raw.y)) / height, w, h};
}

/// What centreValue of tx and ty, and tw and th, are to be for the box to be `truth`.
inline BoxEntries<double> targetOf(const RegionLayer& region, const BoxPlace& at,
                                   const CentreBox& truth) {
  const double x = truth.x * at.width - at.i, y = truth.y * at.height - at.j;  // within the cell
  if (region.boxForm == BoxForm::Yolo) return {x, y, std::sqrt(truth.w), std::sqrt(truth.h)};
  const Size anchor = region.anchors[std::size_t(at.n)];
  const double w = std::log(truth.w * at.width / anchor.width);
  const double h = std::log(truth.h * at.height / anchor.height);
  if (region.boxForm == BoxForm::Offsets)
    return {(x - 0.5) / anchor.width, (y - 0.5) / anchor.height, w, h};
  return {x, y, w, h};
}

/// The same for the box of its anchor in the middle of its cell. Boxes without anchors have none.
inline BoxEntries<double> restOf(const RegionLayer& region) {
  const double middle = region.boxForm == BoxForm::Direct ? 0.5 : 0;
  return {middle, middle, 0, 0};
}

}  // namespace boxwright
