// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "core/geometry/conversion.h"
#include "core/network/network.h"

namespace boxwright {

/// A view of the raw head before [region], NCHW: channel of (anchor n, entry e) is n * (5 + K) + e
/// with e: 0 tx, 1 ty, 2 tw, 3 th, 4 to, 5.. classes (spec section 5). Owns nothing. T is float or
/// double.
template <typename T>
struct HeadView {
  const T* data = nullptr;
  int batch = 0, anchors = 0, classes = 0, height = 0, width = 0;

  std::size_t index(int b, int n, int entry, int j, int i) const {
    const std::size_t channel = (std::size_t(b) * anchors + n) * (5 + classes) + entry;
    return (channel * height + j) * width + i;
  }
  T at(int b, int n, int entry, int j, int i) const { return data[index(b, n, entry, j, i)]; }
};

/// A true object for the loss: centre box in fractions of the input, and its class.
struct Truth {
  CentreBox box;
  int classId = 0;
};

/// The truths of each picture of a batch.
using BatchTruths = std::vector<std::vector<Truth>>;

}  // namespace boxwright
