// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/data/class_change.h"

namespace boxwright {

/// What a label file that lists the classes itself, an entry each, is to say of them.
struct FileClasses {
  std::string file;            ///< as in Dataset::labelFiles
  ClassListPtr before, after;  ///< what it says, and is to say
  std::vector<int> to;         ///< of each id before, the id after; -1: it goes
  /// Entries that were taken out of it, as they stood there, by the identities of their classes: a
  /// class that comes back gets its own again. Brought up to date.
  std::map<int, std::string> gone;

  bool change() const { return *before != *after; }
};

/// The list of classes in a label file, entry by entry: how it is, and how it is to be. Entries
/// that are no class of ours stay where they are; the others are, in their places, those of the
/// classes in their order.
struct ClassEntries {
  using Place = std::optional<std::size_t>;

  /// `names`: of the entries there are; nothing where one has none.
  ClassEntries(const FileClasses& classes, const std::vector<std::optional<std::string>>& names);

  std::vector<Place> before;   ///< of each class before, its entry
  std::vector<Place> after;    ///< the same of each class after; nothing: a new one is to be made
  std::vector<Place> classAt;  ///< of each entry there is, whose is to stand in its place
  std::vector<bool> goes;      ///< of each entry there is, whether nothing is to
  std::size_t placed = 0;      ///< classes after that have such a place; the others come at the end
};

/// Of each class, the entry that has its name; of what is there twice, each has its own.
std::vector<ClassEntries::Place> entriesNamed(const ClassNames& classes,
                                              const std::vector<std::optional<std::string>>& names);

}  // namespace boxwright
