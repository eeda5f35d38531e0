// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/class_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "core/base/atomic_file.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"
#include "tests/yolo9000_files.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

const ClassTree kTree({"n1", "n2", "n3", "n4", "n5"}, {-1, 0, 0, 1, 1});
const ClassNames kNames = {"animal", "house cat", "crane", "Siamese-cat", "crane"};

TEST(ClassMap, FileGoesThereAndBackAndFaultsHaveTheirLine) {
  const TemporaryFolder folder;
  const fs::path file = folder / "set.map";
  writeClassMap(file, {3, 0, 4});
  EXPECT_EQ(readFile(file), "3\n0\n4\n");
  EXPECT_EQ(readClassMap(file, 5, "world.tree"), (ClassMap{3, 0, 4}));
  const auto faultOf = [&](const std::string& text) {
    writeFileAtomically(file, text);
    return errorOf([&] { readClassMap(file, 5, "world.tree"); });
  };
  EXPECT_EQ(faultOf(" 3\r\n0 \n\n"), "");
  EXPECT_NE(faultOf("3\n5\n").find("set.map:2"), std::string::npos);
  EXPECT_NE(faultOf("3\n5\n").find("world.tree"), std::string::npos);
  EXPECT_NE(faultOf("3\n-1\n").find("-1 is not in the tree"), std::string::npos);
  EXPECT_NE(faultOf("99999999999\n").find(":1"), std::string::npos);
  EXPECT_NE(faultOf("3\nn4\n").find("no number"), std::string::npos);
  EXPECT_NE(faultOf("3\n\n4\n").find(":2"), std::string::npos);
  EXPECT_NE(faultOf("\n").find("no class"), std::string::npos);
}

TEST(ClassMap, ByNameTakesNamesThenLabelsAndNoneThatTwoHave) {
  EXPECT_EQ(mapByName({"House_Cat", "siamese cat", "n3", "crane", "dog"}, kTree, kNames),
            (ClassMap{1, 3, 2, -1, -1}));
  EXPECT_EQ(mapByName({"N2"}, kTree, {}), (ClassMap{1}));
}

TEST(ClassMap, ClassesWithoutANodeAreListedWithTheNearest) {
  EXPECT_EQ(nearestNode("animals", kTree, kNames), 0);
  EXPECT_EQ(nearestNode("cat", kTree, kNames), 1);
  EXPECT_EQ(nearestNode("bicycle", kTree, kNames), -1);
  const ClassNames classes = {"animals", "crane", "bicycle"};
  const std::string message = errorOf(
      [&] { requireWholeMap(mapByName(classes, kTree, kNames), classes, kTree, kNames, "toys"); });
  EXPECT_NE(message.find("3 classes have no node in the tree: animals (perhaps animal), crane"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("toys"), std::string::npos);
  requireWholeMap({0, 1, 2}, classes, kTree, kNames, "toys");
}

TEST(ClassMap, OfYolo9000HoldsWhatTheSpecCounts) {
  const fs::path shared = yolo9000Files();
  if (!fs::exists(shared)) GTEST_SKIP() << "the maps of YOLO9000 are not here (BOXWRIGHT_9K)";
  const ClassTree tree = readClassTree(shared / "9k.tree");
  EXPECT_EQ(readClassNames(shared / "9k.labels"), tree.labels());
  EXPECT_EQ(readClassNames(shared / "9k.names").size(), std::size_t(tree.size()));
  const ClassMap coco = readClassMap(shared / "coco9k.map", tree.size(), "9k.tree");
  ASSERT_EQ(coco.size(), 80U);
  EXPECT_EQ(coco[0], 5177);
  EXPECT_EQ(std::count_if(coco.begin(), coco.end(), [&](int node) { return tree.isLeaf(node); }),
            36);
  const ClassMap imagenet = readClassMap(shared / "inet9k.map", tree.size(), "9k.tree");
  ASSERT_EQ(imagenet.size(), 200U);
  EXPECT_EQ(
      std::count_if(imagenet.begin(), imagenet.end(), [&](int node) { return tree.isLeaf(node); }),
      129);
  EXPECT_EQ(std::count_if(imagenet.begin(), imagenet.end(),
                          [&](int node) {
                            return std::any_of(coco.begin(), coco.end(), [&](int above) {
                              return tree.isWithin(node, above);
                            });
                          }),
            56);
}

}  // namespace
}  // namespace boxwright
