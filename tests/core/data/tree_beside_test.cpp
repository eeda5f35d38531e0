// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_beside.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/core/data/dataset_folder.h"

namespace boxwright {
namespace {

class TreeBesideADataset : public testing::Test {
 protected:
  TreeBesideADataset() {
    folder_.picture("farm/a.png", 20, 20);
    folder_.picture("zoo/b.png", 20, 20);
    folder_.text("animals.tree", "animal -1\nn1 0\nn2 0\nother 0\nn3 1\nn4 1\n");
    folder_.text("animals.names", "animal\ndog\ncow\nhusky\npug\nhusky\n");
    write(R"({"path": "farm", "map": {"moo": "n2"}}, {"path": "zoo"})");
  }

  void write(const std::string& parts) {
    folder_.text(
        "animals.combined.json",
        R"({"tree": "animals.tree", "names": "animals.names", "datasets": [)" + parts + "]}");
  }
  std::vector<std::string> offered(const ClassNames& classes) {
    const TreeBeside beside = *treeBeside(folder_ / "farm");
    const std::vector<bool> taken = beside.taken(classes);
    std::vector<std::string> names;
    for (int node = 0; node < beside.tree.tree->size(); ++node) {
      if (taken[static_cast<std::size_t>(node)]) continue;
      const std::string way = beside.wayTo(node);
      names.push_back((way.empty() ? "" : way + " > ") +
                      beside.names[static_cast<std::size_t>(node)]);
    }
    return names;
  }

  DatasetFolder folder_;
};

TEST_F(TreeBesideADataset, OffersTheNodesThatAreNoClassesYet) {
  EXPECT_EQ(offered({}),
            (std::vector<std::string>{"animal", "animal > dog", "animal > cow", "animal > other",
                                      "animal > dog > pug", "animal > dog > n4"}))
      << "two nodes are called husky: their labels tell them apart";
  EXPECT_EQ(
      offered({"moo", "Pug"}),
      (std::vector<std::string>{"animal", "animal > dog", "animal > other", "animal > dog > n4"}));
}

/// A class of that name that the map has mean another node stays what it is.
TEST_F(TreeBesideADataset, DoesNotOfferWhatWouldMeanAnother) {
  write(R"({"path": "farm", "map": {"dog": "n2"}})");
  const std::vector<std::string> names = offered({"dog"});
  EXPECT_EQ(std::count(names.begin(), names.end(), "animal > dog"), 0);
  EXPECT_EQ(std::count(names.begin(), names.end(), "animal > cow"), 0);
}

TEST_F(TreeBesideADataset, IsFoundInTheFolderAndAboveIt) {
  EXPECT_TRUE(treeBeside(folder_ / "farm"));
  EXPECT_TRUE(treeBeside(folder_ / "zoo"));
  EXPECT_FALSE(treeBeside(folder_ / "."));
  folder_.text("farm/own.tree", "thing -1\n");
  folder_.text("farm/own.combined.json", R"({"tree": "own.tree", "datasets": [{"path": "."}]})");
  EXPECT_EQ(treeBeside(folder_ / "farm")->tree.tree->size(), 1);
  EXPECT_FALSE(treeBeside(folder_ / "nowhere"));
}

TEST_F(TreeBesideADataset, PassesOverWhatCannotBeReadAndMapsOfALineAClass) {
  folder_.text("a.combined.json", "{");
  folder_.text("b.combined.json", R"({"tree": "no.tree", "datasets": [{"path": "farm"}]})");
  EXPECT_EQ(treeBeside(folder_ / "farm")->file.filename(), "animals.combined.json");
  folder_.text("farm.map", "1\n");
  write(R"({"path": "farm", "map": "farm.map"})");
  EXPECT_FALSE(treeBeside(folder_ / "farm"));
}

}  // namespace
}  // namespace boxwright
