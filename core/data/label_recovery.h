// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/problem.h"
#include "core/data/dataset.h"
#include "core/data/edit_history.h"
#include "core/data/picture_trash.h"
#include "core/data/touched_picture.h"

namespace boxwright {

/// What the journal of a session that did not end holds, played again on the dataset as it is now.
struct RecoveredLabels {
  std::int64_t generation = 0;
  ClassListPtr start;                          ///< the classes before the first edit
  ClassListPtr classes;                        ///< and as they are now
  std::map<std::string, ListedIn> classFiles;  ///< of the dataset's that list the classes, each
  EditHistory history;
  /// Others have written labels while our classes were changed: the state is there, its history is
  /// not.
  bool historyGone = false;
  std::map<std::size_t, TouchedPicture> touched;
  std::map<std::filesystem::path, TouchedFile> files;
  /// Of pictures that are not touched, where the classes have other ids than the dataset's.
  std::vector<std::pair<std::size_t, AnnotationPtr>> renumbered;
  /// Pictures that have gone, and whose labels had not been saved: they are not in `history` and
  /// `touched`. Of one whose label file others have written `touched` says what it said before, so
  /// that saving it is a conflict.
  std::vector<std::string> lost;
  /// Label files that cannot be looked into; the others are recovered all the same.
  std::vector<Problem> problems;
  bool whole = true;  ///< all records made sense
  std::vector<std::filesystem::path>
      interrupted;  ///< files whose last save did not come to its end
};

/// Plays records as far as they make sense. Where the classes were edited, the journal's list of
/// them counts. Else class ids are those of the dataset's names, with others behind them; of text
/// labels, whose classes are numbers, what files say keeps its number. Throws Error where the
/// dataset's list of classes has lost one of those that are needed. A picture is given back to the
/// shared label file it was of: who is not listed there any more may seem to be of another.
RecoveredLabels recoverLabels(const std::vector<std::string>& records, Dataset& dataset,
                              const LabelWriter& writer, const PictureTrash& trash);

}  // namespace boxwright
