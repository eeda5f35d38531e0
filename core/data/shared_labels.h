// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/folder_listing.h"
#include "core/geometry/box.h"

namespace boxwright {

/// The part of the readers of COCO, CVAT and CSV that is the same: files that hold the labels of
/// many pictures are read once, and each picture gets its own when its turn comes.
class SharedLabels {
 public:
  /// What a label file says of one picture besides its boxes.
  struct Entry {
    std::string key;
    double width = 0, height = 0;  ///< as the file has them; 0: not
    int line = 0;
    bool told = true;        ///< false: listed, but not as looked at
    std::string split = {};  ///< where it is another than the file's
  };

  /// The file whose pictures follow. `split` may be empty; `home`: where its pictures are, where it
  /// lists none.
  void beginFile(Dataset& dataset, const std::string& file, const std::string& bytes,
                 const std::string& split, const std::string& home);
  /// A file that is left out, and why. Pictures that no other file lists may be of it.
  static void leaveOut(Dataset& dataset, const std::string& file, int line, const std::string& why);
  /// A picture of the file; nothing, and a Problem, where one has said something of it before.
  std::optional<std::uint32_t> add(Dataset& dataset, Entry entry);
  /// The next object of a picture, whose rectangle is still to be checked; one without a box is a
  /// fault that has been told.
  void addBox(std::uint32_t entry, const std::optional<Box>& box, int line);
  void setSplit(std::uint32_t entry, std::string split) {
    entries_[entry].split = std::move(split);
  }
  /// The entry of a picture, where there is one.
  std::optional<std::uint32_t> entryOf(const std::string& key) const;
  std::size_t entries() const { return entries_.size(); }

  /// Puts pictures and splits into the dataset, and those that lie beside them and are in no file,
  /// unlabelled.
  void finish(Dataset& dataset, const FolderListing& listing);
  void readLabel(Dataset& dataset, std::size_t picture);

 private:
  struct Object {
    Box box;
    std::uint32_t entry = 0;
    int line = 0;
    bool usable = false;
  };

  struct File {
    std::string shown;
    std::uint64_t hash = 0;
    std::string split, home;
  };

  std::vector<File> files_;
  std::vector<Entry> entries_;
  std::vector<int> fileOf_;  ///< of each entry
  std::unordered_map<std::string, std::uint32_t> byKey_;
  std::vector<Object> objects_;
  std::vector<std::uint32_t> order_, firstOf_;  ///< the objects entry by entry
  std::vector<std::int64_t> entryOfPicture_;    ///< -1: in no file
};

/// The label files that were found and, where there are any, others that may be such but cannot be
/// looked into, or are empty: in order.
std::vector<std::string> withUnknown(std::vector<std::string> found,
                                     const std::vector<std::string>& unknown);

/// "train.json could not be read"; of several files all of them.
std::string notReadText(const Dataset& dataset);

/// Why no label of the dataset can be edited while files of it were left out: a picture that no
/// file lists may have its labels there. Empty where nothing stands against it.
std::string unreadFault(const Dataset& dataset);

}  // namespace boxwright
