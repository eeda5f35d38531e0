// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/tree_project_file.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/data/combined_file.h"
#include "core/data/kept_tree.h"
#include "core/data/open_dataset.h"
#include "core/data/tree_edits.h"
#include "tests/core/data/dataset_folder.h"
#include "tests/error_of.h"

namespace boxwright {
namespace {

namespace fs = std::filesystem;

/// Text labels of two classes and class folders of three, over a tree.
class TreeProjectFile : public testing::Test {
 protected:
  TreeProjectFile() {
    folder_.text("boxes/data.yaml", "train: images/train\nval: images/val\nnames: [moo, pug]\n");
    for (const char* const name : {"train/a", "train/b", "val/c"}) {
      folder_.picture(std::string("boxes/images/") + name + ".png", 40, 40);
      folder_.text(std::string("boxes/labels/") + name + ".txt", "1 .5 .5 .5 .5\n0 .5 .5 .2 .2\n");
    }
    for (const char* const name : {"husky/d", "husky/e", "Pug/f", "zebra/g"})
      folder_.picture(std::string("whole/") + name + ".png", 30, 30);
    folder_.text("animals.tree", "animal -1\nn1 0\nn2 0\nn3 1\nn4 1\n");
    folder_.text("animals.names", "animal\ndog\ncow\npug\nhusky\n");
    folder_.text("animals.combined.json",
                 R"({"tree": "animals.tree", "names": "animals.names", "datasets": [
                     {"path": "boxes", "map": {"moo": "n2"}}, {"path": "whole"}]})");
  }

  fs::path file() const { return folder_ / "animals.combined.json"; }
  FiledTree read() const { return readTreeProject(file(), {}); }
  NodeId named(const TreeProject& project, const std::string& name) const {
    for (const NodeId node : project.inOrder())
      if (project.nameOf(node) == name) return node;
    return -1;
  }

  DatasetFolder folder_;
};

TEST_F(TreeProjectFile, ACombinedDatasetIsReadWithWhatItsDatasetsHold) {
  const FiledTree tree = read();
  ASSERT_EQ(tree.project.parts().size(), 2U);
  EXPECT_EQ(tree.project.part(0).name(), "boxes");
  EXPECT_EQ(tree.project.part(0).nodes, (std::vector<NodeId>{2, 3}));
  EXPECT_EQ(tree.project.part(0).facts.counts[1].boxes, 3U);
  EXPECT_EQ(tree.project.part(1).facts.classes, (ClassNames{"Pug", "husky", "zebra"}));
  EXPECT_EQ(tree.project.part(1).nodes, (std::vector<NodeId>{3, 4, -1}));
  EXPECT_EQ(tree.project.unmappedCount(), 1);
  EXPECT_EQ(tree.project.node(1).label, "n1") << "which the name does not make";
  EXPECT_EQ(tree.project.node(0).label, "");
}

/// Another combined dataset over the same tree keeps knowing what it knew.
TEST_F(TreeProjectFile, ATreeThatAnotherDatasetNamesIsNotWrittenOver) {
  folder_.text("boxes.combined.json",
               R"({"tree": "animals.tree", "names": "animals.names", "datasets": [
                   {"path": "boxes", "map": {"moo": "n2"}}]})");
  const std::string tree = readFile(folder_ / "animals.tree");
  FiledTree filed = read();
  filed.project.apply(addNode(filed.project, -1, 0, "thing"));
  const TreeFiles after = writeTreeProject(filed.project, file(), filed.files, false);
  EXPECT_EQ(readFile(folder_ / "animals.tree"), tree);
  EXPECT_EQ(after.tree.filename(), "animals-2.tree");
  EXPECT_EQ(after.names.filename(), "animals-2.names");
  EXPECT_EQ(openDataset(file()).classes.size(), 6U);
  EXPECT_EQ(openDataset(folder_ / "boxes.combined.json").classes.size(), 5U);
  // Its own from now on.
  filed.project.apply(addNode(filed.project, -1, 0, "more"));
  EXPECT_EQ(writeTreeProject(filed.project, file(), after, false).tree, after.tree);
}

