// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_beside.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/class_edit.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> combinedFilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code fault;
  for (fs::directory_iterator entry(folder, fault), end; !fault && entry != end;
       entry.increment(fault)) {
    if (utf8(entry->path()).ends_with(kCombinedEnding)) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Whether a part that lies at `place` (a folder, or the file that describes it) is the dataset of
/// the folder `root`.
bool isPlaceOf(const fs::path& place, const fs::path& root) {
  std::error_code fault;
  const bool folder = fs::is_directory(place, fault);
  return !fault && fs::equivalent(folder ? place : place.parent_path(), root, fault) && !fault;
}

ClassNames namesAsClasses(const CombinedTree& tree) {
  ClassNames names;
  for (std::size_t node = 0; node < tree.names.size(); ++node) {
    const std::string& name = tree.names[node];
    const bool isItsOwn = tree.index->find(name) == static_cast<int>(node);
    names.push_back(isItsOwn && !classNameFault(name) ? name : tree.tree->labels()[node]);
  }
  return names;
}

}  // namespace

std::optional<TreeBeside> treeBeside(const fs::path& root) {
  const fs::path own = fs::absolute(root).lexically_normal();
  for (const fs::path& folder : {own, own.parent_path()}) {
    for (const fs::path& file : combinedFilesIn(folder)) {
      try {
        const CombinedFile combined = readCombinedFile(file);
        const auto part = std::find_if(
            combined.parts.begin(), combined.parts.end(), [&](const CombinedFile::Part& one) {
              return one.mapFile.empty() && isPlaceOf(placeIn(file, one.path), own);
            });
        if (part == combined.parts.end()) continue;
        CombinedTree tree = readCombinedTree(file, combined);
        ClassNames names = namesAsClasses(tree);
        return TreeBeside{file, std::move(tree), *part, std::move(names)};
      } catch (const Error&) {
        continue;
      }
    }
  }
  return std::nullopt;
}

std::vector<bool> TreeBeside::taken(const ClassNames& classes) const {
  std::vector<bool> taken(names.size());
  ClassMap nodes;
  try {
    nodes = nodesOf(classes, false, part, tree, file);
  } catch (const Error&) {
    taken.assign(names.size(), true);  // the map says labels that the tree does not have
    return taken;
  }
  for (std::size_t id = 0; id < classes.size(); ++id) {
    if (nodes[id] >= 0) taken[static_cast<std::size_t>(nodes[id])] = true;
    const int called = tree.index->find(classes[id]);
    if (called >= 0) taken[static_cast<std::size_t>(called)] = true;
  }
  return taken;
}

std::string TreeBeside::wayTo(int node) const {
  std::string way;
  for (const int above : tree.tree->pathTo(node)) {
    if (above == node) break;
    way += (way.empty() ? "" : " > ") + tree.names[static_cast<std::size_t>(above)];
  }
  return way;
}

}  // namespace boxwright
