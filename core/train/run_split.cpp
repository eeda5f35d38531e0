// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_split.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unordered_map>

#include "core/base/atomic_file.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Whether the dataset lies where the run's does; the run may name a file of the folder.
bool isDatasetOf(const Run& run, const Dataset& dataset) {
  const fs::path named = pathFromUtf8(run.settings().dataset);
  std::error_code ignored;
  return fs::equivalent(named, dataset.root, ignored) ||
         (fs::is_regular_file(named, ignored) &&
          fs::equivalent(named.parent_path(), dataset.root, ignored));
}

}  // namespace

std::optional<Splits> splitsOfRun(const Run& run, const Dataset& dataset) {
  std::unordered_map<std::string, std::size_t> indexOf;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i)
    indexOf[dataset.pictures[i].path] = i;
  Splits splits;
  std::size_t asked = 0, there = 0;
  for (const auto& [name, paths] : run.split()) {
    std::vector<std::size_t>& indices = splits[name];
    asked += paths.size();
    for (const std::string& path : paths) {
      const auto found = indexOf.find(path);
      if (found == indexOf.end()) continue;
      indices.push_back(found->second);
      ++there;
    }
    std::sort(indices.begin(), indices.end());
  }
  // Names such as 000001.jpg are in many datasets: a few of them prove nothing.
  const bool same = there > 0 && (2 * there > asked || isDatasetOf(run, dataset));
  if (!same) return std::nullopt;
  return splits;
}

}  // namespace boxwright
