// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/taxonomy/class_map.h"
#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// How the name of such a file ends.
inline constexpr const char* kCombinedEnding = ".combined.json";

/// A combined dataset: several datasets, with boxes or with classes of whole pictures, whose
/// classes are nodes of one tree. What a `*.combined.json` says:
///   {"tree": "animals.tree", "names": "animals.names",
///    "datasets": [{"path": "farm", "map": {"moo": "cow"}}, {"path": "zoo", "map": "zoo.map"}]}
/// Paths are relative to the file's folder, or absolute. Classes are nodes by name; `map` says
/// what names do not: an object of exceptions, class to label of the node, or Darknet's .map for
/// all of them in their order; a class of no label (null) has no node, whatever it is called.
/// `names` (what nodes are called for people) and `map` may be missing.
struct CombinedFile {
  struct Part {
    std::string path;
    std::string format;                         ///< empty: detected
    std::map<std::string, std::string> labels;  ///< class to label of its node; empty: none
    std::string mapFile;                        ///< instead of labels
  };
  std::string tree, names;
  std::vector<Part> parts;
};

/// Throws Error naming what is missing or of another type.
CombinedFile readCombinedFile(const std::filesystem::path& file);
/// Writes it, atomically. What `like`, or where that is empty the file itself, says beyond it (keys
/// that mean nothing here, of the whole and of datasets at the same path) stays.
void writeCombinedFile(const std::filesystem::path& file, const CombinedFile& combined,
                       const std::filesystem::path& like = {});

/// A path of the file, absolute.
std::filesystem::path placeIn(const std::filesystem::path& file, const std::string& path);

/// The tree of a combined dataset with what its nodes are called.
struct CombinedTree {
  std::shared_ptr<const ClassTree> tree;
  ClassNames names;
  std::shared_ptr<const NodeIndex> index;  ///< of both
};

/// Reads both. Throws Error naming both files where they do not fit each other.
CombinedTree readCombinedTree(const std::filesystem::path& file, const CombinedFile& combined);

/// The nodes of a part's classes; -1 where none is known. Throws Error where the map is damaged,
/// says a label that is none, or is too short; too long, too, where these are `all` classes of the
/// part.
ClassMap nodesOf(const ClassNames& classes, bool all, const CombinedFile::Part& part,
                 const CombinedTree& tree, const std::filesystem::path& file);

}  // namespace boxwright
