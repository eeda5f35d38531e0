// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/folder_listing.h"
#include "core/data/text_label_row.h"

namespace boxwright {

/// Where the label of a picture may lie, by any of the rules there are, best first: the last path
/// component that is `images`, `JPEGImages` or `raw` turned into `labels`, then the ones before it,
/// then beside the picture. Whole components only.
std::vector<std::string> labelPathsOf(std::string_view picture);

/// The label file of a picture, absolute, where there is one: where the dataset's rule has it, else
/// where another rule would.
std::optional<std::string> findLabel(const Dataset& dataset, std::size_t picture);

/// The part of the Darknet and Ultralytics readers that is the same: sizes, labels found by the
/// pictures' paths, rows, labels that belong to no picture.
class TextLabels {
 public:
  explicit TextLabels(TextDialect dialect) : dialect_(dialect) {}

  void readLabel(Dataset& dataset, std::size_t picture);
  /// Reports labels that lie elsewhere than the dataset's rule has them, which other programs do
  /// not find, and those of several pictures.
  void reportPlaces(Dataset& dataset) const;
  /// Reports the text files in the folders where labels were found that have no picture.
  void reportOrphans(Dataset& dataset, const FolderListing& listing) const;

 private:
  void readRows(Dataset& dataset, std::size_t picture, std::string_view bytes,
                const std::string& shown);

  TextDialect dialect_;
  std::unordered_set<std::string> used_;     ///< label files read, as found
  std::vector<std::string> elsewhere_;       ///< of them those that the rule does not find
  std::vector<std::string> shared_;          ///< of them those of several pictures
  std::unordered_set<std::string> folders_;  ///< where they lie
};

/// Pictures named by list files or found in a folder, each once, in the order of their keys.
class PictureCollection {
 public:
  explicit PictureCollection(std::filesystem::path root) : root_(std::move(root)) {}

  /// Adds a picture by absolute or root-relative path; `split` may be empty.
  void add(std::string key, std::string_view split);
  /// Sorts and moves pictures and splits into the dataset.
  void finish(Dataset& dataset);
  const std::filesystem::path& root() const { return root_; }

 private:
  struct Entry {
    std::string key;
    int split = -1;  ///< in splitNames_
  };

  std::filesystem::path root_;
  std::vector<Entry> entries_;
  std::vector<std::string> splitNames_;
};

/// Reads a list of pictures (one path a line) into the collection: lines are taken relative to each
/// of `bases` in turn, the first that exists wins; what is missing is a Problem.
void readPictureList(Dataset& dataset, const std::filesystem::path& file,
                     const std::vector<std::filesystem::path>& bases, const std::string& split,
                     PictureCollection& collection);

}  // namespace boxwright
