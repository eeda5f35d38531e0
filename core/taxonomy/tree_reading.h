// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/taxonomy/class_tree.h"

namespace boxwright {

/// What a network says of the classes of a tree: a value a node, `stride` apart (a head is planar).
/// Owns nothing. T is float or double.
template <typename T>
struct TreeValues {
  const T* data = nullptr;
  std::size_t stride = 1;

  T operator[](int node) const { return data[static_cast<std::size_t>(node) * stride]; }
};

/// Softmax of one group of siblings: the probability of each, given their parent (spec 11), into
/// the first Group::count values of `conditional`.
template <typename T>
void groupSoftmax(TreeValues<T> values, const ClassTree::Group& group, std::span<T> conditional) {
  T largest = values[group.first];
  for (int node = group.first + 1; node < group.end(); ++node)
    largest = std::max(largest, values[node]);
  T sum = 0;
  for (int i = 0; i < group.count; ++i) {
    const T share = std::exp(values[group.first + i] - largest);
    conditional[static_cast<std::size_t>(i)] = share;
    sum += share;
  }
  for (T& share : conditional.first(static_cast<std::size_t>(group.count)))
    share /= sum;
}

/// ln of the probability of `node`, given its parent: finite where the probability is not.
template <typename T>
double logConditional(const ClassTree& tree, TreeValues<T> values, int node) {
  const ClassTree::Group& group = tree.groupOf(node);
  double largest = double(values[group.first]);
  for (int sibling = group.first + 1; sibling < group.end(); ++sibling)
    largest = std::max(largest, double(values[sibling]));
  double sum = 0;
  for (int sibling = group.first; sibling < group.end(); ++sibling)
    sum += std::exp(double(values[sibling]) - largest);
  return double(values[node]) - largest - std::log(sum);
}

/// The probability of `node` by the product along its path. Reads that path's groups alone.
template <typename T>
double absoluteProbability(const ClassTree& tree, TreeValues<T> values, int node) {
  double sum = 0;
  for (; node >= 0; node = tree.parentOf(node))
    sum += logConditional(tree, values, node);
  return std::exp(sum);
}

/// All conditional probabilities of a tree into `out` (a value a node).
template <typename T>
void conditionalProbabilities(const ClassTree& tree, TreeValues<T> values, std::span<T> out) {
  for (const ClassTree::Group& group : tree.groups())
    groupSoftmax(values, group, out.subspan(static_cast<std::size_t>(group.first)));
}

/// Conditional probabilities become absolute ones, in place.
template <typename T>
void makeAbsolute(const ClassTree& tree, std::span<T> probabilities) {
  for (int node = 0; node < tree.size(); ++node) {
    const int parent = tree.parentOf(node);
    if (parent >= 0)
      probabilities[static_cast<std::size_t>(node)] *=
          probabilities[static_cast<std::size_t>(parent)];
  }
}

/// How the walk down the tree weighs a node. Conditional is the paper: the product of conditional
/// probabilities so far is compared with the threshold. Reference is what Darknet's detection does:
/// it takes the product of absolute ones, which falls faster (spec 11, "Trap").
enum class TreeWalk { Conditional, Reference };

/// Where a walk down the tree ended.
struct TreeAnswer {
  int node = 0;
  double probability = 0;  ///< of the node, absolute
};

/// The lowest class that the walk is sure of: from the roots down, always to the best child, while
/// the product stays over `threshold`; the best root where none does. `probabilitiesOf(group, out)`
/// fills in a group's conditional probabilities; `scratch` holds the largest group.
template <typename T, typename ProbabilitiesOf>
TreeAnswer walkTree(const ClassTree& tree, double threshold, TreeWalk walk, std::span<T> scratch,
                    ProbabilitiesOf&& probabilitiesOf) {
  const ClassTree::Group* group = &tree.groups().front();
  T product = 1, absolute = 1;  // in the network's own type, as the reference
  int node = -1;
  while (group) {
    probabilitiesOf(*group, scratch);
    const auto siblings = scratch.first(static_cast<std::size_t>(group->count));
    const auto best = std::max_element(siblings.begin(), siblings.end());
    const T below = absolute * *best;
    const T next = product * (walk == TreeWalk::Conditional ? *best : below);
    const int child = group->first + static_cast<int>(best - siblings.begin());
    if (!(double(next) > threshold))
      return node < 0 ? TreeAnswer{child, double(below)} : TreeAnswer{node, double(absolute)};
    product = next;
    absolute = below;
    node = child;
    group = tree.childrenOf(node);
  }
  return {node, double(absolute)};
}

/// The same on what a network says, reading only the groups on the way.
template <typename T>
TreeAnswer topOfTree(const ClassTree& tree, TreeValues<T> values, double threshold, TreeWalk walk,
                     std::span<T> scratch) {
  return walkTree(
      tree, threshold, walk, scratch,
      [&](const ClassTree::Group& group, std::span<T> out) { groupSoftmax(values, group, out); });
}

/// How many values the largest group has: what `scratch` must hold.
std::size_t largestGroup(const ClassTree& tree);

/// One step of the way to an answer.
struct PathStep {
  int node = 0;
  float conditional = 0, absolute = 0;

  bool operator==(const PathStep&) const = default;
};

/// The way from the root to `node` with what the network says of each step.
std::vector<PathStep> pathOf(const ClassTree& tree, TreeValues<float> values, int node);

}  // namespace boxwright