TEST_F(TreeProjectFile, WhatIsWrittenIsReadTheSameAndOpensAsADataset) {
  FiledTree tree = read();
  TreeProject& project = tree.project;
  project.apply(addNode(project, 0, 0, "horse"));
  project.apply(mapClasses(project, {{{1, 2}, named(project, "horse")}}));
  project.apply(renameNode(project, named(project, "pug"), "small dog"));
  project.apply(mapClasses(project, {{{1, 1}, -1}}));
  tree.files = writeTreeProject(project, file(), tree.files, false);
  EXPECT_EQ(tree.files, filesNow(tree.files));
  const FiledTree again = read();
  EXPECT_EQ(again.files, tree.files);
  EXPECT_EQ(again.project.pathText(again.project.part(1).nodes[2]), "animal > horse");
  EXPECT_EQ(again.project.part(1).nodes[1], -1) << "though a node has the name of the class";
  EXPECT_EQ(again.project.nameOf(again.project.part(0).nodes[1]), "small dog");
  EXPECT_EQ(again.project.nameOf(again.project.part(0).nodes[0]), "cow");
  const Dataset dataset = openDataset(file());
  EXPECT_EQ(pictureNamed(dataset, "whole/zebra/g.png").annotation->state, LabelState::Labelled);
  EXPECT_EQ(pictureNamed(dataset, "whole/husky/d.png").annotation->state, LabelState::Unlabelled);
  for (const auto& entry : fs::directory_iterator(fs::path(folder_ / "")))
    EXPECT_EQ(utf8(entry.path().filename()).find("-new"), std::string::npos) << entry.path();
  EXPECT_EQ(readFile(file()).find(utf8(folder_ / "")), std::string::npos) << "paths are relative";
}

TEST_F(TreeProjectFile, WhatMeansNothingHereStaysInTheFileWhereverItIsSaved) {
  std::string text = readFile(file());
  text.insert(1, R"("licence": "CC0", )");
  folder_.text("animals.combined.json", text);
  FiledTree tree = read();
  tree.project.apply(addNode(tree.project, 0, 0, "horse"));
  const fs::path other = folder_ / "other.combined.json";
  writeTreeProject(tree.project, other, tree.files, false);
  writeTreeProject(tree.project, file(), tree.files, false);
  for (const fs::path& place : {file(), other})
    EXPECT_NE(readFile(place).find(R"("licence": "CC0")"), std::string::npos) << place;
}

TEST_F(TreeProjectFile, APlainDatasetIsAFlatTreeThatIsWrittenBesideIt) {
  const Dataset dataset = openDataset(folder_ / "whole");
  TreeProject project = flatTreeProject(folder_ / "whole", dataset);
  EXPECT_EQ(project.nodeCount(), 3);
  EXPECT_EQ(project.unmappedCount(), 0);
  TreePart other = readTreePart(folder_ / "boxes", {}, {});
  project.apply(addPart(project, other));
  EXPECT_EQ(project.nameOf(project.part(1).nodes[1]), "Pug");
  project.apply(addUnmapped(project));
  EXPECT_EQ(project.unmappedCount(), 0);
  EXPECT_EQ(combinedBeside(folder_ / "whole"), fs::path(folder_ / "whole.combined.json"));
  const fs::path place = combinedBeside(folder_ / "whole");
  const TreeFiles files = writeTreeProject(project, place, {}, false);
  EXPECT_EQ(files.tree, fs::path(folder_ / "whole.tree"));
  const Dataset combined = openDataset(place);
  EXPECT_EQ(combined.pictures.size(), 7U);
  EXPECT_EQ(combined.classes, (ClassNames{"Pug", "husky", "zebra", "moo"}));
  EXPECT_NE(errorOf([&] { writeTreeProject(TreeProject(), place, {}, false); }).find("no class"),
            std::string::npos);
}

