// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/edit_history.h"

namespace boxwright {

/// Whether the classes of the dataset can be edited at all; a sentence that says why not.
std::optional<std::string> classesFixed(const Dataset& dataset);

/// Whether a file of the dataset keeps the order of its classes: else it is the order in which they
/// first appear in the labels, and a class without boxes is nowhere.
bool keepsClassOrder(const Dataset& dataset);

/// What keeps a name from being that of a class; nothing where it can be.
std::optional<std::string> classNameFault(const std::string& name);

/// One edit that changes the list of classes, and with it every picture whose labels call one of
/// its classes differently afterwards (before and after are the same there, where it has another
/// name only). `change` begins with the dataset's classes; to: -1 only of classes that have no
/// boxes. Throws Error where a list of classes cannot hold a name; reads those lists, so not for
/// the GUI thread. At a stop what it returns has no change.
Edit classEdit(const Dataset& dataset, ClassChangePtr change, std::string name,
               std::stop_token stop = {});

/// What an edit of the classes writes.
struct ClassEditCost {
  std::size_t boxes = 0;           ///< that are of another class, or of one of another name or id
  std::size_t labelFiles = 0;      ///< that are written anew
  std::vector<std::string> lists;  ///< files that list the classes, the same
  bool trash = false;  ///< there are pictures in the trash, whose labels are not written
};
ClassEditCost costOf(const Dataset& dataset, const Edit& edit);

}  // namespace boxwright
