// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/atomic_folder.h"

namespace boxwright {

/// A small world for joint training: four families of sixteen shapes. Of three families two shapes
/// each have boxes to learn from; the other ten shapes, one family among them, are known from
/// pictures of which the shape alone is said. What lies in the folder:
///   boxed   pictures with boxes (VOC). In train and val there are boxed shapes only, since an
///           object without a box would be learned as background; in test there are all.
///   whole   one shape a picture, somewhere, in a folder of its name
///   shapes.tree, shapes.names, shapes.combined.json
/// The same bytes for the same numbers; const members may be called by any thread.
class TaxonomySample {
 public:
  /// `boxed` holds `images` pictures, `whole` twice as many.
  TaxonomySample(int images, std::uint64_t seed);

  static int pictures(int images) { return 3 * images; }
  /// All but the pictures.
  void writeLists(const AtomicFolder& out) const;
  void writePicture(const AtomicFolder& out, int number) const;

 private:
  const int images_;
  const std::uint64_t seed_;
  std::vector<bool> isTest_;  ///< of the pictures with boxes
};

}  // namespace boxwright