TEST_F(TreeProjectFile, WhatOthersHaveChangedIsNotWrittenOver) {
  FiledTree tree = read();
  tree.project.apply(renameNode(tree.project, 0, "beast"));
  folder_.text("animals.names", "theirs\ndog\ncow\npug\nhusky\n");
  const std::string fault =
      errorOf([&] { writeTreeProject(tree.project, file(), tree.files, false); });
  EXPECT_NE(fault.find("animals.names"), std::string::npos) << fault;
  EXPECT_EQ(openDataset(file()).classes.front(), "theirs");
  writeTreeProject(tree.project, file(), tree.files, true);
  EXPECT_EQ(openDataset(file()).classes.front(), "beast");
  EXPECT_EQ(readFile(folder_ / "animals.names.theirs").substr(0, 6), "theirs");
  // A tree of something else stands where a new one would.
  folder_.text("whole.tree", "other -1\n");
  const TreeProject flat = flatTreeProject(folder_ / "whole", openDataset(folder_ / "whole"));
  EXPECT_NE(errorOf([&] {
              writeTreeProject(flat, folder_ / "whole.combined.json", {}, false);
            }).find("whole.tree"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(folder_ / "whole.combined.json"));
}

TEST_F(TreeProjectFile, AKillAtAnyMomentLeavesAWholeDataset) {
  // The state between the two halves of a save: the combined file names the new files beside.
  folder_.text("animals.boxwright-new.tree", "beast -1\n");
  folder_.text("animals.boxwright-new.names", "beast\n");
  folder_.text("animals.combined.json",
               R"({"tree": "animals.boxwright-new.tree", "names": "animals.boxwright-new.names",
                   "datasets": [{"path": "whole", "map": {"zebra": "beast"}}]})");
  FiledTree tree = read();
  EXPECT_EQ(tree.project.nodeCount(), 1);
  tree.project.apply(addNode(tree.project, 0, -1, "pug"));
  writeTreeProject(tree.project, file(), tree.files, false);
  EXPECT_FALSE(fs::exists(folder_ / "animals.boxwright-new.tree"));
  EXPECT_EQ(readCombinedFile(file()).tree, "animals.tree");
  EXPECT_EQ(read().project.nodeCount(), 2);
}

TEST_F(TreeProjectFile, WhatCannotBeWrittenLeavesAllAsItWas) {
  FiledTree tree = read();
  tree.project.apply(renameNode(tree.project, 0, "beast"));
  folder_.text("animals.boxwright-new.names/in the way", "");
  EXPECT_NE(errorOf([&] { writeTreeProject(tree.project, file(), tree.files, false); }), "");
  EXPECT_EQ(openDataset(file()).classes.front(), "animal");
  EXPECT_FALSE(fs::exists(folder_ / "animals.boxwright-new.tree"));
  EXPECT_EQ(filesNow(tree.files), tree.files);
}

TEST_F(TreeProjectFile, WhatASaveHasLeftHalfwayIsGoneOnFrom) {
  FiledTree tree = read();
  tree.project.apply(renameNode(tree.project, 0, "beast"));
  // The second half cannot be written: a link to nowhere stands in its way.
  fs::remove(folder_ / "animals.names");
  fs::create_symlink("/proc/nowhere/names", folder_ / "animals.names");
  const TreeFiles half = writeTreeProject(tree.project, file(), tree.files, false);
  EXPECT_EQ(half, filesNow(half));
  EXPECT_EQ(half.tree, fs::path(folder_ / "animals.boxwright-new.tree"));
  EXPECT_EQ(openDataset(file()).classes.front(), "beast");
  EXPECT_TRUE(othersFiles(tree.project, file(), half).empty()) << "nobody else's";
  // Again it cannot, and what is named stays.
  tree.project.apply(renameNode(tree.project, 0, "being"));
  EXPECT_NE(errorOf([&] { writeTreeProject(tree.project, file(), half, false); }), "");
  EXPECT_EQ(openDataset(file()).classes.front(), "beast");
  fs::remove(folder_ / "animals.names");
  const TreeFiles whole = writeTreeProject(tree.project, file(), half, false);
  EXPECT_EQ(whole.tree, fs::path(folder_ / "animals.tree"));
  EXPECT_EQ(openDataset(file()).classes.front(), "being");
  EXPECT_FALSE(fs::exists(folder_ / "animals.boxwright-new.tree"));
  EXPECT_FALSE(fs::exists(folder_ / "animals.boxwright-new.names"));
}

