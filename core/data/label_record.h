// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/data/annotation_change.h"
#include "core/data/class_change.h"
#include "core/data/label_writer.h"

namespace boxwright {

// What the journal of a dataset's labels holds, in this order: how it begins, then what was done.
// Pictures are named by their paths, classes by their place in the names so far.

struct BeginRecord {
  std::int64_t generation = 0;  ///< a journal written anew has the next
  ClassList classes;
  /// The hashes of the files that list the classes, by their paths.
  std::map<std::string, std::uint64_t> classFiles = {};
};

/// A picture before its first edit.
struct BaseRecord {
  std::string picture;
  std::uint64_t hash = 0;  ///< of its label file, as Picture::labelHash
  Annotation annotation;
  std::string file = {};  ///< its label file, as in Dataset::labelFiles, where that is shared
};

struct EditRecord {
  std::string name;
  std::vector<std::pair<std::string, AnnotationChange>> pictures;
  /// What becomes of the classes, and the pictures that only follow it.
  ClassChangePtr classes = {};
  std::vector<std::string> following = {};
};
struct UndoRecord {};
struct RedoRecord {};

/// A label file is about to say of pictures what they are at this point of the journal, or their
/// `annotation`.
struct SaveRecord {
  struct Part {
    std::string picture;
    std::optional<LabelSlots> objects;  ///< nothing: as they were read
    std::optional<Annotation> annotation;
    ClassListPtr classes = {};  ///< of the annotation; null: those it begins with
  };
  std::uint64_t hash = 0;  ///< of the file when that is done; 0: it is gone
  std::vector<Part> parts;
  bool overruled = false;  ///< as TouchedFile's
  /// The file, as in Dataset::labelFiles, where it lists the classes as well: it is to say those at
  /// this point, or `classes`. There may be no parts then.
  std::string file = {};
  ClassListPtr classes = {};
  std::map<int, std::string> gone = {};  ///< as FileClasses'
};

/// The save that was told last could not be done: its file is as before.
struct NotSavedRecord {};

/// The same of a file that lists the classes.
struct ClassFileRecord {
  std::string file;
  std::uint64_t hash = 0;
  ClassListPtr classes = {};  ///< null: as they are at this point
  std::map<int, std::string> gone = {};
};

using LabelRecord = std::variant<BeginRecord, BaseRecord, EditRecord, UndoRecord, RedoRecord,
                                 SaveRecord, NotSavedRecord, ClassFileRecord>;

/// One line of JSON.
std::string toJson(const LabelRecord& record);
/// Nothing where the line is no record.
std::optional<LabelRecord> labelRecordFrom(const std::string& json);

}  // namespace boxwright
