// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/class_map.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

constexpr std::size_t kNamedClasses = 5;

/// What counts of a name: letters in small, blanks and their stand-ins alike.
std::string plain(const std::string& name) {
  std::string text;
  for (const char c : name) {
    if (c == ' ' || c == '-' || c == '_') {
      if (!text.empty() && text.back() != ' ') text += ' ';
    } else {
      text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  return text;
}

/// How many letters must be changed, added or dropped; more than `most` is most + 1.
std::size_t editsBetween(const std::string& a, const std::string& b, std::size_t most) {
  if (a.size() > b.size() + most || b.size() > a.size() + most) return most + 1;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return std::min(row.back(), most + 1);
}

/// The search for the name that another most likely means; goes on from list to list.
class Nearest {
 public:
  explicit Nearest(const std::string& name)
      : wanted_(plain(name)), least_(wanted_.size() / 3 + 1) {}  // a third may differ

  /// The place of the nearest so far, in the list that it was found in.
  int find(const ClassNames& among) {
    for (std::size_t at = 0; at < among.size() && least_ > 0; ++at) {
      const std::string candidate = plain(among[at]);
      std::size_t edits = editsBetween(wanted_, candidate, least_);
      // "cat" is meant by "house cat" more than by "hat".
      if (edits >= least_ && least_ > 1 && wanted_.size() >= 3 &&
          (" " + candidate + " ").find(" " + wanted_ + " ") != std::string::npos)
        edits = least_ - 1;
      if (edits >= least_) continue;
      least_ = edits;
      nearest_ = static_cast<int>(at);
    }
    return nearest_;
  }

 private:
  std::string wanted_;
  std::size_t least_;  ///< letters that differ
  int nearest_ = -1;
};

}  // namespace

ClassMap readClassMap(const std::filesystem::path& file, int nodes, const std::string& tree) {
  ClassMap map;
  std::istringstream lines(readFile(file));
  int empty = 0, number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) {
      if (empty == 0) empty = number;
      continue;
    }
    if (empty > 0)
      throw Error("an empty line within the map", utf8(file) + ":" + std::to_string(empty),
                  "line k is the node of class k");
    const std::string place = utf8(file) + ":" + std::to_string(number);
    const char* const first = line.data() + begin;
    const char* const end = line.data() + line.find_last_not_of(" \t\r") + 1;
    int node = 0;
    const auto [at, fault] = std::from_chars(first, end, node);
    if (fault == std::errc::invalid_argument || at != end)
      throw Error("a line that is no number", place, "line k is the node of class k");
    if (fault != std::errc() || node < 0 || node >= nodes)
      throw Error("the node " + std::string(first, end) + " is not in the tree of " +
                      counted(static_cast<std::size_t>(nodes), "class", "classes") + " " + tree,
                  place, "nodes are counted from 0 to " + std::to_string(nodes - 1));
    map.push_back(node);
  }
  if (map.empty()) throw Error("the map holds no class", utf8(file));
  return map;
}

void writeClassMap(const std::filesystem::path& file, const ClassMap& map) {
  std::string text;
  for (const int node : map)
    text += std::to_string(node) + "\n";
  writeFileAtomically(file, text);
}

NodeIndex::NodeIndex(const ClassTree& tree, const ClassNames& names) {
  const auto take = [](const ClassNames& called, std::unordered_map<std::string, int>& nodes) {
    for (std::size_t node = 0; node < called.size(); ++node) {
      const auto [at, isNew] = nodes.emplace(plain(called[node]), static_cast<int>(node));
      if (!isNew) at->second = -1;  // several
    }
  };
  take(names, byName_);
  take(tree.labels(), byLabel_);
}

int NodeIndex::find(const std::string& name) const {
  const std::string wanted = plain(name);
  if (const auto named = byName_.find(wanted); named != byName_.end() && named->second >= 0)
    return named->second;
  const auto labelled = byLabel_.find(wanted);
  return labelled == byLabel_.end() ? -1 : labelled->second;
}

ClassMap mapByName(const ClassNames& classes, const ClassTree& tree, const ClassNames& names) {
  const NodeIndex index(tree, names);
  ClassMap map;
  for (const std::string& name : classes)
    map.push_back(index.find(name));
  return map;
}

int nearestName(const std::string& name, const ClassNames& among) {
  return Nearest(name).find(among);
}

int nearestNode(const std::string& name, const ClassTree& tree, const ClassNames& names) {
  Nearest nearest(name);
  nearest.find(names);
  return nearest.find(tree.labels());
}

void requireWholeMap(const ClassMap& map, const ClassNames& classes, const ClassTree& tree,
                     const ClassNames& names, const std::string& where) {
  std::size_t count = 0;
  std::string list;
  for (std::size_t id = 0; id < map.size(); ++id) {
    if (map[id] >= 0) continue;
    if (++count > kNamedClasses) continue;
    if (!list.empty()) list += ", ";
    list += classes[id];
    const int near = nearestNode(classes[id], tree, names);
    if (near < 0) continue;
    const auto node = static_cast<std::size_t>(near);
    list += " (perhaps " + (names.empty() ? tree.labels()[node] : names[node]) + ")";
  }
  if (count == 0) return;
  if (count > kNamedClasses) list += ", …";
  throw Error(counted(count, "class has", "classes have") + " no node in the tree: " + list, where,
              "rename them, add nodes to the tree, or give a map: a line a class, the number of "
              "its node");
}

}  // namespace boxwright
