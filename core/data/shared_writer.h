// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/data/label_writer.h"
#include "core/data/label_writer_plan.h"

namespace boxwright {

/// The writer of a layout in which files hold the labels of many pictures.
class SharedWriter : public LabelWriter {
 public:
  bool isShared() const final { return true; }
  std::filesystem::path fileOf(const Dataset& dataset, std::size_t picture) const final;
  std::optional<std::string> write(const std::optional<std::string>& bytes, const Dataset& dataset,
                                   std::span<LabelChange> changes,
                                   FileClasses* classes) const final;

 protected:
  /// One picture's part in the change of a file.
  struct Part {
    LabelEdit edit;
    const LabelChange& change;
    LabelSlots left;  ///< the slots afterwards

    /// What becomes of the picture's objects in the file.
    LabelPlan plan(std::size_t objects) const;
    /// Nothing is said of the picture any more.
    bool goes() const;
    /// It was left alone, and stays so.
    bool staysAlone() const;
  };

  /// Changes the bytes of a file, and each part's slots, but for parts that stay alone.
  virtual std::string apply(const std::string& bytes, const Dataset& dataset,
                            const std::string& file, std::vector<Part>& parts,
                            FileClasses* classes) const = 0;
  /// A file that says nothing of any picture yet.
  virtual std::string newFile(const Dataset& dataset) const = 0;
};

/// The file of a picture, relative to the root. Throws Error where it has none.
const std::string& labelFileOf(const Dataset& dataset, std::size_t picture);

/// The box of this number in the file as it was read, where it is the object of its number; else
/// null.
const Box* asItStood(const LabelChange& change, const Box& box);

/// The id after the largest of a file. Throws Error where there is none.
std::int64_t nextId(std::int64_t largest, const std::string& file);

/// Which of the parts is that of a picture, by its key.
using PartsByKey = std::unordered_map<std::string, std::size_t>;

/// The split of a picture, the first of train, val, test and the others that it is in; empty where
/// it is in none.
std::string splitOfPicture(const Dataset& dataset, std::size_t picture);

/// The name of a box's class where reading it gives this class again; throws Error elsewhere.
const std::string& plainNameOf(const LabelEdit& edit, const Box& box, const char* layout);

}  // namespace boxwright
