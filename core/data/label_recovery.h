// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/edit_history.h"
#include "core/data/picture_trash.h"
#include "core/data/touched_picture.h"

namespace boxwright {

/// What the journal of a session that did not end holds, played again on the dataset as it is now.
struct RecoveredLabels {
  std::int64_t generation = 0;
  ClassNames classes;  ///< that the dataset has not, to be added at its end
  EditHistory history;
  std::map<std::size_t, TouchedPicture> touched;
  std::map<std::filesystem::path, TouchedFile> files;
  /// Pictures that have gone, and whose labels had not been saved: they are not in `history` and
  /// `touched`. Of one whose label file others have written `touched` says what it said before, so
  /// that saving it is a conflict.
  std::vector<std::string> lost;
  bool whole = true;  ///< all records made sense
  std::vector<std::filesystem::path>
      interrupted;  ///< files whose last save did not come to its end
};

/// Plays records as far as they make sense. Class ids are those of the dataset's names, with the
/// added ones behind them; of text labels, whose classes are numbers, they stay. A picture is given
/// back to the shared label file it was of: who is not listed there any more may seem to be of
/// another. Throws Error where the dataset's list of classes has lost one of them.
RecoveredLabels recoverLabels(const std::vector<std::string>& records, Dataset& dataset,
                              const LabelWriter& writer, const PictureTrash& trash);

}  // namespace boxwright
