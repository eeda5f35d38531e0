// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_edits.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/data/tree_counts.h"

namespace boxwright {
namespace {

/// animal (dog (pug, husky), cat), thing: by ids 0 dog's parent … in the order written.
constexpr NodeId kAnimal = 0, kThing = 1, kDog = 2, kCat = 3, kPug = 4, kHusky = 5;

class TreeEdits : public testing::Test {
 protected:
  TreeEdits()
      : project_(TreeDraft{{{"animal", -1},
                            {"thing", -1},
                            {"dog", kAnimal},
                            {"cat", kAnimal},
                            {"pug", kDog},
                            {"husky", kDog}}}) {
    project_.appendPart(part("farm", {"dog", "cat", "moo"}, {kDog, kCat, -1}));
  }

  static TreePart part(const std::string& name, ClassNames classes, std::vector<NodeId> nodes) {
    TreePart part;
    part.path = "/data/" + name;
    part.facts.classes = std::move(classes);
    part.facts.counts.resize(part.facts.classes.size());
    part.nodes = std::move(nodes);
    return part;
  }

  static std::string shown(const TreeProject& project) {
    std::string text;
    const std::function<void(NodeId)> show = [&](NodeId node) {
      const auto& children = project.childrenOf(node);
      for (std::size_t i = 0; i < children.size(); ++i) {
        EXPECT_EQ(project.parentOf(children[i]), node);
        text += (i > 0 ? " " : "") + project.nameOf(children[i]);
        if (project.childrenOf(children[i]).empty()) continue;
        text += "(";
        show(children[i]);
        text += ")";
      }
    };
    show(-1);
    for (const TreePart& own : project.parts()) {
      text += " | " + own.name() + ":";
      for (const NodeId node : own.nodes)
        text += " " + (node < 0 ? std::string("-") : project.nameOf(node));
    }
    return text;
  }

  /// What the edit makes of the project; that undo and redo lead back and there again is checked.
  std::string after(const TreeEdit& edit) {
    EXPECT_EQ(edit.refusal, "");
    const std::string before = shown(project_);
    project_.apply(edit);
    std::string text = shown(project_);
    project_.apply(inverse(edit));
    EXPECT_EQ(shown(project_), before);
    project_.apply(edit);
    EXPECT_EQ(shown(project_), text);
    EXPECT_EQ(project_.inOrder().size(), static_cast<std::size_t>(project_.nodeCount()));
    return text;
  }

