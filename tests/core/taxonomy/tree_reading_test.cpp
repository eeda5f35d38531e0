// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/tree_reading.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/golden_tree.h"

namespace boxwright {
namespace {

std::vector<float> floatsOf(const nlohmann::json& array) {
  const std::vector<double> values = goldenValues(array);
  return std::vector<float>(values.begin(), values.end());
}

TEST(TreeReading, TreesOfTheGoldensAreReadAsTheReferenceDoes) {
  const nlohmann::json file = goldenFile("hierarchy.json");
  for (const auto& [name, golden] : file.at("trees").items()) {
    const ClassTree tree = treeOf(golden);
    const std::vector<double> children = goldenValues(golden.at("child_group"));
    const std::vector<double> own = goldenValues(golden.at("group_of_node"));
    const std::vector<double> leaf = goldenValues(golden.at("leaf"));
    const std::vector<double> groups = goldenValues(golden.at("groups_offset_size"));
    ASSERT_EQ(groups.size(), 2 * tree.groups().size());
    for (std::size_t g = 0; g < tree.groups().size(); ++g) {
      EXPECT_EQ(tree.groups()[g].first, groups[2 * g]);
      EXPECT_EQ(tree.groups()[g].count, groups[2 * g + 1]);
    }
    for (int node = 0; node < tree.size(); ++node) {
      const auto at = static_cast<std::size_t>(node);
      EXPECT_EQ(&tree.groupOf(node), &tree.groups()[static_cast<std::size_t>(own[at])]);
      const ClassTree::Group* const below = tree.childrenOf(node);
      EXPECT_EQ(below ? below - tree.groups().data() : -1, children[at]);
      EXPECT_EQ(tree.isLeaf(node), leaf[at] != 0);
    }
  }
}

TEST(TreeReading, EveryGoldenCaseAgrees) {
  const nlohmann::json file = goldenFile("hierarchy.json");
  for (const nlohmann::json& golden : file.at("cases")) {
    SCOPED_TRACE(golden.at("name").get<std::string>());
    const ClassTree tree = treeOf(file.at("trees").at(golden.at("tree").get<std::string>()));
    const std::vector<float> input = floatsOf(golden.at("input"));
    const TreeValues<float> values{input.data(), 1};
    const bool isLogits = golden.at("input_is") != "conditional probabilities";
    std::vector<float> probabilities = input;
    if (isLogits) conditionalProbabilities<float>(tree, values, probabilities);
    const std::vector<float> conditional = floatsOf(golden.at("conditional"));
    const std::vector<float> absolute = floatsOf(golden.at("absolute"));
    const std::vector<float> leaves = floatsOf(golden.at("absolute_non_leaves_zeroed"));
    for (std::size_t node = 0; node < input.size(); ++node)
      EXPECT_NEAR(probabilities[node], conditional[node], 1e-6);
    std::vector<float> multiplied = probabilities;
    makeAbsolute<float>(tree, multiplied);
    for (int node = 0; node < tree.size(); ++node) {
      const auto at = static_cast<std::size_t>(node);
      EXPECT_NEAR(multiplied[at], absolute[at], 1e-6);
      EXPECT_NEAR(tree.isLeaf(node) ? multiplied[at] : 0, leaves[at], 1e-6);
      if (isLogits) {
        EXPECT_NEAR(absoluteProbability(tree, values, node), absolute[at], 1e-6);
      }
    }
    std::vector<float> scratch(largestGroup(tree));
    const auto given = [&](const ClassTree::Group& group, std::span<float> out) {
      std::copy_n(probabilities.begin() + group.first, group.count, out.begin());
    };
    const std::vector<float> thresholds = floatsOf(golden.at("thresholds"));
    const std::vector<double> paper = goldenValues(golden.at("top_conditional"));
    const std::vector<double> reference = goldenValues(golden.at("top_reference_absolute"));
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
      const double threshold = thresholds[t];
      SCOPED_TRACE(threshold);
      const std::span<float> room(scratch);
      const TreeAnswer answer = walkTree(tree, threshold, TreeWalk::Conditional, room, given);
      EXPECT_EQ(answer.node, paper[t]);
      EXPECT_NEAR(answer.probability, absolute[static_cast<std::size_t>(answer.node)], 1e-6);
      EXPECT_EQ(walkTree(tree, threshold, TreeWalk::Reference, room, given).node, reference[t]);
      if (!isLogits) continue;
      EXPECT_EQ(topOfTree(tree, values, threshold, TreeWalk::Conditional, room).node, paper[t]);
      EXPECT_EQ(topOfTree(tree, values, threshold, TreeWalk::Reference, room).node, reference[t]);
    }
  }
}

TEST(TreeReading, PathSaysEveryStep) {
  const ClassTree tree({"a", "b", "c", "d", "e"}, {-1, -1, 1, 1, 3});
  // Every second value, as of a head of two cells.
  const std::vector<float> input = {0, 9, std::log(3.F), 9, 0, 9, std::log(4.F), 9, 7, 9};
  const std::vector<PathStep> path = pathOf(tree, {input.data(), 2}, 4);
  ASSERT_EQ(path.size(), 3U);
  EXPECT_EQ(path[0].node, 1);
  EXPECT_NEAR(path[0].conditional, .75, 1e-6);
  EXPECT_EQ(path[1].node, 3);
  EXPECT_NEAR(path[1].conditional, .8, 1e-6);
  EXPECT_NEAR(path[1].absolute, .6, 1e-6);
  EXPECT_EQ(path[2].node, 4);
  EXPECT_NEAR(path[2].conditional, 1, 1e-6);
  EXPECT_NEAR(path[2].absolute, .6, 1e-6);
}

TEST(TreeReading, LogarithmsHoldWhereProbabilitiesVanish) {
  const ClassTree tree({"a", "b"}, {-1, -1});
  const std::vector<double> input = {0, 2000};
  EXPECT_NEAR(logConditional<double>(tree, {input.data(), 1}, 0), -2000, 1e-9);
  EXPECT_EQ(absoluteProbability<double>(tree, {input.data(), 1}, 0), 0);
}

}  // namespace
}  // namespace boxwright
