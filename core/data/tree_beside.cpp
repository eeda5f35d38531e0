// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_beside.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

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
        if (part != combined.parts.end())
          return TreeBeside{file, readCombinedTree(file, combined), *part};
      } catch (const Error&) {
        continue;
      }
    }
  }
  return std::nullopt;
}

std::vector<OfferedNode> offeredNodes(const TreeBeside& beside, const ClassNames& classes) {
  const ClassTree& tree = *beside.tree.tree;
  const auto nameOf = [&](int node) {
    const auto place = static_cast<std::size_t>(node);
    return beside.tree.names.empty() ? tree.labels()[place] : beside.tree.names[place];
  };
  std::vector<bool> known(static_cast<std::size_t>(tree.size()));
  try {
    for (const int node : nodesOf(classes, false, beside.part, beside.tree, beside.file))
      if (node >= 0) known[static_cast<std::size_t>(node)] = true;
  } catch (const Error&) {
    return {};  // a map that says labels the tree does not have: who opens it is told
  }
  std::map<std::string, int> bearers;
  for (int node = 0; node < tree.size(); ++node)
    ++bearers[nameOf(node)];
  std::vector<OfferedNode> offered;
  for (int node = 0; node < tree.size(); ++node) {
    const auto place = static_cast<std::size_t>(node);
    if (known[place]) continue;
    const std::string name = bearers[nameOf(node)] > 1 ? tree.labels()[place] : nameOf(node);
    if (classIdOf(classes, name)) continue;  // the map has it mean another
    OfferedNode& one = offered.emplace_back(OfferedNode{node, name, {}});
    for (const int above : tree.pathTo(node)) {
      if (above == node) break;
      one.way += (one.way.empty() ? "" : " > ") + nameOf(above);
    }
  }
  return offered;
}

}  // namespace boxwright
