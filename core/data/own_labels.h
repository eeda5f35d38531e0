// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/folder_listing.h"
#include "core/data/voc_layout.h"

namespace boxwright {

/// Where a layout has the label file of a picture, and how one tells which picture it is of.
struct OwnLabelLayout {
  VocFolders folders = {};  ///< within the dataset
  std::string_view ending;  ///< ".xml"
  /// The picture that a file of these bytes names; empty where it names none.
  std::function<std::string(const std::string& bytes)> pictureNamed;
};

/// Pictures that differ in their ending alone (a.jpg, a.png) cannot have one label file: a.xml is
/// of the one that it names, else of the first; the others have their own, a_png.xml. Tells the
/// dataset, with a Problem for each of them. `labels` are all label files that there are, sorted,
/// those in the trash too, and `pictures` all pictures, both relative to the dataset's root.
void findOwnLabels(Dataset& dataset, const OwnLabelLayout& layout,
                   const std::vector<std::string>& pictures,
                   const std::vector<std::string>& labels);

/// The same where there is no label file yet.
void findOwnLabels(Dataset& dataset, const FolderListing& listing);

/// The label file of a picture, relative to the root, as its stem has it or else its own.
std::string labelFileIn(const Dataset& dataset, const VocFolders& folders, std::string_view ending,
                        const std::string& picture);

/// The name that a label file of its own would have: "a.png" -> "a_png".
std::string ownStem(std::string_view picture);

/// Sorted: two lists of a listing, without what does not begin with `base`, which goes.
std::vector<std::string> below(const std::string& base, const std::vector<std::string>& files,
                               const std::vector<std::string>& more);

}  // namespace boxwright
