// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/class_tree.h"

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

class ClassTreeFile : public testing::Test {
 protected:
  ClassTree read(const std::string& text) {
    writeFileAtomically(file_, text);
    return readClassTree(file_);
  }
  std::string faultOf(const std::string& text) {
    return errorOf([&] { read(text); });
  }

  const TemporaryFolder folder_;
  const fs::path file_ = folder_ / "world.tree";
};

TEST_F(ClassTreeFile, IsReadWithItsGroups) {
  const ClassTree tree = read(
      "\xEF\xBB\xBF"
      "animal -1\r\nthing\t-1\n dog 0 \ncat 0\npug 2\n\n\n");
  EXPECT_EQ(tree.labels(), (ClassNames{"animal", "thing", "dog", "cat", "pug"}));
  EXPECT_EQ(tree.parents(), (std::vector<int>{-1, -1, 0, 0, 2}));
  ASSERT_EQ(tree.groups().size(), 3U);
  EXPECT_EQ(tree.groups()[1].first, 2);
  EXPECT_EQ(tree.groups()[1].count, 2);
  EXPECT_EQ(tree.groups()[1].parent, 0);
  EXPECT_EQ(tree.childrenOf(2)->first, 4);
  EXPECT_EQ(tree.childrenOf(1), nullptr);
  EXPECT_EQ(tree.groupOf(3).first, 2);
  EXPECT_TRUE(tree.isLeaf(1));
  EXPECT_FALSE(tree.isLeaf(2));
  EXPECT_EQ(tree.leafCount(), 3);
  EXPECT_EQ(tree.depthOf(4), 2);
  EXPECT_EQ(tree.depth(), 2);
  EXPECT_EQ(tree.pathTo(4), (std::vector<int>{0, 2, 4}));
  EXPECT_TRUE(tree.isWithin(4, 0));
  EXPECT_TRUE(tree.isWithin(4, 4));
  EXPECT_FALSE(tree.isWithin(4, 3));
  EXPECT_FALSE(tree.isWithin(0, 4));
  EXPECT_EQ(tree.meetingOf(4, 3), 0);
  EXPECT_EQ(tree.meetingOf(4, 2), 2);
  EXPECT_EQ(tree.meetingOf(4, 1), -1);
}

TEST_F(ClassTreeFile, GoesThereAndBack) {
  const ClassTree tree = read("animal -1\nthing -1\ndog 0\ncat 0\n");
  writeClassTree(file_, tree);
  EXPECT_EQ(readFile(file_), "animal -1\nthing -1\ndog 0\ncat 0\n");
  EXPECT_EQ(readClassTree(file_), tree);
}

TEST_F(ClassTreeFile, FaultsAreNamedWithTheirLine) {
  const auto expectFault = [&](const std::string& text, const std::string& place,
                               const std::string& what) {
    const std::string message = faultOf(text);
    EXPECT_NE(message.find("world.tree" + place), std::string::npos) << message;
    EXPECT_NE(message.find(what), std::string::npos) << message;
  };
  expectFault("", "", "no class");
  expectFault("a -1\nb 2\nc 0\n", ":2", "stands before its parent c");
  expectFault("a -1\nb 1\n", ":2", "its own parent");
  expectFault("a -1\nb 7\n", ":2", "parent 7 is no class");
  expectFault("a -1\nb -2\n", ":2", "parent -2 is no class");
  expectFault("a 0\n", ":1", "has a parent");
  expectFault("a -1\nb -1\nc 0\nd 1\ne 0\n", ":5", "children of a stand in two places");
  expectFault("a -1\nb -1\nc 0\nd 1\ne 0\n", ":5", "from line 3 on");
  expectFault("a -1\nb 0\nc -1\n", ":3", "the roots stand in two places");
  expectFault("a -1\n\nb 0\n", ":2", "empty line");
  expectFault("a -1\nb\n", ":2", "not \"label parent\"");
  expectFault("a -1\nbig dog 0\n", ":2", "not \"label parent\"");
  expectFault("a -1\nb 0x\n", ":2", "not \"label parent\"");
  expectFault("a -1\nb 99999999999\n", ":2", "not \"label parent\"");
  expectFault("a -1\n" + std::string(256, 'b') + " 0\n", ":2", "256 bytes");
  EXPECT_EQ(faultOf("a -1\n" + std::string(255, 'b') + " 0\n"), "");
  EXPECT_NE(errorOf([&] { readClassTree(folder_ / "none.tree"); }).find("none.tree"),
            std::string::npos);
}

TEST_F(ClassTreeFile, OneNodeOneChainAndManyLeavesAreTrees) {
  EXPECT_EQ(read("a -1\n").leafCount(), 1);
  std::string chain = "n0 -1\n", broad = "root -1\n";
  for (int node = 1; node <= 100000; ++node) {
    chain += "n" + std::to_string(node) + " " + std::to_string(node - 1) + "\n";
    broad += "n" + std::to_string(node) + " 0\n";
  }
  const ClassTree deep = read(chain);
  EXPECT_EQ(deep.depth(), 100000);
  EXPECT_EQ(deep.leafCount(), 1);
  EXPECT_EQ(deep.groups().size(), 100001U);
  const ClassTree wide = read(broad);
  EXPECT_EQ(wide.depth(), 1);
  EXPECT_EQ(wide.leafCount(), 100000);
}

TEST_F(ClassTreeFile, OfYolo9000HoldsWhatTheSpecCounts) {
  const fs::path shared = yolo9000Files() / "9k.tree";
  if (!fs::exists(shared)) GTEST_SKIP() << "the tree of YOLO9000 is not here (BOXWRIGHT_9K)";
  const ClassTree tree = readClassTree(shared);
  EXPECT_EQ(tree.size(), 9418);
  EXPECT_EQ(tree.groups().front().count, 4);
  EXPECT_EQ(tree.groups().size(), 1846U);
  EXPECT_EQ(tree.leafCount(), 7573);
  EXPECT_EQ(tree.depth(), 16);
  int largest = 0, single = 0;
  for (const ClassTree::Group& group : tree.groups()) {
    largest = std::max(largest, group.count);
    single += group.count == 1;
  }
  EXPECT_EQ(largest, 149);
  EXPECT_EQ(single, 46);
}

}  // namespace
}  // namespace boxwright
