// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/class_list.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "core/base/atomic_file.h"
#include "core/data/content_hash.h"
#include "core/data/text_lines.h"

namespace boxwright {

std::optional<std::string> findNamesFile(const FolderListing& listing,
                                         std::span<const std::string> folders) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "obj.names", "classes.txt", "labels.txt", "classes.names", "_classes.txt"};
  for (const std::string& folder : folders) {
    for (const std::string_view name : kNames) {
      const std::string path = folder + std::string(name);
      const auto& list = path.ends_with(".txt") ? listing.text : listing.other;
      if (std::binary_search(list.begin(), list.end(), path)) return path;
    }
  }
  std::optional<std::string> only;
  for (const std::string& path : listing.other) {
    if (!path.ends_with(".names")) continue;
    if (only) return std::nullopt;
    only = path;
  }
  return only;
}

void reportDuplicates(Dataset& dataset, const ClassNames& names, const std::string& file,
                      std::span<const int> lines) {
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [known, fresh] = first.emplace(names[i], i);
    if (fresh) continue;
    dataset.problems.push_back({file, i < lines.size() ? lines[i] : 0, Severity::Warning,
                                "class name '" + names[i] + "' stands twice (classes " +
                                    std::to_string(known->second) + " and " + std::to_string(i) +
                                    "); they stay two classes"});
  }
}

ClassNames readNamesOf(Dataset& dataset, const std::filesystem::path& file) {
  const std::string shown = shownPath(dataset.root, file);
  const std::string bytes = readFile(file);
  dataset.classFiles.push_back({shown, ClassFile::Kind::Lines, contentHash(bytes)});
  const std::vector<TextLine> found = linesOf(bytes);
  ClassNames names;
  std::vector<int> lines;
  for (const TextLine& line : found) {
    while (static_cast<int>(names.size()) + 1 < line.number) {
      const int number = static_cast<int>(names.size());
      dataset.problems.push_back(
          {shown, number + 1, Severity::Warning,
           "a class name is empty; the class is called " + std::to_string(number)});
      names.push_back(std::to_string(number));
      lines.push_back(number + 1);
    }
    names.push_back(line.text);
    lines.push_back(line.number);
  }
  reportDuplicates(dataset, names, shown, lines);
  return names;
}

void growNumberedNames(ClassNames& names, int id) {
  while (static_cast<int>(names.size()) <= id)
    names.push_back(std::to_string(names.size()));
}

std::string shownPath(const std::filesystem::path& root, const std::filesystem::path& path) {
  const std::string inside = utf8(path.lexically_normal());
  std::string base = utf8(root.lexically_normal());
  if (base.empty() || base == ".") return inside;
  if (!base.ends_with('/')) base += '/';
  return inside.starts_with(base) ? inside.substr(base.size()) : inside;
}

}  // namespace boxwright
