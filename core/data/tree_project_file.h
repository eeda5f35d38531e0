// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/tree_project.h"

namespace boxwright {

/// The files of a combined dataset as they were read or written: others' changes are told by it.
struct TreeFiles {
  std::filesystem::path combined, tree, names;                  ///< absolute; names may be none
  std::uint64_t combinedHash = 0, treeHash = 0, namesHash = 0;  ///< contentHash; 0: there is none
  std::map<std::filesystem::path, std::uint64_t> maps;          ///< of its datasets, with hashes

  bool operator==(const TreeFiles&) const = default;
};
/// The same files as they are now.
TreeFiles filesNow(TreeFiles files);

/// Larger trees are refused: each edit would be felt.
inline constexpr std::size_t kMostTreeNodes = 200'000;
/// Throws Error, with `where`, for a larger one.
void requireEditable(std::size_t nodes, const std::string& where);

/// A project with the files that it came from.
struct FiledTree {
  TreeProject project;
  TreeFiles files;
};

/// What a part's dataset holds. Throws Error where it cannot be opened, or is a combined one.
TreePart readTreePart(const std::filesystem::path& path, const std::string& format,
                      const std::stop_token& stop,
                      const std::function<void(double)>& progress = {});

/// A combined dataset. A part that cannot be read keeps what the file says of it, and says why.
/// Throws Error where the file, its tree or a map is damaged.
FiledTree readTreeProject(const std::filesystem::path& combined, const std::stop_token& stop,
                          const std::function<void(double)>& progress = {});

/// What `from`, which has just been read, knows of the same datasets; others are read, and one
/// that cannot be says why.
void learnParts(TreeProject& project, const TreeProject& from, const std::stop_token& stop);

/// Any other dataset: each class is a root. `path` is what it was opened by.
TreeProject flatTreeProject(const std::filesystem::path& path, const Dataset& dataset);

/// Where a combined dataset of one at `path`, whose folder is `root`, is proposed to be.
std::filesystem::path combinedBeside(const std::filesystem::path& root);

/// Files that writing it there would take from others: changed since `before`, or there though
/// `before` does not know them. That the combined file itself may be written over is for whoever
/// chose another name to say.
std::vector<std::filesystem::path> othersFiles(const TreeProject& project,
                                               const std::filesystem::path& combined,
                                               const TreeFiles& before);

/// Writes the project as `combined`, with a .tree and .names beside it (those that `before` has,
/// where it is of the same file and no other combined dataset in its folder names them), so that a
/// kill at any time leaves something whole: what the combined file names is never half of the old
/// and half of the new. Throws Error where there are others' files in the way; with `overrule` they
/// are kept beside it (".theirs") and written over. Says where everything is then: where the last
/// half of it failed, in files beside, from which the next save goes on.
TreeFiles writeTreeProject(const TreeProject& project, const std::filesystem::path& combined,
                           const TreeFiles& before, bool overrule);

/// Whether both would be written the same: a kill may come between a save and its end.
bool sameTree(const TreeProject& a, const TreeProject& b);

}  // namespace boxwright