/// What was kept before a save that was cut off knows the files of before.
TEST_F(TreeProjectFile, AKeptTreeAfterASaveThatWasCutOffWritesNothingThatIsNamed) {
  FiledTree kept = read();
  kept.project.apply(renameNode(kept.project, 0, "beast"));
  for (const char* const ending : {"tree", "names"})
    folder_.text(std::string("animals.boxwright-new.") + ending,
                 readFile(folder_ / (std::string("animals.") + ending)));
  folder_.text("animals.combined.json",
               R"({"tree": "animals.boxwright-new.tree", "names": "animals.boxwright-new.names",
                   "datasets": [{"path": "boxes", "map": {"moo": "n2"}}, {"path": "whole"}]})");
  EXPECT_NE(errorOf([&] { writeTreeProject(kept.project, file(), kept.files, false); }), "");
  // Neither the files that are named nor, where nothing can be written, those beside.
  fs::rename(folder_ / "animals.names", folder_ / "old.names");
  fs::create_symlink("/proc/nowhere/names", folder_ / "animals.names");
  EXPECT_NE(errorOf([&] { writeTreeProject(kept.project, file(), kept.files, true); }), "");
  EXPECT_EQ(openDataset(file()).classes.front(), "animal");
  fs::remove(folder_ / "animals.names");
  fs::rename(folder_ / "old.names", folder_ / "animals.names");
  writeTreeProject(kept.project, file(), kept.files, true);
  EXPECT_EQ(openDataset(file()).classes.front(), "beast");
  EXPECT_EQ(readCombinedFile(file()).tree, "animals.tree");
  EXPECT_FALSE(fs::exists(folder_ / "animals.boxwright-new.tree"));
}

TEST_F(TreeProjectFile, AProjectThatWasSavedIsTheSameAsItsFiles) {
  FiledTree tree = read();
  tree.project.apply(moveNodes(tree.project, {1}, -1, 0));
  EXPECT_FALSE(sameTree(tree.project, read().project));
  writeTreeProject(tree.project, file(), tree.files, false);
  EXPECT_TRUE(sameTree(tree.project, read().project));
  tree.project.apply(mapClasses(tree.project, {{{1, 2}, 0}}));
  EXPECT_FALSE(sameTree(tree.project, read().project));
}

TEST_F(TreeProjectFile, NothingOfOthersIsTakenWhateverItIsCalled) {
  // A tree that somebody calls so is theirs and no half of a save.
  folder_.text("my.tree", "other -1\n");
  folder_.text("my.new.tree", "thing -1\n");
  folder_.text("my.new.combined.json",
               R"({"tree": "my.new.tree", "datasets": [{"path": "whole"}]})");
  FiledTree my = readTreeProject(folder_ / "my.new.combined.json", {});
  my.project.apply(addNode(my.project, -1, -1, "more"));
  writeTreeProject(my.project, my.files.combined, my.files, false);
  EXPECT_EQ(readFile(folder_ / "my.tree"), "other -1\n");
  EXPECT_EQ(readFile(folder_ / "my.new.tree"), "thing -1\nmore -1\n");
  // A map.
  folder_.text("boxes.map", "2\n3\n");
  folder_.text("animals.combined.json",
               R"({"tree": "animals.tree", "names": "animals.names", "datasets": [
                   {"path": "gone", "map": "boxes.map"}]})");
  folder_.text("animals-1.map", "theirs\n");
  FiledTree tree = read();
  tree.project.apply(addNode(tree.project, 0, 0, "ox"));
  const std::string fault =
      errorOf([&] { writeTreeProject(tree.project, file(), tree.files, false); });
  EXPECT_NE(fault.find("animals-1.map"), std::string::npos) << fault;
  tree.files = writeTreeProject(tree.project, file(), tree.files, true);
  EXPECT_EQ(readFile(folder_ / "animals-1.map.theirs"), "theirs\n");
  EXPECT_TRUE(othersFiles(tree.project, file(), tree.files).empty());
  // A second time, and again.
  folder_.text("animals-1.map", "others\n");
  EXPECT_EQ(othersFiles(tree.project, file(), tree.files).size(), 1U);
  writeTreeProject(tree.project, file(), tree.files, true);
  EXPECT_EQ(readFile(folder_ / "animals-1.map.theirs"), "theirs\n");
  EXPECT_EQ(readFile(folder_ / "animals-1.map.theirs-2"), "others\n");
}

