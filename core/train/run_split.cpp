// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/run_split.h"

#include <algorithm>
#include <unordered_map>

namespace boxwright {

std::optional<Splits> splitsOfRun(const Run& run, const Dataset& dataset) {
  std::unordered_map<std::string, std::size_t> indexOf;
  for (std::size_t i = 0; i < dataset.pictures.size(); ++i)
    indexOf[dataset.pictures[i].path] = i;
  Splits splits;
  bool any = false;
  for (const auto& [name, paths] : run.split()) {
    std::vector<std::size_t>& indices = splits[name];
    for (const std::string& path : paths) {
      const auto found = indexOf.find(path);
      if (found != indexOf.end()) indices.push_back(found->second);
    }
    std::sort(indices.begin(), indices.end());
    any = any || !indices.empty();
  }
  if (!any) return std::nullopt;
  return splits;
}

}  // namespace boxwright
