// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "core/geometry/conversion.h"
#include "core/network/network.h"

namespace boxwright {

/// A view of the raw head before [region], NCHW: channel of (anchor n, entry e) is n * (5 + K) + e
/// with e: 0 tx, 1 ty, 2 tw, 3 th, 4 to, 5.. classes (spec section 5). With classesPerCell (YOLO's
/// head) it is n * 5 + e, and the classes come once, after all boxes: every box of a cell reads the
/// same. Owns nothing. T is float or double.
template <typename T>
struct HeadView {
  const T* data = nullptr;
  int batch = 0, anchors = 0, classes = 0, height = 0, width = 0;
  bool classesPerCell = false;

  std::size_t channels() const {
    return classesPerCell ? std::size_t(anchors) * 5 + classes
                          : std::size_t(anchors) * (5 + classes);
  }
  std::size_t size() const { return batch * channels() * height * width; }
  std::size_t index(int b, int n, int entry, int j, int i) const {
    const std::size_t box = classesPerCell ? std::size_t(entry < 5 ? n : anchors - 1) * 5
                                           : std::size_t(n) * (5 + classes);
    return ((b * channels() + box + entry) * height + j) * width + i;
  }
  T at(int b, int n, int entry, int j, int i) const { return data[index(b, n, entry, j, i)]; }
};

/// The view of a head that [region] describes.
template <typename T>
HeadView<T> headView(const RegionLayer& region, const T* data, int batch, int height, int width) {
  return {data, batch, region.num, region.classes, height, width, region.boxForm == BoxForm::Yolo};
}

/// A true object for the loss: centre box in fractions of the input, and its class (with a class
/// tree any node).
struct Truth {
  CentreBox box;
  int classId = 0;
  int source = -1;  ///< which of the picture's labels it is; -1: nobody asks
  /// The picture shows the class, nobody says where: `box` means nothing, and the other truths of
  /// the picture are passed over.
  bool classOnly = false;
};

/// The truths of each picture of a batch.
using BatchTruths = std::vector<std::vector<Truth>>;

}  // namespace boxwright