TEST_F(TreeProjectFile, ADatasetThatIsMissingKeepsItsMap) {
  fs::rename(folder_ / "boxes", folder_ / "elsewhere");
  FiledTree tree = read();
  EXPECT_NE(tree.project.part(0).fault, "");
  EXPECT_EQ(tree.project.part(0).facts.classes, ClassNames{"moo"});
  EXPECT_EQ(tree.project.part(0).nodes, std::vector<NodeId>{2});
  tree.project.apply(moveNodes(tree.project, {2}, -1, 0));
  writeTreeProject(tree.project, file(), tree.files, false);
  fs::rename(folder_ / "elsewhere", folder_ / "boxes");
  const FiledTree again = read();
  EXPECT_EQ(again.project.part(0).fault, "");
  EXPECT_EQ(again.project.nameOf(again.project.part(0).nodes[0]), "cow");
  EXPECT_EQ(again.project.nameOf(again.project.part(0).nodes[1]), "pug");
}

TEST_F(TreeProjectFile, AMapOfNumbersOfAMissingDatasetFollowsTheTree) {
  folder_.text("boxes.map", "2\n3\n");
  folder_.text("animals.combined.json",
               R"({"tree": "animals.tree", "names": "animals.names", "datasets": [
                   {"path": "gone", "map": "boxes.map"}]})");
  FiledTree tree = read();
  EXPECT_TRUE(tree.project.part(0).numbered);
  tree.project.apply(removeNodes(tree.project, {4}));
  tree.project.apply(moveNodes(tree.project, {2}, 0, 0));
  tree.files = writeTreeProject(tree.project, file(), tree.files, false);
  EXPECT_EQ(readFile(folder_ / "animals-1.map"), "1\n3\n");
  tree.project.apply(removeNodes(tree.project, {2}));
  const std::string fault =
      errorOf([&] { writeTreeProject(tree.project, file(), tree.files, false); });
  EXPECT_NE(fault.find("by their numbers alone"), std::string::npos) << fault;
}

TEST_F(TreeProjectFile, AnUnsavedTreeIsKeptAndComesBack) {
  FiledTree tree = read();
  tree.project.apply(moveNodes(tree.project, {2}, -1, 0));
  tree.project.apply(addNode(tree.project, 2, -1, "calf"));
  tree.project.apply(mapClasses(tree.project, {{{1, 2}, named(tree.project, "calf")}}));
  const KeptTreePlaces places = keptTreePlacesOf(file(), folder_ / "", folder_ / "user");
  EXPECT_FALSE(readKeptTree(places));
  {
    const auto lock = lockKeptTree(places);
    EXPECT_NE(errorOf([&] { lockKeptTree(places); }).find("another window"), std::string::npos);
  }
  EXPECT_FALSE(fs::exists(folder_ / ".boxwright")) << "a lock leaves nothing";
  keepTree(places, tree);
  std::optional<FiledTree> kept = readKeptTree(places);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->files, tree.files);
  EXPECT_EQ(kept->project.nameOf(kept->project.part(1).nodes[2]), "calf");
  EXPECT_EQ(kept->project.pathText(kept->project.part(1).nodes[2]), "cow > calf");
  EXPECT_EQ(kept->project.node(kept->project.childrenOf(-1)[0]).label, "n2");
  removeKeptTree(places);
  EXPECT_FALSE(fs::exists(folder_ / ".boxwright"));
  EXPECT_FALSE(fs::exists(folder_ / "user/labels") && !fs::is_empty(folder_ / "user/labels"));
  // A folder that cannot be written: in the user's.
  const KeptTreePlaces barred = {"/proc/boxwright/tree.unsaved", places.users};
  keepTree(barred, tree);
  EXPECT_TRUE(readKeptTree(barred));
  folder_.text("user/broken", "{\"version\": 1");
  EXPECT_NE(errorOf([&] {
              readKeptTree({places.own, folder_ / "user/broken"});
            }).find("damaged"),
            std::string::npos);
}

