// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace boxwright {

/// Pictures that were deleted, in `.boxwright/trash` of their dataset under their own paths, with
/// their label files. Nothing is ever deleted for good here. One thread.
class PictureTrash {
 public:
  explicit PictureTrash(const std::filesystem::path& root);

  /// Whether the picture at `path` (the dataset's key) is there, and not in its place.
  bool holds(const std::string& path) const;
  /// Moves the picture there and then its label file, where it has one; what has gone there
  /// already stays. Throws Error where the picture lies outside of the dataset, the folder cannot
  /// be written, or another picture of that path is there.
  void put(const std::string& path, const std::filesystem::path& labelFile) const;
  /// Back: the label file, then the picture. Throws Error where something else has taken their
  /// places.
  void takeBack(const std::string& path, const std::filesystem::path& labelFile) const;
  /// Where a file of the dataset lies while it is there.
  std::filesystem::path placeOf(const std::filesystem::path& file) const;
  /// Where it lies now.
  std::filesystem::path now(const std::filesystem::path& file) const;

 private:
  void move(const std::filesystem::path& from, const std::filesystem::path& to) const;

  std::filesystem::path root_, trash_;
};

/// Whether a file of the dataset at `root` is in its trash.
bool isTrashed(const std::filesystem::path& root, const std::filesystem::path& file);

}  // namespace boxwright
