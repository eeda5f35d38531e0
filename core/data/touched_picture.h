// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/data/annotation.h"
#include "core/data/class_change.h"
#include "core/data/label_writer.h"

namespace boxwright {

/// A picture whose labels have been edited since its dataset was opened.
struct TouchedPicture {
  AnnotationPtr first;          ///< before the first edit
  std::uint64_t firstHash = 0;  ///< of its label file then
  AnnotationPtr now;
  AnnotationPtr saved;   ///< what of it was written last; else as the first
  ClassListPtr savedIn;  ///< the classes that it was written with
  bool inTrash = false;  ///< the picture, and its label file where that is its own
};

/// A label file that has been written since, or somebody has written meanwhile.
struct TouchedFile {
  std::uint64_t firstHash = 0;
  std::uint64_t hash = 0;  ///< while its bytes have it, it says what is known; 0: there is no file

  /// What it says of a picture: of all that have it for their label file, where that is not shared.
  struct Section {
    std::size_t writtenFor = 0;
    AnnotationPtr says;
    ClassListPtr in;  ///< the classes that it says it with
    std::optional<LabelSlots> objects;
  };
  /// By picture, or one at 0. What is not here it says as it was read.
  std::map<std::size_t, Section> sections;
  std::set<std::size_t> pictures;  ///< for which it was written
  /// Others had written it and ours counted: what is not in the sections is not known.
  bool overruled = false;
};

/// What is known of a file that lists the classes.
struct ListedIn {
  std::uint64_t hash = 0;  ///< while its bytes have it, it says what is known
  ClassListPtr says;
  std::map<int, std::string> gone = {};  ///< as FileClasses'
};

}  // namespace boxwright