TEST_F(TreeProjectFile, ADamagedKeptTreeIsSetAside) {
  const KeptTreePlaces places = keptTreePlacesOf(file(), folder_ / "", folder_ / "user");
  for (const char* const ending : {".damaged", ".damaged-2"}) {
    EXPECT_FALSE(isTreeKept(places));
    folder_.text(".boxwright/animals.combined.json.unsaved", ending);
    EXPECT_TRUE(isTreeKept(places));
    const fs::path aside = setAsideKeptTree(places);
    EXPECT_EQ(aside, fs::path(places.own) += ending);
    EXPECT_EQ(readFile(aside), ending);
  }
}

TEST_F(TreeProjectFile, TextsThatAreNotInUtf8AreRefusedWithTheirLine) {
  folder_.text("animals.names", "animal\nd\xF6g\ncow\npug\nhusky\n");
  const std::string fault = errorOf([&] { read(); });
  EXPECT_NE(fault.find("animals.names:2"), std::string::npos) << fault;
  EXPECT_NE(fault.find("UTF-8"), std::string::npos) << fault;
  EXPECT_NE(errorOf([] { draftFromIndentedText("a\n b\xE4r\n", "list.txt"); }).find("list.txt:2"),
            std::string::npos);
  EXPECT_EQ(errorOf([] { draftFromIndentedText("a\n b\xC3\xA4r\n", "list.txt"); }), "");
  // A class of a dataset, by its folder.
  for (const char* const picture : {"latin/d\xF6g/a.png", "latin/d\xF6g/b.png", "latin/cat/c.png"})
    folder_.picture(picture, 30, 30);
  const std::string latin = errorOf([&] { readTreePart(folder_ / "latin", {}, {}); });
  EXPECT_NE(latin.find("UTF-8"), std::string::npos) << latin;
  // What comes in by the way all the same.
  FiledTree tree;
  tree.project = TreeProject(TreeDraft{{{"d\xF6g", -1}}});
  const KeptTreePlaces places = keptTreePlacesOf(file(), folder_ / "", folder_ / "user");
  EXPECT_NE(errorOf([&] { keepTree(places, tree); }).find("UTF-8"), std::string::npos);
}

TEST_F(TreeProjectFile, TwoFilesOfOneFolderKeepTwoTrees) {
  const fs::path root = folder_ / "boxes", user = folder_ / "user";
  const KeptTreePlaces folder = keptTreePlacesOf(root, root, user),
                       file = keptTreePlacesOf(root / "data.yaml", root, user),
                       small = keptTreePlacesOf(root / "small.yaml", root, user);
  EXPECT_EQ(folder.own.filename(), "tree.unsaved");
  EXPECT_NE(folder.own, file.own);
  EXPECT_NE(small.own, file.own);
  EXPECT_NE(small.users, file.users);
}

TEST_F(TreeProjectFile, TheThreadsOfAWindowShareALock) {
  const KeptTreePlaces places = keptTreePlacesOf(file(), folder_ / "", folder_ / "user");
  KeptTreeLocks own, others;
  auto first = own.take(places), second = own.take(places);
  EXPECT_EQ(first, second);
  EXPECT_NE(errorOf([&] { others.take(places); }).find("another window"), std::string::npos);
  first.reset();
  EXPECT_NE(errorOf([&] { others.take(places); }), "");
  second.reset();
  EXPECT_TRUE(others.take(places));
  EXPECT_TRUE(own.take(places));
  // Given back and taken by turns, nobody is refused.
  std::vector<std::jthread> threads;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int turn = 0; turn < 200; ++turn) {
        try {
          own.take(places);
        } catch (const Error&) {
          ++refused;
        }
      }
    });
  threads.clear();
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace boxwright
