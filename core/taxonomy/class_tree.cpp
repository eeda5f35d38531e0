// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/class_tree.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace boxwright {
namespace {

std::string placeOf(const std::string& file, int node) {
  if (file.empty()) return "node " + std::to_string(node);
  return file + ":" + std::to_string(node + 1);
}

void checkLabel(const std::string& label, const std::string& file, int node) {
  if (label.empty()) throw Error("a class of the tree has no label", placeOf(file, node));
  if (label.find_first_of(" \t\r\n") != std::string::npos)
    throw Error("the label \"" + label + "\" holds a blank", placeOf(file, node),
                "write _ for it; names for people stand in the names file");
  if (label.size() > kLongestLabel)
    throw Error("a label of " + std::to_string(label.size()) + " bytes", placeOf(file, node),
                "Darknet reads " + std::to_string(kLongestLabel) + " at most: shorten it");
}

/// The parts of a line between blanks; a third is where it goes on.
struct Words {
  std::string_view first, second, rest;

  explicit Words(std::string_view line) : first(next(line)), second(next(line)), rest(next(line)) {}

 private:
  static std::string_view next(std::string_view& line) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    const std::size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
    const std::string_view word = line.substr(begin, end - begin);
    line.remove_prefix(end);
    return word;
  }
};

}  // namespace

ClassTree::ClassTree(ClassNames labels, std::vector<int> parents, const std::string& file)
    : labels_(std::move(labels)), parents_(std::move(parents)) {
  if (labels_.size() != parents_.size())
    throw Error(std::to_string(labels_.size()) + " labels for a tree of " +
                    std::to_string(parents_.size()) + " nodes",
                file);
  ownGroup_.resize(parents_.size());
  childGroup_.assign(parents_.size(), -1);
  const auto labelOf = [&](int node) { return labels_[static_cast<std::size_t>(node)]; };
  for (int node = 0; node < size(); ++node) {
    checkLabel(labelOf(node), file, node);
    const int parent = parentOf(node);
    if (node == 0 && parent != -1)
      throw Error("the first class has a parent", placeOf(file, node),
                  "a tree begins with its roots, whose parent is -1");
    if (parent < -1 || parent >= size())
      throw Error("the parent " + std::to_string(parent) + " is no class of the tree",
                  placeOf(file, node),
                  "classes are counted from 0 to " + std::to_string(size() - 1) + ", -1 is none");
    if (parent >= node)
      throw Error(parent == node ? "a class is its own parent"
                                 : "a class stands before its parent " + labelOf(parent),
                  placeOf(file, node), "parents stand before their children");
    if (groups_.empty() || groups_.back().parent != parent) {
      int earlier = parent < 0 && !groups_.empty() ? 0 : -1;
      if (parent >= 0) earlier = childGroup_[static_cast<std::size_t>(parent)];
      if (earlier >= 0) {
        const int first = groups_[static_cast<std::size_t>(earlier)].first;
        throw Error((parent < 0 ? std::string("the roots") : "the children of " + labelOf(parent)) +
                        " stand in two places, here and from " +
                        (file.empty() ? "node " + std::to_string(first)
                                      : "line " + std::to_string(first + 1)) +
                        " on",
                    placeOf(file, node), "put them one after the other");
      }
      if (parent >= 0)
        childGroup_[static_cast<std::size_t>(parent)] = static_cast<int>(groups_.size());
      groups_.push_back({node, 0, parent});
    }
    ++groups_.back().count;
    ownGroup_[static_cast<std::size_t>(node)] = static_cast<int>(groups_.size()) - 1;
  }
}

int ClassTree::leafCount() const {
  return static_cast<int>(std::count(childGroup_.begin(), childGroup_.end(), -1));
}

int ClassTree::depthOf(int node) const {
  int depth = 0;
  for (int above = parentOf(node); above >= 0; above = parentOf(above))
    ++depth;
  return depth;
}

int ClassTree::depth() const {
  std::vector<int> depths(parents_.size());
  int deepest = 0;
  for (int node = 0; node < size(); ++node) {
    const int parent = parentOf(node);
    int& depth = depths[static_cast<std::size_t>(node)];
    depth = parent < 0 ? 0 : depths[static_cast<std::size_t>(parent)] + 1;
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

bool ClassTree::isWithin(int node, int above) const {
  while (node > above)
    node = parentOf(node);  // stands before its children
  return node == above;
}

std::vector<int> ClassTree::pathTo(int node) const {
  std::vector<int> path;
  for (; node >= 0; node = parentOf(node))
    path.push_back(node);
  std::reverse(path.begin(), path.end());
  return path;
}

int ClassTree::meetingOf(int a, int b) const {
  while (a != b) {
    int& later = a > b ? a : b;
    later = parentOf(later);
  }
  return a;
}

std::vector<int> nodesFromTheTop(const ClassTree& tree) {
  std::vector<int> order, waiting;
  const auto take = [&waiting](const ClassTree::Group& group) {
    for (int node = group.end() - 1; node >= group.first; --node)
      waiting.push_back(node);
  };
  if (!tree.empty()) take(tree.groups().front());
  while (!waiting.empty()) {
    const int node = waiting.back();
    waiting.pop_back();
    order.push_back(node);
    if (const ClassTree::Group* const children = tree.childrenOf(node)) take(*children);
  }
  return order;
}

ClassTree readClassTree(const std::filesystem::path& file) {
  const std::string text = readFile(file);
  const std::string name = utf8(file);
  requireUtf8(text, name);
  std::string_view rest(text);
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  ClassNames labels;
  std::vector<int> parents;
  int empty = 0;
  for (int line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const Words words(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (words.first.empty()) {
      if (empty == 0) empty = line;
      continue;
    }
    if (empty > 0)
      throw Error("an empty line within the tree", name + ":" + std::to_string(empty),
                  "every line is a class: the numbers of those behind would be in doubt");
    int parent = 0;
    const char* const stop = words.second.data() + words.second.size();
    const auto [at, fault] = std::from_chars(words.second.data(), stop, parent);
    if (words.second.empty() || fault != std::errc() || at != stop || !words.rest.empty())
      throw Error("a line that is not \"label parent\"", name + ":" + std::to_string(line),
                  "write the class's label without blanks, and its parent's line counted from 0, "
                  "or -1");
    labels.emplace_back(words.first);
    parents.push_back(parent);
  }
  if (labels.empty()) throw Error("the tree holds no class", name);
  return ClassTree(std::move(labels), std::move(parents), name);
}

void writeClassTree(const std::filesystem::path& file, const ClassTree& tree) {
  std::string text;
  for (int node = 0; node < tree.size(); ++node)
    text += tree.labels()[static_cast<std::size_t>(node)] + " " +
            std::to_string(tree.parentOf(node)) + "\n";
  writeFileAtomically(file, text);
}

}  // namespace boxwright
