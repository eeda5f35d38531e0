// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/tree_draft.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/counted.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

/// Calls `take(line, number)` for every line that is not empty; a byte order mark is passed over.
template <typename Take>
void forEachLine(std::string_view text, Take&& take) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!trimmed(line).empty()) take(line, number);
  }
}

std::string placeOfLine(const std::string& file, int line) {
  return file + ":" + std::to_string(line);
}

/// What a name makes as a label, where no other does.
std::string labelOf(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '\t'; }, '_');
  return name;
}

/// The label, with a number where it is taken.
std::string uniqueLabel(const std::string& label, std::set<std::string>& taken) {
  std::string unique = label;
  for (int number = 2; !taken.insert(unique).second; ++number)
    unique = label + "_" + std::to_string(number);
  return unique;
}

/// Whether a tree can stand in the draft's own order: parents first, siblings together.
bool standsAsTree(const TreeDraft& draft) {
  std::set<int> groups;
  int last = -2;
  for (std::size_t node = 0; node < draft.nodes.size(); ++node) {
    const int parent = draft.nodes[node].parent;
    if (parent >= static_cast<int>(node)) return false;
    if (parent != last && !groups.insert(parent).second) return false;
    last = parent;
  }
  return true;
}

/// The ways to one class, each from its root.
struct Ways {
  std::vector<std::vector<std::string>> paths;
};

/// A draft whose nodes are found by their names.
class GrowingTree {
 public:
  /// How many nodes a way would add: those behind the last that is there.
  std::size_t growth(const std::vector<std::string>& path) const {
    std::size_t added = 0;
    for (auto step = path.rbegin(); step != path.rend() && !places_.contains(*step); ++step)
      ++added;
    return added;
  }
  void add(const std::vector<std::string>& path) {
    const std::size_t first = path.size() - growth(path);
    int parent = first == 0 ? -1 : places_.at(path[first - 1]);
    for (std::size_t i = first; i < path.size(); ++i) {
      draft.nodes.push_back({path[i], parent});
      parent = places_[path[i]] = static_cast<int>(draft.nodes.size()) - 1;
    }
  }

  TreeDraft draft;

 private:
  std::map<std::string, int> places_;
};

std::vector<std::string> stepsOf(std::string_view line, const std::string& place) {
  std::vector<std::string> steps;
  for (bool more = true; more;) {
    const std::size_t end = line.find('>');
    more = end != std::string_view::npos;
    const std::string_view step = trimmed(line.substr(0, end));
    if (step.empty())
      throw Error("a way with an empty step", place, "write it as: animal > dog > pug");
    if (std::find(steps.begin(), steps.end(), step) != steps.end())
      throw Error("a way that comes to " + std::string(step) + " twice", place,
                  "every class stands once on it");
    steps.emplace_back(step);
    if (more) line.remove_prefix(end + 1);
  }
  return steps;
}

void addFolders(const fs::path& folder, int parent, TreeDraft& draft) {
  std::vector<fs::path> inner;
  std::error_code fault;
  for (fs::directory_iterator entry(folder, fault), end; !fault && entry != end;
       entry.increment(fault)) {
    std::error_code ignored;
    if (entry->is_directory(ignored) && !utf8(entry->path().filename()).starts_with("."))
      inner.push_back(entry->path());
  }
  if (fault) throw Error("the folder cannot be read (" + fault.message() + ")", utf8(folder));
  std::sort(inner.begin(), inner.end());
  for (const fs::path& path : inner) {
    try {
      requireUtf8(utf8(path.filename()), {});
    } catch (const Error&) {
      throw Error("the name of a folder is not in UTF-8", utf8(folder), "rename the folder");
    }
    draft.nodes.push_back({utf8(path.filename()), parent});
    addFolders(path, static_cast<int>(draft.nodes.size()) - 1, draft);
  }
}

}  // namespace

