// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/file_classes.h"

#include <unordered_map>

namespace boxwright {

std::vector<ClassEntries::Place> entriesNamed(
    const ClassNames& classes, const std::vector<std::optional<std::string>>& names) {
  std::unordered_multimap<std::string, std::size_t> free;
  for (std::size_t i = names.size(); i-- > 0;)
    if (names[i]) free.emplace(*names[i], i);
  std::vector<ClassEntries::Place> entries;
  for (const std::string& name : classes) {
    const auto [begin, end] = free.equal_range(name);
    auto first = begin;
    for (auto at = begin; at != end; ++at)
      if (at->second < first->second) first = at;
    entries.push_back(begin == end ? ClassEntries::Place() : first->second);
    if (begin != end) free.erase(first);
  }
  return entries;
}

ClassEntries::ClassEntries(const FileClasses& classes,
                           const std::vector<std::optional<std::string>>& names)
    : before(entriesNamed(namesOf(*classes.before), names)),
      after(classes.after->size()),
      classAt(names.size()),
      goes(names.size()) {
  const std::vector<int> places = placesIn(*classes.before, *classes.after, ClassKey::Identity);
  std::vector<bool> ours(names.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!before[i]) continue;
    ours[*before[i]] = true;
    if (places[i] >= 0) after[static_cast<std::size_t>(places[i])] = before[i];
  }
  for (std::size_t entry = 0; entry < names.size(); ++entry) {
    if (!ours[entry]) continue;
    if (placed < after.size())
      classAt[entry] = placed++;
    else
      goes[entry] = true;
  }
}

}  // namespace boxwright
