// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/data/folder_listing.h"

namespace boxwright {

struct Dataset;

/// Finds the pictures that a label file names in its own way: relative to itself or to one of the
/// usual folders, with slashes of either kind, with the path that they had on another machine.
class PictureFinder {
 public:
  /// `pictures`: their keys, which must outlive it, and `gone`: those of pictures in the trash,
  /// which are not looked for by their names alone. `folders` are tried in this order, relative to
  /// the root ("" or ending with a slash); those that hold no picture are passed over.
  PictureFinder(std::string root, const std::vector<std::string_view>& pictures,
                const std::vector<std::string_view>& gone, const std::vector<std::string>& folders);

  /// The key of a picture; nothing where there is none or the name alone fits several.
  std::optional<std::string> find(std::string_view name) const;
  /// The first of the folders that hold pictures, ending with a slash; "" is the root.
  const std::string& home() const { return folders_.front(); }
  /// How a picture is to be named.
  std::string nameOf(const std::string& key) const;

 private:
  std::string root_;
  std::vector<std::string> folders_;
  std::unordered_set<std::string_view> pictures_;
  /// By the last part of their paths; empty where several have it.
  std::unordered_map<std::string_view, std::string_view> byName_;
};

/// The finder for one of the dataset's label files, `file` relative to the root, whose pictures are
/// of the split ("" for none) or in a folder called as `hint` ("train2017").
PictureFinder finderFor(const Dataset& dataset, const std::string& file, const std::string& split,
                        const std::string& hint);
PictureFinder finderFor(const FolderListing& listing, const std::string& file,
                        const std::string& split, const std::string& hint);

/// "a/b/../c" -> "a/c", with slashes of either kind; nothing where it leads out of its root.
std::optional<std::string> plainPath(std::string_view path);

/// The split that a word of the path tells ("instances_train2017.json", "valid/_annotations.csv"),
/// the name of the file first: train, val, test, trainval; empty where there is none.
std::string splitOfPath(std::string_view path);

/// "a/b.json" -> "a/"; "" where there is no folder.
std::string_view folderOfPath(std::string_view path);

}  // namespace boxwright
