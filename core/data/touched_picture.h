// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/data/annotation.h"
#include "core/data/label_writer.h"

namespace boxwright {

/// A picture whose labels have been edited since its dataset was opened.
struct TouchedPicture {
  AnnotationPtr first;  ///< before the first edit
  std::uint64_t firstHash = 0;
  AnnotationPtr now;
  AnnotationPtr saved;        ///< what its label file says, while its bytes are these:
  std::uint64_t hash = 0;     ///< 0: there is no file
  LabelSlots objects;         ///< of the file
  bool objectsKnown = false;  ///< else the file is as it was read, and they are as read
  bool inTrash = false;       ///< the picture, and its label file where that is its own
};

}  // namespace boxwright