  TreeProject project_;
};

TEST_F(TreeEdits, ANodeIsAddedBelowAnotherAndAsARoot) {
  EXPECT_EQ(after(addNode(project_, kDog, 1, " pood\nle ")),
            "animal(dog(pug pood le husky) cat) thing | farm: dog cat -");
  EXPECT_EQ(after(addNode(project_, -1, -1, "plant")),
            "animal(dog(pug pood le husky) cat) thing plant | farm: dog cat -");
  EXPECT_NE(addNode(project_, -1, -1, "  ").refusal, "");
  EXPECT_NE(addNode(project_, -1, -1, std::string(256, 'x')).refusal, "");
}

TEST_F(TreeEdits, ANameChangesAndAGivenLabelStays) {
  EXPECT_EQ(after(renameNode(project_, kDog, "hound")),
            "animal(hound(pug husky) cat) thing | farm: hound cat -");
  EXPECT_TRUE(renameNode(project_, kDog, "hound").steps.empty());
  EXPECT_NE(renameNode(project_, kDog, "").refusal, "");
  TreeProject labelled(TreeDraft{{{"dog", -1, "n02084071"}}});
  labelled.apply(renameNode(labelled, 0, "hound"));
  EXPECT_EQ(treeOfDraft(labelled.draft()).tree.labels(), ClassNames{"n02084071"});
}

TEST_F(TreeEdits, NodesMoveBelowOthersAndAmongTheirSiblings) {
  EXPECT_EQ(after(moveNodes(project_, {kCat}, kThing, -1)),
            "animal(dog(pug husky)) thing(cat) | farm: dog cat -");
  EXPECT_EQ(after(moveNodes(project_, {kHusky}, kDog, 0)),
            "animal(dog(husky pug)) thing(cat) | farm: dog cat -");
  EXPECT_EQ(after(moveNodes(project_, {kHusky}, kDog, 2)),
            "animal(dog(pug husky)) thing(cat) | farm: dog cat -");
  EXPECT_TRUE(moveNodes(project_, {kHusky}, kDog, 2).steps.empty());
  EXPECT_EQ(after(moveNodes(project_, {kDog}, -1, 0)),
            "dog(pug husky) animal thing(cat) | farm: dog cat -");
}

TEST_F(TreeEdits, SeveralNodesMoveAtOnceInTheirOrder) {
  EXPECT_EQ(after(moveNodes(project_, {kHusky, kCat, kPug}, kThing, -1)),
            "animal(dog) thing(pug husky cat) | farm: dog cat -");
  EXPECT_EQ(after(moveNodes(project_, {kCat, kPug}, kThing, 1)),
            "animal(dog) thing(pug cat husky) | farm: dog cat -");
  // What lies below another of them stays there.
  project_.apply(moveNodes(project_, {kPug, kHusky}, kDog, -1));
  EXPECT_EQ(after(moveNodes(project_, {kPug, kDog}, -1, -1)),
            "animal thing(cat) dog(pug husky) | farm: dog cat -");
}

TEST_F(TreeEdits, ANodeCannotMoveBelowItself) {
  EXPECT_EQ(moveNodes(project_, {kDog}, kDog, -1).refusal, "dog cannot be below itself");
  EXPECT_EQ(moveNodes(project_, {kAnimal}, kPug, -1).refusal,
            "animal cannot be below pug, which lies below it");
  EXPECT_TRUE(moveNodes(project_, {kAnimal}, kPug, -1).steps.empty());
}

TEST_F(TreeEdits, AMergedNodeTakesItsChildrenAndClassesAlong) {
  EXPECT_EQ(after(mergeNode(project_, kDog, kCat)),
            "animal(cat(pug husky)) thing | farm: cat cat -");
  EXPECT_EQ(after(mergeNode(project_, kPug, kAnimal)),
            "animal(cat(husky)) thing | farm: cat cat -");
  EXPECT_NE(mergeNode(project_, kCat, kCat).refusal, "");
  // Into one of its own: the others go up.
  EXPECT_EQ(after(mergeNode(project_, kCat, kHusky)), "animal(husky) thing | farm: husky husky -");
}

TEST_F(TreeEdits, SeveralNodesAreMergedAtOnce) {
  EXPECT_EQ(after(mergeNodes(project_, {kDog, kPug}, kCat)),
            "animal(cat(husky)) thing | farm: cat cat -");
  EXPECT_NE(mergeNodes(project_, {kHusky, kCat}, kCat).refusal, "");
}

TEST_F(TreeEdits, MoreNodesThanCanBeDoneAtOnceAreRefused) {
  TreeDraft wide{{{"root", -1}}};
  std::vector<NodeId> all;
  for (int i = 1; i <= 100000; ++i) {
    wide.nodes.push_back({"leaf " + std::to_string(i), 0});
    all.push_back(i);
  }
  const TreeProject project(wide);
  for (const TreeEdit& edit :
       {removeNodes(project, all), moveNodes(project, all, -1, 0), mergeNodes(project, all, 0)}) {
    EXPECT_NE(edit.refusal.find("too many"), std::string::npos);
    EXPECT_TRUE(edit.steps.empty());
  }
  all.resize(2000);
  TreeProject some = project;
  some.apply(removeNodes(project, all));
  EXPECT_EQ(some.nodeCount(), 98001);
}

TEST_F(TreeEdits, ADatasetIsInTheTreeOnceHoweverItIsCalled) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("tree_edits_" + std::to_string(getpid()));
  fs::create_directories(folder / "farm");
  fs::create_directory_symlink(folder / "farm", folder / "link");
  const auto at = [&](const fs::path& path) {
    TreePart one = part("", {"dog"}, {kDog});
    one.path = folder / path;
    return one;
  };
  TreePart farm = at("farm");
  farm.root = fs::canonical(folder / "farm");
  project_.apply(addPart(project_, farm));
  for (const char* const same : {"farm", "farm/", "link", "farm/data.yaml"})
    EXPECT_NE(addPart(project_, at(same)).refusal, "") << same;
  EXPECT_EQ(addPart(project_, at("zoo")).refusal, "");
  // Two files may describe different pictures.
  project_.apply(removePart(project_, 1));
  project_.apply(addPart(project_, at("farm/data.yaml")));
  EXPECT_EQ(addPart(project_, at("farm/small.yaml")).refusal, "");
  EXPECT_NE(addPart(project_, farm).refusal, "");
  fs::remove_all(folder);
}

TEST_F(TreeEdits, WhatIsRemovedLeavesItsChildrenAndItsClassesWithoutANode) {
  EXPECT_EQ(after(removeNodes(project_, {kDog})), "animal(pug husky cat) thing | farm: - cat -");
  EXPECT_EQ(after(removeNodes(project_, {kAnimal, kCat, kPug})), "husky thing | farm: - - -");
}

TEST_F(TreeEdits, ClassesGetNodesAndNone) {
  EXPECT_EQ(after(mapClasses(project_, {{{0, 2}, kThing}, {{0, 0}, kPug}})),
            "animal(dog(pug husky) cat) thing | farm: pug cat thing");
  EXPECT_EQ(after(mapClasses(project_, {{{0, 2}, -1}})),
            "animal(dog(pug husky) cat) thing | farm: pug cat -");
  EXPECT_TRUE(mapClasses(project_, {{{0, 2}, -1}}).steps.empty());
  EXPECT_EQ(mapClasses(project_, {{{0, 2}, kCat}}).title, "Map the class moo to cat");
}

TEST_F(TreeEdits, ADatasetIsAddedByTheNamesOfItsClassesAndTheRestBecomesNodes) {
  EXPECT_EQ(after(addPart(project_, part("zoo", {"Husky", "zebra", "moo"}, {}))),
            "animal(dog(pug husky) cat) thing | farm: dog cat - | zoo: husky - -");
  EXPECT_NE(addPart(project_, part("zoo", {"a"}, {})).refusal, "");
  EXPECT_EQ(project_.unmappedCount(), 3);
  const TreeEdit edit = addUnmapped(project_);
  EXPECT_EQ(edit.title, "Add 2 classes without a node");
  EXPECT_EQ(after(edit),
            "animal(dog(pug husky) cat) thing moo zebra | farm: dog cat moo | "
            "zoo: husky zebra moo");
  EXPECT_TRUE(addUnmapped(project_).steps.empty());
  EXPECT_EQ(after(removePart(project_, 0)),
            "animal(dog(pug husky) cat) thing moo zebra | zoo: husky zebra moo");
}

TEST_F(TreeEdits, AnotherTreeTakesTheClassesOver) {
  project_.apply(mapClasses(project_, {{{0, 2}, kPug}}));
  EXPECT_EQ(after(replaceTree(project_, TreeDraft{{{"pet", -1}, {"pug", 0}, {"cat", 0}}}, "New")),
            "pet(pug cat) | farm: - cat pug");
  EXPECT_EQ(after(addNode(project_, 0, -1, "dog")), "pet(pug cat dog) | farm: - cat pug");
}

TEST_F(TreeEdits, ADatasetIsCalledByItsFolderAndAFileWithIt) {
  TreePart own;
  own.path = "animals/meadow";
  EXPECT_EQ(own.name(), "meadow");
  own.path = "animals/meadow/";
  EXPECT_EQ(own.name(), "meadow");
  own.path = "animals/meadow/data.yaml";
  EXPECT_EQ(own.name(), "meadow/data.yaml");
}

TEST_F(TreeEdits, NewFactsKeepTheNodesOfTheClasses) {
  ClassFacts facts;
  facts.classes = {"moo", "pug", "dog"};
  facts.counts.resize(3);
  project_.apply(mapClasses(project_, {{{0, 2}, kThing}}));
  EXPECT_TRUE(project_.learn(0, facts));
  EXPECT_EQ(shown(project_), "animal(dog(pug husky) cat) thing | farm: thing pug dog");
  EXPECT_FALSE(project_.learn(0, facts));
  EXPECT_FALSE(project_.learn(0, {}, "it is gone"));
  EXPECT_EQ(project_.part(0).fault, "it is gone");
  EXPECT_EQ(project_.part(0).nodes.size(), 3U);
}

TEST_F(TreeEdits, FactsOverATreeThatCanBeInNoFileSayWhy) {
  TreeProject project(TreeDraft{{{std::string(300, 'x'), -1}}});
  project.appendPart(part("farm", {"dog"}, {0}));
  ClassFacts facts;
  facts.classes = {"dog", "cat"};
  facts.counts.resize(2);
  EXPECT_FALSE(project.learn(0, facts));
  EXPECT_NE(project.part(0).fault, "");
  EXPECT_EQ(project.part(0).nodes, std::vector<NodeId>{0});
}

TEST_F(TreeEdits, PicturesCountOnceWhateverTheyShowOfANode) {
  TreePart zoo = part("zoo", {"pug", "husky", "cat"}, {kPug, kHusky, kCat});
  zoo.facts.counts = {{5, 3}, {2, 2}, {1, 1}};
  auto sets = std::make_shared<ClassSets>();
  sets->sets = {{{0}, 2}, {{0, 1}, 1}, {{1, 2}, 1}};
  zoo.facts.sets = sets;
  project_.apply(addPart(project_, zoo));
  auto counts = countTree(project_, {});
  const auto of = [&](NodeId node) { return counts[static_cast<std::size_t>(node)]; };
  EXPECT_EQ(of(kPug).boxes, 5U);
  EXPECT_EQ(of(kPug).pictures, 3U);
  EXPECT_EQ(of(kDog).boxes, 7U);
  EXPECT_EQ(of(kDog).ownBoxes, 0U);
  EXPECT_EQ(of(kDog).pictures, 4U) << "not 3 + 2";
  EXPECT_EQ(of(kAnimal).pictures, 4U);
  EXPECT_EQ(of(kAnimal).boxes, 8U);
  EXPECT_EQ(of(kThing).parts, 0U);
  EXPECT_EQ(of(kAnimal).parts, 3U);
  EXPECT_EQ(of(kDog).ownParts, 1U);
  project_.apply(mergeNode(project_, kHusky, kPug));
  counts = countTree(project_, {});
  EXPECT_EQ(of(kPug).ownPictures, 4U);
  EXPECT_EQ(of(kPug).ownBoxes, 7U);
}

TEST_F(TreeEdits, ClassesWithoutANodeAreSuggestedOneBySpelling) {
  project_.apply(addPart(project_, part("zoo", {"huskie", "dogs", "xylophone"}, {})));
  const auto found = suggestNodes(project_, {});
  EXPECT_EQ(found[0], (std::vector<NodeId>{-1, -1, -1}));
  EXPECT_EQ(found[1], (std::vector<NodeId>{kHusky, kDog, -1}));
  EXPECT_EQ(nodesNamed(project_, "G"), (std::vector<NodeId>{kDog, kPug, kThing}));
  EXPECT_EQ(nodesNamed(project_, ""), std::vector<NodeId>());
}

TEST_F(TreeEdits, ATreeThatIsNotChangedKeepsItsOrder) {
  // Not level by level, but as a tree may stand.
  const TreeDraft draft{{{"a", -1}, {"b", -1}, {"b1", 1}, {"a1", 0}}};
  TreeProject project(draft);
  EXPECT_EQ(treeOfDraft(project.draft()).names, (ClassNames{"a", "b", "b1", "a1"}));
  project.apply(renameNode(project, 0, "c"));
  EXPECT_EQ(treeOfDraft(project.draft()).names, (ClassNames{"c", "b", "b1", "a1"}));
  project.apply(moveNodes(project, {0}, -1, 2));
  EXPECT_EQ(treeOfDraft(project.draft()).names, (ClassNames{"b", "c", "b1", "a1"}));
}

TEST_F(TreeEdits, AHundredThousandLeavesAndOneChainAreEditedInNoTime) {
  TreeDraft wide{{{"root", -1}, {"other", -1}}}, deep;
  for (int i = 0; i < 100000; ++i)
    wide.nodes.push_back({"leaf " + std::to_string(i), 0});
  TreeProject project(wide);
  project.apply(mergeNode(project, 0, 1));
  EXPECT_EQ(project.childrenOf(1).size(), 100000U);
  project.apply(moveNodes(project, {50000}, -1, 0));
  EXPECT_EQ(nodesNamed(project, "LEAF 99999").size(), 1U);
  EXPECT_EQ(project.nodeCount(), 100001);
  for (int i = 0; i < 20000; ++i)
    deep.nodes.push_back({"step " + std::to_string(i), i - 1});
  TreeProject chain(deep);
  EXPECT_NE(moveNodes(chain, {0}, 19999, -1).refusal, "");
  chain.apply(removeNodes(chain, {10000}));
  EXPECT_EQ(treeOfDraft(chain.draft()).tree.depth(), 19998);
}

}  // namespace
}  // namespace boxwright
