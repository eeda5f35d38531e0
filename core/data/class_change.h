// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/data/annotation.h"
#include "core/taxonomy/class_names.h"

namespace boxwright {

/// A class of a dataset. Its identity is its own as long as the dataset is open: neither another
/// name nor another place in the list changes it.
struct ListedClass {
  int identity = 0;
  std::string name;

  bool operator==(const ListedClass&) const = default;
};

/// The classes of a dataset in the order of their ids. Immutable behind the pointer.
using ClassList = std::vector<ListedClass>;
using ClassListPtr = std::shared_ptr<const ClassList>;

/// What an edit makes of the list of classes. A value.
struct ClassChange {
  ClassListPtr before, after;
  std::vector<int> to;  ///< of each id before, the id after; -1: no box has it, and it goes

  bool operator==(const ClassChange& other) const {
    return *before == *other.before && *after == *other.after && to == other.to;
  }
};
using ClassChangePtr = std::shared_ptr<const ClassChange>;

/// As read: the identities are 0, 1, 2, ….
ClassListPtr listedClasses(const ClassNames& names);
ClassNames namesOf(const ClassList& list);

/// Whether the classes only had others join at their end.
bool onlyAdds(const ClassChange& change);

/// What the labels of a layout call a class.
enum class ClassKey {
  Number,   ///< its id: text labels
  Name,     ///< VOC, LabelMe, CVAT, CSV
  Identity  ///< a number of its own, which stays: COCO
};
/// By the name of the format.
ClassKey classKeyOf(const std::string& format);

/// Of each class of a list, its id in another one, where labels call it the same; -1: it is not
/// there.
std::vector<int> placesIn(const ClassList& of, const ClassList& in, ClassKey key);

/// The annotation with the class ids that `to` has for its own. Classes of the whole picture that
/// become one stand once.
Annotation withClasses(const Annotation& annotation, std::span<const int> to);

}  // namespace boxwright