NamedTree treeOfDraft(const TreeDraft& draft, std::vector<int>* placeOf) {
  const auto count = static_cast<int>(draft.nodes.size());
  if (count == 0) throw Error("the tree holds no class");
  std::vector<std::vector<int>> children(draft.nodes.size());
  std::vector<int> order;  // of the draft's nodes, level by level
  for (int node = 0; node < count; ++node) {
    const int parent = draft.nodes[static_cast<std::size_t>(node)].parent;
    if (parent >= count || parent < -1)
      throw Error("the parent of " + draft.nodes[static_cast<std::size_t>(node)].name +
                  " is not in the tree");
    (parent < 0 ? order : children[static_cast<std::size_t>(parent)]).push_back(node);
  }
  for (std::size_t next = 0; next < order.size(); ++next) {
    const std::vector<int>& below = children[static_cast<std::size_t>(order[next])];
    order.insert(order.end(), below.begin(), below.end());
  }
  if (order.size() != draft.nodes.size())
    throw Error("classes of the tree are their own parents, by a circle");
  if (standsAsTree(draft))
    for (int node = 0; node < count; ++node)
      order[static_cast<std::size_t>(node)] = node;
  std::vector<int> places(draft.nodes.size(), -1);
  NamedTree named;
  ClassNames labels;
  std::vector<int> parents;
  std::set<std::string> taken;  // labels that are given are so first
  std::vector<bool> given(draft.nodes.size());
  for (const int node : order) {
    const std::string& label = draft.nodes[static_cast<std::size_t>(node)].label;
    given[static_cast<std::size_t>(node)] = !label.empty() && taken.insert(label).second;
  }
  for (const int node : order) {
    const TreeDraft::Node& own = draft.nodes[static_cast<std::size_t>(node)];
    const std::string name(trimmed(own.name));
    if (name.empty()) throw Error("a class of the tree has no name");
    places[static_cast<std::size_t>(node)] = static_cast<int>(labels.size());
    labels.push_back(given[static_cast<std::size_t>(node)]
                         ? own.label
                         : uniqueLabel(own.label.empty() ? labelOf(name) : own.label, taken));
    named.names.push_back(name);
    parents.push_back(own.parent < 0 ? -1 : places[static_cast<std::size_t>(own.parent)]);
  }
  named.tree = ClassTree(std::move(labels), std::move(parents));
  if (placeOf) *placeOf = std::move(places);
  return named;
}

NamedTree readNamedTree(const fs::path& tree, const fs::path& names) {
  NamedTree named;
  named.tree = readClassTree(tree);
  if (!names.empty()) requireUtf8(readFile(names), utf8(names));
  named.names = names.empty() ? named.tree.labels() : readClassNames(names);
  const auto classes = static_cast<std::size_t>(named.tree.size());
  if (named.names.size() != classes)
    throw Error("the names file has " + counted(named.names.size(), "name", "names") +
                    ", the tree " + utf8(tree) + " has " + counted(classes, "class", "classes"),
                utf8(names), "give a name a line for each class of the tree");
  return named;
}

TreeDraft draftOfTree(const NamedTree& named) {
  TreeDraft draft;
  for (int node = 0; node < named.tree.size(); ++node) {
    const std::string& name = named.names[static_cast<std::size_t>(node)];
    const std::string& label = named.tree.labels()[static_cast<std::size_t>(node)];
    draft.nodes.push_back(
        {name, named.tree.parentOf(node), label == labelOf(name) ? std::string() : label});
  }
  return draft;
}

TreeDraft draftFromIndentedText(std::string_view text, const std::string& file) {
  requireUtf8(text, file);
  TreeDraft draft;
  std::vector<std::pair<std::size_t, int>> open;  // indentations with their nodes, outermost first
  forEachLine(text, [&](std::string_view line, int number) {
    const std::size_t indentation = line.find_first_not_of(" \t");
    std::size_t innermost = 0;
    while (!open.empty() && open.back().first >= indentation) {
      innermost = open.back().first;
      open.pop_back();
    }
    if (innermost > indentation || (draft.nodes.empty() && indentation > 0))
      throw Error("the indentation fits no line above", placeOfLine(file, number),
                  "children of one parent begin at one place");
    const int parent = open.empty() ? -1 : open.back().second;
    open.emplace_back(indentation, static_cast<int>(draft.nodes.size()));
    draft.nodes.push_back({std::string(trimmed(line)), parent});
  });
  if (draft.nodes.empty()) throw Error("the text holds no class", file);
  return draft;
}

TreeDraft draftFromFolders(const fs::path& folder) {
  TreeDraft draft;
  addFolders(folder, -1, draft);
  if (draft.nodes.empty())
    throw Error("there is no folder in it", utf8(folder), "each folder is a class");
  return draft;
}

TreeDraft draftFromPaths(std::string_view text, const std::string& file) {
  requireUtf8(text, file);
  std::vector<std::string> order;  // classes as they first come
  std::map<std::string, Ways> ways;
  forEachLine(text, [&](std::string_view line, int number) {
    std::vector<std::string> steps = stepsOf(line, placeOfLine(file, number));
    const auto [found, isNew] = ways.try_emplace(steps.back());
    if (isNew) order.push_back(steps.back());
    found->second.paths.push_back(std::move(steps));
  });
  if (order.empty()) throw Error("the text holds no class", file);
  GrowingTree tree;
  for (const std::string& name : order)
    if (ways[name].paths.size() == 1) tree.add(ways[name].paths.front());
  for (const std::string& name : order) {
    const auto& paths = ways[name].paths;
    if (paths.size() > 1)
      tree.add(*std::min_element(paths.begin(), paths.end(), [&](const auto& a, const auto& b) {
        return tree.growth(a) < tree.growth(b);
      }));
  }
  return tree.draft;
}

}  // namespace boxwright
