// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/data/byte_edits.h"
#include "core/data/coco_file.h"
#include "core/data/file_classes.h"

namespace boxwright {

/// The categories of a COCO file: the ids that they have for our classes, and how the list is
/// brought up to date. A category keeps its id and all that is said of it; a new one gets an id
/// that none had.
class CocoCategories {
 public:
  CocoCategories() = default;
  /// For classes that stay as they are.
  CocoCategories(const ClassNames& classes, const std::vector<CocoCategory>& categories);
  /// `bytes` are the file's. Throws Error where no id is left; entries that go are in
  /// `classes.gone` then.
  CocoCategories(const std::string& bytes, FileClasses& classes,
                 const std::vector<CocoCategory>& categories);

  /// Nothing where the class has no category of its own.
  std::optional<std::int64_t> idOf(int classId) const {
    return ids_[static_cast<std::size_t>(classId)];
  }
  /// What an annotation of this category is of, where its category goes.
  std::optional<std::int64_t> insteadOf(std::int64_t category) const;
  /// The list as it is to be. `whole`: where it lies.
  void write(ByteEdits& edits, const std::string& bytes, ByteRange whole) const;

 private:
  struct Entry {
    ByteRange whole;
    std::optional<std::string> text;  ///< what is to stand there; nothing: it goes
  };

  std::vector<std::optional<std::int64_t>> ids_;  ///< by class
  std::unordered_map<std::int64_t, std::int64_t> instead_;
  std::vector<Entry> entries_;
  std::vector<std::string> added_;
};

}  // namespace boxwright
