// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taxonomy/tree_draft.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// The tree as an indented text again.
std::string shown(const TreeDraft& draft) {
  const NamedTree named = treeOfDraft(draft);
  std::string text;
  const auto show = [&](auto&& self, const ClassTree::Group& group) -> void {
    for (int node = group.first; node < group.end(); ++node) {
      text += std::string(static_cast<std::size_t>(named.tree.depthOf(node)), ' ') +
              named.names[static_cast<std::size_t>(node)] + "\n";
      if (const ClassTree::Group* const below = named.tree.childrenOf(node)) self(self, *below);
    }
  };
  show(show, named.tree.groups().front());
  return text;
}

TEST(TreeDraft, BecomesATreeLevelByLevel) {
  const TreeDraft draft = {{{"pug", 2}, {"thing", -1}, {"dog", 3}, {"animal", -1}, {"pug", 1}}};
  std::vector<int> places;
  const NamedTree named = treeOfDraft(draft, &places);
  EXPECT_EQ(named.names, (ClassNames{"thing", "animal", "pug", "dog", "pug"}));
  EXPECT_EQ(named.tree.labels(), (ClassNames{"thing", "animal", "pug", "dog", "pug_2"}));
  EXPECT_EQ(named.tree.parents(), (std::vector<int>{-1, -1, 0, 1, 3}));
  EXPECT_EQ(places, (std::vector<int>{4, 0, 3, 1, 2}));
  const NamedTree again = treeOfDraft(draftOfTree(named));
  EXPECT_EQ(again.tree, named.tree);
  EXPECT_EQ(again.names, named.names);
  EXPECT_EQ(treeOfDraft({{{"house cat", -1}}}).tree.labels().front(), "house_cat");
}

TEST(TreeDraft, KeepsLabelsThatAreGivenAndAnOrderThatATreeCanHave) {
  const NamedTree named = treeOfDraft(
      {{{"dog", -1, "n1"}, {"n1", -1}, {"pug", 1, "n1"}, {"cat", 0}, {"cow", 0, "dog"}}});
  EXPECT_EQ(named.names, (ClassNames{"dog", "n1", "pug", "cat", "cow"})) << "not level by level";
  EXPECT_EQ(named.tree.labels(), (ClassNames{"n1", "n1_2", "n1_3", "cat", "dog"}));
  const TreeDraft again = draftOfTree(named);
  EXPECT_EQ(again.nodes[0].label, "n1");
  EXPECT_EQ(again.nodes[3].label, "");
  EXPECT_EQ(treeOfDraft(again).tree, named.tree);
}

TEST(TreeDraft, CirclesAndNamelessClassesAreRefused) {
  EXPECT_NE(errorOf([] { treeOfDraft({}); }).find("no class"), std::string::npos);
  EXPECT_NE(errorOf([] { treeOfDraft({{{"a", 1}, {"b", 0}}}); }).find("circle"), std::string::npos);
  EXPECT_NE(errorOf([] {
              treeOfDraft({{{"r", -1}, {"a", 1}}});
            }).find("circle"),
            std::string::npos);
  EXPECT_NE(errorOf([] { treeOfDraft({{{" ", -1}}}); }).find("no name"), std::string::npos);
  EXPECT_NE(errorOf([] { treeOfDraft({{{"a", 7}}}); }).find("not in the tree"), std::string::npos);
}

TEST(TreeDraft, FromIndentedText) {
  const std::string text =
      "\xEF\xBB\xBF"
      "animal\r\n  dog\n    pug\n    husky\n\n  cat\nthing\n\tbox\n";
  EXPECT_EQ(shown(draftFromIndentedText(text, "t.txt")),
            "animal\n dog\n  pug\n  husky\n cat\nthing\n box\n");
  EXPECT_NE(errorOf([] { draftFromIndentedText("a\n    b\n  c\n", "t.txt"); }).find("t.txt:3"),
            std::string::npos);
  EXPECT_NE(errorOf([] { draftFromIndentedText("  a\nb\n", "t.txt"); }).find("t.txt:1"),
            std::string::npos);
  EXPECT_NE(errorOf([] { draftFromIndentedText("\n\n", "t.txt"); }).find("no class"),
            std::string::npos);
}

TEST(TreeDraft, FromFoldersInFolders) {
  const TemporaryFolder folder;
  for (const char* const path : {"animal/dog/pug", "animal/cat", "thing", ".hidden/x"})
    fs::create_directories(folder / path);
  EXPECT_EQ(shown(draftFromFolders(folder.path())), "animal\n cat\n dog\n  pug\nthing\n");
  EXPECT_NE(errorOf([&] { draftFromFolders(folder / "thing"); }).find("no folder"),
            std::string::npos);
  EXPECT_FALSE(errorOf([&] { draftFromFolders(folder / "none"); }).empty());
}

TEST(TreeDraft, FromHypernymPathsByTheShortestWay) {
  // "dog" is a canine and a domestic animal; the first way adds one node, the other two.
  EXPECT_EQ(shown(draftFromPaths("animal > domestic animal > pet > dog\n"
                                 "animal > canine > dog\n"
                                 "animal > canine > wolf\n"
                                 "thing\n",
                                 "p.txt")),
            "animal\n canine\n  wolf\n  dog\nthing\n");
  // Of equal ways the first.
  EXPECT_EQ(shown(draftFromPaths("a > b > x\na > c > x\n", "p.txt")), "a\n b\n  x\n");
  // A class that is there already needs no second way.
  EXPECT_EQ(shown(draftFromPaths("a > b > x\nb\nq > b\n", "p.txt")), "a\n b\n  x\n");
  EXPECT_NE(errorOf([] { draftFromPaths("a\na > > b\n", "p.txt"); }).find("p.txt:2"),
            std::string::npos);
  EXPECT_NE(errorOf([] { draftFromPaths("a > b > a\n", "p.txt"); }).find("twice"),
            std::string::npos);
}

}  // namespace
}  // namespace boxwright
